"""The flag store: Redis (or Valkey) in which nobody can do more than their part."""

from __future__ import annotations

from dataclasses import dataclass, field
from secrets import token_urlsafe
from typing import TYPE_CHECKING

import redis

from flipgate.rehearsal.components import programs
from flipgate.rehearsal.place import write_private

if TYPE_CHECKING:
    from pathlib import Path

    from flipgate.rehearsal.processes import Processes

OPERATOR, SERVICES, VERIFIER = "operator", "services", "verifier"
RULES = {
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
        self.processes.start("redis", [str(programs.find(programs.REDIS)), str(config)])

    def wait(self) -> None:
        """Wait until the server serves."""
        self.processes.wait_until("redis", self._answers)

    def write(self, values: dict[str, str]) -> None:
        """Set keys, as the operator does."""
        with self._connect() as client:
            client.mset(values)

    def forget(self, *keys: str) -> None:
        """Delete keys, as the operator does."""
        with self._connect() as client:
            client.delete(*keys)

    def read(self, keys: list[str]) -> dict[str, str | None]:
        """What do these keys hold?"""
        with self._connect() as client:
            return dict(zip(keys, client.mget(keys), strict=True))

    def _connect(self) -> redis.Redis:
        return redis.Redis(
            host="127.0.0.1",
            port=self.port,
            username=OPERATOR,
            password=self.passwords[OPERATOR],
            decode_responses=True,
            socket_timeout=5,
        )

    def _answers(self) -> bool:
        try:
            with self._connect() as client:
                return bool(client.ping())
        except redis.ConnectionError:
            return False
