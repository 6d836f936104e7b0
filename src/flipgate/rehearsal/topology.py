"""Which services run, in how many pods, and whom does each know?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# What the services that run so far told of their addresses: by deployment, in the order of the pods.
Addresses = "Mapping[str, list[dict[str, str]]]"


@dataclass(frozen=True)
class Known:
    """What a service may be told of the others."""

    addresses: Mapping[str, list[dict[str, str]]]
    tokens: Mapping[str, str]
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


def standins(**peers: str) -> Deployment:
    """What stands in for the cluster's API and the tracker; `peers` are those of this platform alone."""
    return Deployment(
        "standins",
        "standins",
        ("standins",),
        wave=1,
        peers=lambda known: {
            "kubernetes_token": known.tokens["kubernetes"],
            "tracker_token": known.tokens["tracker"],
            "logs": known.logs,
            **peers,
        },
        is_of_the_cluster=False,
    )
