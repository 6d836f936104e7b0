"""Which systems has this environment, and who asks them?

Each probe is made when first asked for, and its driver imported then: a stage that asks no database imports none.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from flipgate.core.errors import NotConfigured

if TYPE_CHECKING:
    from flipgate.config.environment import Environment
    from flipgate.core.clock import Clock
    from flipgate.probes.alertmanager import Alertmanager
    from flipgate.probes.backups import Backups
    from flipgate.probes.connect import Connect
    from flipgate.probes.exposition import Exposition
    from flipgate.probes.gateway import Gateway
    from flipgate.probes.kubernetes import Kubernetes
    from flipgate.probes.latency_samples import LatencySampler
    from flipgate.probes.listings import Listings
    from flipgate.probes.ops_rows import OpsRows
    from flipgate.probes.ops_view import OpsView
    from flipgate.probes.prometheus import Prometheus
    from flipgate.probes.redis_flags import RedisFlags
    from flipgate.probes.reports import Reports
    from flipgate.probes.sql import Database
    from flipgate.probes.tracker import Tracker
    from flipgate.probes.verdicts import Verdicts

Block = TypeVar("Block")


class Systems:
    """The probes of one environment. A system that the environment file leaves out is NotConfigured: HOLD."""

    def __init__(self, environment: Environment, clock: Clock) -> None:
        self.environment, self.clock = environment, clock

    def block(self, name: str, block: Block | None) -> Block:
        """Which part of the environment file describes this system?

        Errors: NotConfigured.
        """
        if block is None:
            raise NotConfigured(name, f"environments/{self.environment.name}.toml has no [{name}] block")
        return block

    @cached_property
    def prometheus(self) -> Prometheus:
        from flipgate.probes.prometheus import Prometheus

        return Prometheus(self.block("prometheus", self.environment.prometheus), self.clock)

    @cached_property
    def alertmanager(self) -> Alertmanager:
        from flipgate.probes.alertmanager import Alertmanager

        return Alertmanager(self.block("alertmanager", self.environment.alertmanager), self.clock)

    @cached_property
    def reconciler(self) -> Exposition:
        from flipgate.probes.exposition import Exposition

        return Exposition("reconciler", self.block("reconciler", self.environment.reconciler), self.clock)

    @cached_property
    def kubernetes(self) -> Kubernetes:
        from flipgate.probes.kubernetes import Kubernetes

        return Kubernetes(self.block("kubernetes", self.environment.kubernetes), self.clock)

    @cached_property
    def tracker(self) -> Tracker:
        from flipgate.probes.tracker import Tracker

        return Tracker(self.block("tracker", self.environment.tracker), self.clock)

    @cached_property
    def gateway(self) -> Gateway:
        from flipgate.probes.gateway import Gateway

        return Gateway(self.block("gateway", self.environment.gateway), self.clock)

    @cached_property
    def connect(self) -> Connect:
        from flipgate.probes.connect import Connect

        return Connect(self.block("gateway", self.environment.gateway))

    @cached_property
    def reports(self) -> Reports:
        from flipgate.probes.reports import Reports

        return Reports(self.block("reports", self.environment.reports), self.clock)

    @cached_property
    def redis_flags(self) -> RedisFlags:
        from flipgate.probes.redis_flags import RedisFlags

        return RedisFlags(self.block("redis", self.environment.redis), self.clock)

    @cached_property
    def database(self) -> Database:
        from flipgate.probes.sql import Database

        return Database(self.block("postgres", self.environment.postgres), self.clock)

    @cached_property
    def ops_view(self) -> OpsView:
        from flipgate.probes.ops_view import OpsView

        return OpsView(self.block("ops_view", self.environment.ops_view), self.clock)

    @cached_property
    def ops_rows(self) -> OpsRows:
        from flipgate.probes.ops_rows import OpsRows

        return OpsRows(self.block("postgres", self.environment.postgres), self.clock)

    @cached_property
    def backups(self) -> Backups:
        from flipgate.probes.backups import Backups

        return Backups(self.block("backups", self.environment.backups), self.clock)

    @cached_property
    def listings(self) -> Listings:
        from flipgate.probes.listings import Listings

        return Listings(self.block("services.tenant-service", self.environment.services.get("tenant-service")))

    @cached_property
    def verdicts(self) -> Verdicts:
        from flipgate.probes.verdicts import Verdicts

        return Verdicts(self.block("services.context-engine", self.environment.services.get("context-engine")))

    @cached_property
    def latency_sampler(self) -> LatencySampler:
        from flipgate.probes.latency_samples import LatencySampler

        return LatencySampler(self.block("services.context-engine", self.environment.services.get("context-engine")))
