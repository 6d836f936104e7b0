"""The platform of ops_view: one service in two replicas, whose flags are read from their environment at start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flipgate.rehearsal.backups import Backups
from flipgate.rehearsal.components import postgres, rules
from flipgate.rehearsal.errors import RehearsalError
from flipgate.rehearsal.services.ops_seed import SCHEMA_SQL, TEST_RECORD, USERS, WORKSPACE, seed
from flipgate.rehearsal.topology import Deployment, standins
from flipgate.rehearsal.world import World

if TYPE_CHECKING:
    import psycopg

    from flipgate.rehearsal.place import Place

SERVICE = "ops-view"
READ, WRITE = "OPS_VIEW_DB_READ", "OPS_VIEW_DB_WRITE"
_FIRST_BACKUP_S = 20 * 3600
_DEPLOYMENTS = (
    Deployment(
        SERVICE, "ops_view", ("ops-view-6f4b9c7d8-k2m4x", "ops-view-6f4b9c7d8-v7t9q"), wave=1, peers=lambda _: {}
    ),
    standins(backlog="ops_view"),
    Deployment(
        "traffic",
        "ops_traffic",
        ("traffic",),
        wave=2,
        peers=lambda known: {SERVICE: known.all(SERVICE, "http")},
        is_of_the_cluster=False,
    ),
)


class OpsView(World):
    """The world of the cutover of ops_view's reads and writes to the database."""

    runbook = "ops_view"
    environment = "rehearsal-ops_view"
    deployments = _DEPLOYMENTS
    alerts = (rules.OPS_VIEW_ERRORS, rules.WATCHDOG)
    schema = SCHEMA_SQL
    first_life_s = 50 * 3600
    a_flip = f"{READ} true"

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self.fleet.variables[SERVICE] = {READ: "false", WRITE: "false"}
        self.backups = Backups(place.folder / "backups", postgres.DBNAME)
        # Whoever asks says who they are: here a user's name is their token.
        self._users = {role: place.write_secret(f"{role}-user", users[0]) for role, users in USERS.items()}

    def begin(self) -> None:
        """A backup was taken on the day before."""
        self.backups.take(_FIRST_BACKUP_S)

    def seed(self, connection: psycopg.Connection) -> None:
        """Fill the tables with the workspaces and their records."""
        seed(connection)

    def grow_old(self, seconds: float) -> None:
        """The backups age with the world."""
        self.backups.age(seconds)

    def flip(self, name: str, *, value: bool) -> list[str]:
        """Give every replica the flag in its environment and restart it, one after the other. Returns what was done."""
        if name not in (READ, WRITE):
            raise RehearsalError(f'no flag is named "{name}"; there are: {READ}, {WRITE}')
        word = "true" if value else "false"
        self.fleet.variables[SERVICE] |= {name: word}
        done = []
        for number, pod in enumerate(self.fleet.pods_of(SERVICE)):
            self.fleet.restart(SERVICE, number)
            done.append(f"{pod.name}: restarted with {name}={word}")
        return done

    def flags(self) -> dict[str, str | None]:
        """Which value does the deployment give each flag?"""
        return {**self.fleet.variables[SERVICE]}

    def backup(self, reason: str) -> list[str]:
        """Take a backup, as the operator does by hand. Returns which."""
        return [f"backup {self.backups.take()}: {reason}"]

    def endpoints(self) -> dict[str, object]:
        """Where is what only this platform has? Every address is a wire's."""
        replicas = self.reached(SERVICE, "http")
        return {
            "ops_view": {
                "url": f"http://{replicas[0]}",
                "replicas": replicas,
                "workspace": WORKSPACE,
                "users": {role: f"file:{path}" for role, path in self._users.items()},
                "test_record": TEST_RECORD,
            },
            "backups": {"directory": str(self.backups.folder)},
        }
