"""The world of one rehearsal: real servers in real time, and how far the world has aged beyond them.

What every platform has is here; what one platform is made of, and how its operator acts, is said by its own class.
"""

from __future__ import annotations

import contextlib
import time
from abc import ABC, abstractmethod
from datetime import UTC, datetime, timedelta
from random import Random
from secrets import token_urlsafe
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar, LiteralString
from uuid import uuid4

import msgspec

from flipgate.rehearsal.catalogue import Standing
from flipgate.rehearsal.components import postgres, rules
from flipgate.rehearsal.components.alertmanager import Alertmanager
from flipgate.rehearsal.components.postgres import Postgres
from flipgate.rehearsal.components.prometheus import LIVE_SCRAPE_S, Prometheus
from flipgate.rehearsal.errors import RehearsalError
from flipgate.rehearsal.fleet import Fleet
from flipgate.rehearsal.history import History
from flipgate.rehearsal.moments import START
from flipgate.rehearsal.network import Network
from flipgate.rehearsal.place import write_private
from flipgate.rehearsal.ports import free_ports
from flipgate.rehearsal.processes import Processes
from flipgate.rehearsal.services.settings import PostgresAddress

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import psycopg

    from flipgate.rehearsal.place import Place
    from flipgate.rehearsal.topology import Deployment

_LONGEST_ADVANCE_S = 7 * 86400
_STANDINS = ("kubernetes", "tracker")


