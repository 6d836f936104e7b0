"""Which services run, in how many pods, and whom does each know?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flipgate.rehearsal.services.seed import TEST_ORG

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# What the services that run so far told of their addresses: by deployment, in the order of the pods.
Addresses = "Mapping[str, list[dict[str, str]]]"


@dataclass(frozen=True)
class Tokens:
    """The bearer tokens of this instance."""

    gateway: str
    admin: str
    kubernetes: str
    tracker: str


@dataclass(frozen=True)
class Known:
    """What a service may be told of the others."""

    addresses: Mapping[str, list[dict[str, str]]]
    tokens: Tokens
    logs: str
    through: Callable[[str, str], str]

    def all(self, deployment: str, port: str = "grpc") -> str:
        """Every address of a deployment, comma-separated."""
        return ",".join(address[port] for address in self.addresses[deployment])


@dataclass(frozen=True)
class Deployment:
    """One service: its module, its pods, and its peers, told once the deployments of the waves before run."""

    name: str
    module: str
    pods: tuple[str, ...]
    wave: int
    peers: Callable[[Known], dict[str, str]]
    is_of_the_cluster: bool = True


# Called over gRPC, by the gateway and by the suite.
CALLED = ("tenant-service", "context-engine", "orgunit-service", "rbac-service", "conflict-service")
DEPLOYMENTS = (
    Deployment(
        "tenant-service",
        "tenant",
        ("tenant-service-7c9d5b6f4-2xkqp", "tenant-service-7c9d5b6f4-m8wzt"),
        wave=1,
        peers=lambda _: {"replicas": "2"},
    ),
    Deployment(
        "context-engine",
        "context_engine",
        ("context-engine-6b8f7d9c5-q4n7r", "context-engine-6b8f7d9c5-h2v8s", "context-engine-6b8f7d9c5-xk5md"),
        wave=1,
        peers=lambda _: {"replicas": "3"},
    ),
    Deployment("orgunit-service", "new_services", ("orgunit-service-5f7c8d9b6-w2kzn",), 1, lambda _: {}),
    Deployment(
        "rbac-service",
        "new_services",
        ("rbac-service-6d5b9c7f8-4xqlm", "rbac-service-6d5b9c7f8-9tgbv"),
        wave=1,
        peers=lambda _: {},
    ),
    Deployment("conflict-service", "new_services", ("conflict-service-7b9f6c5d4-p8rjs",), 1, lambda _: {}),
    Deployment("dualwrite-reconciler", "reconciler", ("dualwrite-reconciler-59c4d8b7f-t6hvx",), 1, lambda _: {}),
    Deployment(
        "gateway",
        "gateway",
        ("gateway-84d6f5c9b-zr2lk", "gateway-84d6f5c9b-h9vqs"),
        wave=2,
        peers=lambda known: {
            "token": known.tokens.gateway,
            "admin_token": known.tokens.admin,
            "replicas": "2",
            **{name: known.all(name) for name in CALLED},
        },
    ),
    Deployment(
        "portal",
        "portal",
        ("portal",),
        wave=3,
        peers=lambda known: {
            # The address that the suite knows: from no other may a page read.
            "gateway": known.through("gateway", known.addresses["gateway"][0]["http"]),
            "org": TEST_ORG,
        },
        is_of_the_cluster=False,
    ),
    Deployment(
        "standins",
        "standins",
        ("standins",),
        wave=1,
        peers=lambda known: {
            "kubernetes_token": known.tokens.kubernetes,
            "tracker_token": known.tokens.tracker,
            "logs": known.logs,
        },
        is_of_the_cluster=False,
    ),
    Deployment(
        "traffic",
        "traffic",
        ("traffic",),
        wave=3,
        peers=lambda known: {"gateway": known.all("gateway", "http"), "token": known.tokens.gateway},
        is_of_the_cluster=False,
    ),
)
