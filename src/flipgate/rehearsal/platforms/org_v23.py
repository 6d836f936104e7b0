"""The platform of org_v23: tenants, their legacy tables and the mirror, flags in a store and beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flipgate.rehearsal.components import flagstore, rules
from flipgate.rehearsal.components.flagstore import FlagStore
from flipgate.rehearsal.errors import RehearsalError
from flipgate.rehearsal.ports import free_port
from flipgate.rehearsal.reports import Reports, TenantFigures, figures
from flipgate.rehearsal.services.flags import FLAGS, initial_flags, redis_key
from flipgate.rehearsal.services.refresh import PATH as REFRESH
from flipgate.rehearsal.services.seed import SCHEMA_SQL, TEST_ORG, seed
from flipgate.rehearsal.services.settings import RedisAddress
from flipgate.rehearsal.topology import Deployment, standins
from flipgate.rehearsal.world import World, guarded

if TYPE_CHECKING:
    import psycopg

    from flipgate.rehearsal.place import Place

# Called over gRPC, by the gateway and by the suite.
_CALLED = ("tenant-service", "context-engine", "orgunit-service", "rbac-service", "conflict-service")
_DEPLOYMENTS = (
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
            "token": known.tokens["gateway"],
            "admin_token": known.tokens["admin"],
            "replicas": "2",
            **{name: known.all(name) for name in _CALLED},
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
    standins(),
    Deployment(
        "traffic",
        "traffic",
        ("traffic",),
        wave=3,
        peers=lambda known: {"gateway": known.all("gateway", "http"), "token": known.tokens["gateway"]},
        is_of_the_cluster=False,
    ),
)


class OrgV23(World):
    """The world of the org model's cutover."""

    runbook = "org_v23"
    environment = "rehearsal"
    deployments = _DEPLOYMENTS
    tokens_of = ("gateway", "admin")
    alerts = (rules.DRIFT, rules.STALLED, rules.WATCHDOG)
    schema = SCHEMA_SQL
    first_life_s = 3 * 3600
    a_flip = "read_from_org_units true"

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self.redis = FlagStore(place.folder / "redis", free_port(), self.processes)
        user = flagstore.SERVICES
        self.fleet.redis = RedisAddress("127.0.0.1", self.redis.port, user, self.redis.passwords[user])
        self.reports = Reports(place.reports, self._figures)
        self._redis_password = place.write_secret("redis-verifier", self.redis.passwords[flagstore.VERIFIER])
        self._gateway_token = place.write_secret("gateway-token", self.tokens["gateway"])

    def begin(self) -> None:
        """Start the flag store, with the flags as they are before the cutover."""
        self.redis.start()
        self.redis.wait()
        self.redis.write(initial_flags())

    def seed(self, connection: psycopg.Connection) -> None:
        """Fill the tables with the tenants and all that is theirs."""
        seed(connection)

    def keep_up(self) -> None:
        """A day that has begun gets its report."""
        self.reports.refresh(self.now())

    def flip(self, name: str, *, value: bool) -> list[str]:
        """Flip a flag platform-wide, as the operator does by hand. Returns what was written."""
        if name not in FLAGS:
            raise RehearsalError(f'no flag is named "{name}"; there are: {", ".join(FLAGS)}')
        word = "true" if value else "false"
        self.redis.write({redis_key(name): word})
        written = [f"redis: SET {redis_key(name)} {word}"]
        with self.postgres.connect() as connection:
            rows = connection.execute(
                "update platform_feature_flags set value = %s, updated_at = clock_timestamp(), updated_by = 'operator'"
                " where flag = %s and scope = 'global'",
                (value, name),
            ).rowcount
        if rows:
            written.append(f"postgres: platform_feature_flags {name} global = {word}")
        return written

    def refresh(self, reason: str) -> list[str]:
        """Make every process drop its flag cache, as a platform admin (§13.3). Returns what was answered."""
        return [self.fleet.post("gateway", REFRESH, self.tokens["admin"], {"reason": reason})]

    def flags(self) -> dict[str, str | None]:
        """What does the flag store hold, flag by flag?"""
        held = self.redis.read([redis_key(flag) for flag in FLAGS])
        return {flag: held[redis_key(flag)] for flag in FLAGS}

    def endpoints(self) -> dict[str, object]:
        """Where is what only this platform has? Every address but the portal's is a wire's."""
        (portal,) = self.fleet.pods_of("portal")
        verifier = {**self.store("redis", self.redis.port), "username": flagstore.VERIFIER}
        gateways = self.reached("gateway", "http")
        return {
            "redis": {**verifier, "password": f"file:{self._redis_password}"},
            **{name.replace("-", "_"): {"addresses": self.reached(name, "grpc")} for name in _CALLED},
            "gateway": {**guarded(gateways[0], self._gateway_token), "replicas": gateways},
            "portal": guarded(portal.addresses["http"], self._gateway_token),
            "reconciler": {"metrics_url": f"http://{self.reached('dualwrite-reconciler', 'http')[0]}/metrics"},
            "reports": {"directory": str(self.place.reports)},
            "test_org": {"id": TEST_ORG},
        }

    def _figures(self) -> list[TenantFigures]:
        with self.postgres.connect() as connection:
            return figures(connection, self.offset_s)