class World(ABC):
    """One rehearsal: what was started, and what can be done to it.

    runbook       the one whose cutover is rehearsed; `environment` is the file by which the suite knows it.
    deployments   the services of the platform.
    tokens_of     whom else bearer tokens are made for.
    alerts        the rules of a healthy environment, in the order in which they are evaluated.
    first_life_s  how much history there is at the start.
    a_flip        what the operator types to make the first flip.
    """

    runbook: ClassVar[str]
    environment: ClassVar[str]
    deployments: ClassVar[tuple[Deployment, ...]]
    tokens_of: ClassVar[tuple[str, ...]] = ()
    alerts: ClassVar[tuple[str, ...]]
    schema: ClassVar[LiteralString]
    first_life_s: ClassVar[float]
    a_flip: ClassVar[str]

    def __init__(self, place: Place) -> None:
        self.place = place
        self.instance = str(uuid4())
        self.offset_s = 0.0
        self.moment = START
        self._torn = False
        self.broken = Standing()
        # What faults choose by lot: a replica, a tenant.
        self.dice = Random(0)  # noqa: S311  seeded, not a secret
        # When flips are agreed upon, by the hour of the day; an environment that is played all day has no closing time.
        self.change_window = {"timezone": "UTC", "opens": "00:00", "closes": "24:00"}
        self.history = History()
        self.processes = Processes(place.folder)
        self.network = Network(place, self.processes)
        postgres_port, prometheus_port, alertmanager_port = free_ports(3)
        self.postgres = Postgres(place.folder / "postgres", postgres_port, self.processes)
        self.alertmanager = Alertmanager(place.folder / "alertmanager", alertmanager_port, self.processes)
        self.prometheus = Prometheus(place.folder / "prometheus", prometheus_port, alertmanager_port, self.processes)
        self.tokens = {name: token_urlsafe(24) for name in (*_STANDINS, *self.tokens_of)}
        self.fleet = self._fleet()
        self._password = place.write_secret("postgres-verifier", self.postgres.passwords[postgres.VERIFIER])
        self._tokens = {name: place.write_secret(f"{name}-token", self.tokens[name]) for name in _STANDINS}

    @abstractmethod
    def seed(self, connection: psycopg.Connection) -> None:
        """Fill the tables of the schema."""

    @abstractmethod
    def flip(self, name: str, *, value: bool) -> list[str]:
        """Flip a flag platform-wide, as the operator does by hand. Returns what was done."""

    @abstractmethod
    def flags(self) -> Mapping[str, str | None]:
        """Which value does each flag have?"""

    @abstractmethod
    def endpoints(self) -> dict[str, object]:
        """Where is what only this platform has?"""

    def begin(self) -> None:  # noqa: B027  most platforms need nothing
        """Start what only this platform has, before the database."""

    def grow_old(self, seconds: float) -> None:  # noqa: B027  most platforms need nothing
        """Move what only this platform has into the past."""

    def keep_up(self) -> None:  # noqa: B027  most platforms need nothing
        """Do what the time of day asks for; called whenever time has passed."""

    def refresh(self, reason: str) -> list[str]:  # noqa: ARG002  the hook's shape
        """Make every process drop its flag cache, as the operator does by hand. Errors: RehearsalError."""
        raise RehearsalError(f"{self.runbook} has no flag caches to refresh")

    def backup(self, reason: str) -> list[str]:  # noqa: ARG002  the hook's shape
        """Take a backup, as the operator does by hand. Errors: RehearsalError."""
        raise RehearsalError(f"{self.runbook} asks for no backup")

    def start(self) -> None:
        """Start everything, with its history; returns when all of it is ready."""
        self.postgres.begin_init()
        self.network.start()
        self.alertmanager.start()
        self.begin()
        self.alertmanager.wait()
        self.postgres.start()
        with self.postgres.connect() as connection:
            connection.autocommit = False
            connection.execute(self.schema)
            self.seed(connection)
        self.postgres.let_readers_read()
        self._write_clock()
        self.fleet.start()
        self.prometheus.configure(self.fleet.targets(), self.rule_file())
        self._live(self.first_life_s, first=True)
        self.keep_up()

    def end(self) -> None:
        """Leave nothing: no process, no port, no folder."""
        self.processes.end()

    def now(self) -> datetime:
        """What time is it in the world?"""
        return datetime.now(UTC) + timedelta(seconds=self.offset_s)

    def rule_file(self, *names: str, instead: Mapping[str, str] = MappingProxyType({}), every_s: int = 1) -> str:
        """The text of a rule file with these rules; without names, those of a healthy environment."""
        return rules.rule_file(*(names or self.alerts), instead=instead, every_s=every_s)

    def advance(self, seconds: float) -> None:
        """Let the world age: everything that happened is so much longer ago, and the time between has been lived.

        Errors: RehearsalError where the span is none, or Prometheus is down and its samples cannot be kept.
        """
        if not 0 < seconds <= _LONGEST_ADVANCE_S:
            raise RehearsalError(
                f"the world ages forwards, by at most {_LONGEST_ADVANCE_S} s at once; not by {seconds}"
            )
        if not self.processes.runs("prometheus"):
            raise RehearsalError("Prometheus does not run, so the world cannot age; undo that fault first")
        if self._torn:
            raise RehearsalError("an advance failed half way and the parts of this world disagree: start a fresh one")
        self.history.add(self.prometheus.scraped(_epoch_ms(), self.offset_s))
        self._torn = True
        # Rows first: what the services write while they live through the span is of that span already.
        self.postgres.age(seconds)
        self.grow_old(seconds)
        self.offset_s += seconds
        self._live(seconds)
        self._write_clock()
        self.keep_up()
        self._torn = False

    def load_rules(self, *names: str, instead: Mapping[str, str] = MappingProxyType({}), every_s: int = 1) -> None:
        """Replace the rules in the running server; without names, by those of a healthy environment."""
        self.prometheus.load(self.rule_file(*names, instead=instead, every_s=every_s))
        # Until rules that were loaded anew hand theirs on, those of before may have expired.
        self.hand_on(rules.WATCHDOG)

    @contextlib.contextmanager
    def unscraped(self, deployment: str, pod: int | None = None) -> Iterator[None]:
        """Prometheus does not know of these pods, from the next advance until the one after the block."""
        with self.fleet.without(self.fleet.unscraped, deployment, pod):
            self.prometheus.configure(self.fleet.targets(), self.rule_file())
            yield
        self.prometheus.configure(self.fleet.targets(), self.rule_file())

    def describe(self, *, attached: bool) -> dict[str, object]:
        """Where is everything? The document that `provision` prints."""
        reader = {**self.store("postgres", self.postgres.port), "dbname": postgres.DBNAME, "user": postgres.VERIFIER}
        endpoints = {
            "postgres": {**reader, "password": f"file:{self._password}"},
            "prometheus": {"url": self._url("prometheus", self.prometheus.url)},
            "alertmanager": {"url": self._url("alertmanager", self.alertmanager.url)},
            **{name: guarded(self._standin(name), self._tokens[name]) for name in _STANDINS},
            **self.endpoints(),
            "change_window": self.change_window,
        }
        clock = {"offset_s": self.offset_s}
        return {"schema": 1, "instance": self.instance, "attached": attached, "clock": clock, "endpoints": endpoints}

    def reached(self, deployment: str, port: str) -> list[str]:
        """Under which addresses does the suite reach the pods of a deployment?"""
        return [self.network.through(deployment, pod.addresses[port]) for pod in self.fleet.pods_of(deployment)]

    def store(self, name: str, port: int) -> dict[str, object]:
        """Under which host and port does the suite reach a server of this machine?"""
        host, _, reached = self.network.through(name, f"127.0.0.1:{port}").rpartition(":")
        return {"host": host, "port": int(reached)}

    def hand_on(self, name: str, aged_s: float = 0.0) -> None:
        """Hand firing alerts on to Alertmanager once one of this name is among them."""
        self.processes.wait_until("prometheus", lambda: name in self.prometheus.firing_names())
        self.alertmanager.take(self.prometheus.firing(), aged_s)

    def _standin(self, name: str) -> str:
        (standins,) = self.fleet.pods_of("standins")
        return self.network.through(name, standins.addresses[name])

    def _url(self, name: str, url: str) -> str:
        return f"http://{self.network.through(name, url.removeprefix('http://'))}"

    def _live(self, seconds: float, *, first: bool = False) -> None:
        """The services live through a span, and Prometheus starts anew on all that has happened."""
        lived = self.fleet.live(seconds, first=first)
        world_now_ms = _epoch_ms() + round(self.offset_s * 1000)
        self.history.add(self.fleet.tracks(lived, world_now_ms, self.offset_s))
        self.history.forget_before(world_now_ms)
        since_ms = _epoch_ms()
        self.prometheus.make_blocks(self.history, since_ms, self.offset_s)
        if not first and _epoch_ms() - since_ms > LIVE_SCRAPE_S * 1000:
            self._bridge()
        self.prometheus.discard()
        self.prometheus.start()
        self.hand_on(rules.WATCHDOG, aged_s=0.0 if first else seconds)

    def _bridge(self) -> None:
        """Blocks take long on a busy machine: what the server of before has scraped meanwhile is kept as well."""
        now_ms = _epoch_ms()
        meanwhile = self.fleet.reached(self.prometheus.scraped(now_ms, self.offset_s))
        if meanwhile:
            self.history.add(meanwhile)
            self.prometheus.add_blocks(History(meanwhile), now_ms, self.offset_s)

    def _fleet(self) -> Fleet:
        role = postgres.SERVICES
        address = PostgresAddress("127.0.0.1", self.postgres.port, postgres.DBNAME, role, self.postgres.passwords[role])
        return Fleet(self.place, self.processes, self.deployments, address, self.tokens, self.network.through)

    def _write_clock(self) -> None:
        clock = msgspec.json.encode({"offset_s": self.offset_s}).decode()
        write_private(self.place.folder / "world.json", clock)


def guarded(address: str, token_file: Path) -> dict[str, str]:
    """How is an address told that lets nobody in without a token?"""
    return {"url": f"http://{address}", "token": f"file:{token_file}"}


def _epoch_ms() -> int:
    return time.time_ns() // 1_000_000
