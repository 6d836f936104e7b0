"""The flag store: Redis (or Valkey) in which nobody can do more than their part."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from secrets import token_urlsafe
from typing import TYPE_CHECKING

import redis

from flipgate.rehearsal.components import programs
from flipgate.rehearsal.place import write_private

if TYPE_CHECKING:
    from pathlib import Path

    from flipgate.rehearsal.processes import Processes

OPERATOR, SERVICES, VERIFIER, KEEPER = "operator", "services", "verifier", "keeper"
RULES = {
    # Whoever runs the servers: makes one the replica of another, and is the user that replicates.
    KEEPER: "~* &* +@all",
    OPERATOR: "~ff:* resetchannels +@all -@admin -@dangerous +info",
    SERVICES: "~* &* +@all -@admin -@dangerous",
    # As docs/least-privilege.md has it: reads of flags, what the server is, and its clock.
    VERIFIER: "resetkeys %R~ff:orgv23:* resetchannels -@all +get +mget +strlen +type +ttl +exists +ping +hello +auth"
    " +time +info +role +client|setname +client|setinfo",
}


@dataclass(frozen=True)
class FlagStore:
    """One Redis server of this rehearsal."""

    folder: Path
    port: int
    processes: Processes
    name: str = "redis"
    passwords: dict[str, str] = field(default_factory=lambda: {user: token_urlsafe(24) for user in RULES}, repr=False)

    def start(self) -> None:
        """Start the server; `answers` tells when it serves."""
        self.folder.mkdir(mode=0o700)
        lines = [
            f"port {self.port}",
            "bind 127.0.0.1",
            f"dir {self.folder}",
            'save ""',
            "appendonly no",
            "user default off",
        ]
        lines += [f"user {user} on >{self.passwords[user]} {rules}" for user, rules in RULES.items()]
        config = write_private(self.folder / "redis.conf", "\n".join(lines) + "\n")
        self.processes.start(self.name, [str(programs.find(programs.REDIS)), str(config)])

    def wait(self) -> None:
        """Wait until the server serves."""
        self.processes.wait_until(self.name, self._answers)

    def write(self, values: dict[str, str], db: int = 0) -> None:
        """Set keys, as the operator does."""
        with self._connect(db=db) as client:
            client.mset(values)

    def forget(self, *keys: str, db: int = 0) -> None:
        """Delete keys, as the operator does."""
        with self._connect(db=db) as client:
            client.delete(*keys)

    def expire(self, key: str) -> None:
        """Let the time that a key was given run out."""
        with self._connect() as client:
            client.pexpire(key, 1)
        self.processes.wait_until(self.name, lambda: self.read([key])[key] is None)

    def follow(self, primary: FlagStore) -> None:
        """Become the replica of another server; returns once every key is that one's."""
        with self._connect(KEEPER) as client:
            client.config_set("masteruser", KEEPER)
            client.config_set("masterauth", primary.passwords[KEEPER])
            client.replicaof("127.0.0.1", str(primary.port))
            self.processes.wait_until(self.name, lambda: client.info("replication")["master_link_status"] == "up")

    def follow_nobody_there(self, port: int) -> None:
        """Become the replica of a server that does not answer, so that the link to it is down."""
        with self._connect(KEEPER) as client:
            client.replicaof("127.0.0.1", str(port))

    def lose_link(self) -> None:
        """Wait until the link to the primary is known to be down."""
        with self._connect(KEEPER) as client:
            self.processes.wait_until(self.name, lambda: client.info("replication")["master_link_status"] == "down")

    def lead(self) -> None:
        """Become a primary again, with the keys that are held."""
        with self._connect(KEEPER) as client:
            client.replicaof("NO", "ONE")

    def stop(self) -> None:
        """End the server, and leave nothing of it."""
        self.processes.stop(self.name)
        shutil.rmtree(self.folder)

    def read(self, keys: list[str]) -> dict[str, str | None]:
        """What do these keys hold?"""
        with self._connect() as client:
            return dict(zip(keys, client.mget(keys), strict=True))

    def _connect(self, user: str = OPERATOR, db: int = 0) -> redis.Redis:
        return redis.Redis(
            host="127.0.0.1",
            port=self.port,
            db=db,
            username=user,
            password=self.passwords[user],
            decode_responses=True,
            socket_timeout=5,
        )

    def _answers(self) -> bool:
        try:
            with self._connect() as client:
                return bool(client.ping())
        except redis.ConnectionError:
            return False
