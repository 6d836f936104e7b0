"""The world of one rehearsal: real servers in real time, and how far the world has aged beyond them."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from random import Random
from secrets import token_urlsafe
from typing import TYPE_CHECKING
from uuid import uuid4

import msgspec

from flipgate.rehearsal.catalogue import Standing
from flipgate.rehearsal.components import flagstore, postgres, rules
from flipgate.rehearsal.components.alertmanager import Alertmanager
from flipgate.rehearsal.components.flagstore import FlagStore
from flipgate.rehearsal.components.postgres import Postgres
from flipgate.rehearsal.components.prometheus import Prometheus
from flipgate.rehearsal.errors import RehearsalError
from flipgate.rehearsal.fleet import Fleet
from flipgate.rehearsal.history import History
from flipgate.rehearsal.moments import START
from flipgate.rehearsal.network import Network
from flipgate.rehearsal.place import write_private
from flipgate.rehearsal.ports import free_ports
from flipgate.rehearsal.processes import Processes
from flipgate.rehearsal.reports import Reports, TenantFigures, figures
from flipgate.rehearsal.services.flags import FLAGS, initial_flags, redis_key
from flipgate.rehearsal.services.seed import SCHEMA_SQL, TEST_ORG, seed
from flipgate.rehearsal.services.settings import PostgresAddress, RedisAddress
from flipgate.rehearsal.topology import CALLED, Tokens

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flipgate.rehearsal.place import Place

_FIRST_LIFE_S = 26 * 3600
_LONGEST_ADVANCE_S = 7 * 86400


@dataclass(frozen=True)
class Secrets:
    """Where the verifier finds its credentials."""

    redis: Path
    postgres: Path
    gateway: Path
    kubernetes: Path
    tracker: Path


class World:
    """One rehearsal: what was started, and what can be done to it."""

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
        self.change_window = {"opens": "00:00", "closes": "24:00"}
        self.history = History()
        self.processes = Processes(place.folder)
        self.network = Network(place, self.processes)
        redis_port, postgres_port, prometheus_port, alertmanager_port = free_ports(4)
        self.redis = FlagStore(place.folder / "redis", redis_port, self.processes)
        self.postgres = Postgres(place.folder / "postgres", postgres_port, self.processes)
        self.alertmanager = Alertmanager(place.folder / "alertmanager", alertmanager_port, self.processes)
        self.prometheus = Prometheus(place.folder / "prometheus", prometheus_port, alertmanager_port, self.processes)
        self.tokens = Tokens(*(token_urlsafe(24) for _ in fields(Tokens)))
        self.fleet = self._fleet()
        self.reports = Reports(place.reports, self._figures)
        self.secrets = self._write_secrets()

    def start(self) -> None:
        """Start everything, with a day of history; returns when all of it is ready."""
        self.postgres.begin_init()
        self.network.start()
        self.redis.start()
        self.alertmanager.start()
        self.redis.wait()
        self.alertmanager.wait()
        self.redis.write(initial_flags())
        self.postgres.start()
        with self.postgres.connect() as connection:
            connection.autocommit = False
            connection.execute(SCHEMA_SQL)
            seed(connection)
        self.postgres.let_readers_read()
        self._write_clock()
        self.fleet.start()
        self.prometheus.configure(self.fleet.targets(), rules.rule_file())
        self._live(_FIRST_LIFE_S, first=True)
        self.reports.refresh(self.now())

    def end(self) -> None:
        """Leave nothing: no process, no port, no folder."""
        self.processes.end()

    def now(self) -> datetime:
        """What time is it in the world?"""
        return datetime.now(UTC) + timedelta(seconds=self.offset_s)

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
        self.offset_s += seconds
        self._live(seconds)
        self._write_clock()
        self.reports.refresh(self.now())
        self._torn = False

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

    @contextlib.contextmanager
    def unscraped(self, deployment: str, pod: int | None = None) -> Iterator[None]:
        """Prometheus does not know of these pods, from the next advance until the one after the block."""
        with self.fleet.without(self.fleet.unscraped, deployment, pod):
            self.prometheus.configure(self.fleet.targets(), rules.rule_file())
            yield
        self.prometheus.configure(self.fleet.targets(), rules.rule_file())

    def refresh(self, reason: str) -> list[str]:
        """Make every process drop its flag cache, as the operator does by hand (§13.3). Returns what was answered."""
        return [self.fleet.refresh(reason)]

    def flags(self) -> dict[str, str | None]:
        """What does the flag store hold, flag by flag?"""
        held = self.redis.read([redis_key(flag) for flag in FLAGS])
        return {flag: held[redis_key(flag)] for flag in FLAGS}

    def describe(self, *, attached: bool) -> dict[str, object]:
        """Where is everything? The document that `provision` prints. Every address but the portal's is a wire's."""
        (portal,) = self.fleet.pods_of("portal")
        verifier = {**self._store("redis", self.redis.port), "username": flagstore.VERIFIER}
        reader = {**self._store("postgres", self.postgres.port), "dbname": postgres.DBNAME, "user": postgres.VERIFIER}
        gateways = self._reached("gateway", "http")
        endpoints = {
            "redis": {**verifier, "password": f"file:{self.secrets.redis}"},
            "postgres": {**reader, "password": f"file:{self.secrets.postgres}"},
            "prometheus": {"url": self._url("prometheus", self.prometheus.url)},
            "alertmanager": {"url": self._url("alertmanager", self.alertmanager.url)},
            **{name.replace("-", "_"): {"addresses": self._reached(name, "grpc")} for name in CALLED},
            "gateway": {**_guarded(gateways[0], self.secrets.gateway), "replicas": gateways},
            "portal": _guarded(portal.addresses["http"], self.secrets.gateway),
            "kubernetes": _guarded(self._standin("kubernetes"), self.secrets.kubernetes),
            "tracker": _guarded(self._standin("tracker"), self.secrets.tracker),
            "reconciler": {"metrics_url": f"http://{self._reached('dualwrite-reconciler', 'http')[0]}/metrics"},
            "reports": {"directory": str(self.place.reports)},
            "test_org": {"id": TEST_ORG},
        }
        clock = {"offset_s": self.offset_s}
        endpoints["change_window"] = self.change_window
        return {"schema": 1, "instance": self.instance, "attached": attached, "clock": clock, "endpoints": endpoints}

    def _reached(self, deployment: str, port: str) -> list[str]:
        return [self.network.through(deployment, pod.addresses[port]) for pod in self.fleet.pods_of(deployment)]

    def _standin(self, name: str) -> str:
        (standins,) = self.fleet.pods_of("standins")
        return self.network.through(name, standins.addresses[name])

    def _url(self, name: str, url: str) -> str:
        return f"http://{self.network.through(name, url.removeprefix('http://'))}"

    def _store(self, name: str, port: int) -> dict[str, object]:
        host, _, reached = self.network.through(name, f"127.0.0.1:{port}").rpartition(":")
        return {"host": host, "port": int(reached)}

    def _live(self, seconds: float, *, first: bool = False) -> None:
        """The services live through a span, and Prometheus starts anew on all that has happened."""
        lived = self.fleet.live(seconds, first=first)
        world_now_ms = _epoch_ms() + round(self.offset_s * 1000)
        self.history.add(self.fleet.tracks(lived, world_now_ms, self.offset_s))
        self.history.forget_before(world_now_ms)
        self.prometheus.make_blocks(self.history, _epoch_ms(), self.offset_s)
        self.prometheus.discard()
        self.prometheus.start()
        self.hand_on(rules.WATCHDOG, aged_s=0.0 if first else seconds)

    def hand_on(self, name: str, aged_s: float = 0.0) -> None:
        """Hand firing alerts on to Alertmanager once one of this name is among them."""
        self.processes.wait_until("prometheus", lambda: name in self.prometheus.firing_names())
        self.alertmanager.take(self.prometheus.firing(), aged_s)

    def _fleet(self) -> Fleet:
        here = "127.0.0.1"
        user, role = flagstore.SERVICES, postgres.SERVICES
        return Fleet(
            self.place,
            self.processes,
            RedisAddress(here, self.redis.port, user, self.redis.passwords[user]),
            PostgresAddress(here, self.postgres.port, postgres.DBNAME, role, self.postgres.passwords[role]),
            self.tokens,
            self.network.through,
        )

    def _figures(self) -> list[TenantFigures]:
        with self.postgres.connect() as connection:
            return figures(connection, self.offset_s)

    def _write_secrets(self) -> Secrets:
        return Secrets(
            redis=self.place.write_secret("redis-verifier", self.redis.passwords[flagstore.VERIFIER]),
            postgres=self.place.write_secret("postgres-verifier", self.postgres.passwords[postgres.VERIFIER]),
            gateway=self.place.write_secret("gateway-token", self.tokens.gateway),
            kubernetes=self.place.write_secret("kubernetes-token", self.tokens.kubernetes),
            tracker=self.place.write_secret("tracker-token", self.tokens.tracker),
        )

    def _write_clock(self) -> None:
        clock = msgspec.json.encode({"offset_s": self.offset_s}).decode()
        write_private(self.place.folder / "world.json", clock)


def _guarded(address: str, token_file: Path) -> dict[str, str]:
    return {"url": f"http://{address}", "token": f"file:{token_file}"}


def _epoch_ms() -> int:
    return time.time_ns() // 1_000_000
