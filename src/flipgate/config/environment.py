"""What does an environment file say? (Reference: docs/environment-file.md)

Every block is one system; a block that is left out means that the environment has no such system.
No limit of a gate stands here: those are literal in the features.
"""

from __future__ import annotations

import ipaddress
import math
from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from flipgate.config.secret import Secret

Port = Annotated[int, Meta(ge=1, le=65535)]
Seconds = Annotated[float, Meta(gt=0, le=31_536_000)]
Name = Annotated[str, Meta(min_length=1, max_length=200)]
Found = Annotated[str, Meta(pattern=r"^(role:[a-z]+(:.+)?|test-id:\S+)$", max_length=200)]
Route = Annotated[str, Meta(pattern=r"^[A-Z]+ /\S*$", max_length=200)]
Tier = Literal["dev", "staging", "prod"]
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
TimeOfDay = Annotated[str, Meta(pattern=r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$")]


class Block(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of the file: unknown keys and wrong types are errors, numbers are finite."""

    def __post_init__(self) -> None:
        for field in self.__struct_fields__:
            value = getattr(self, field)
            if isinstance(value, float) and not math.isfinite(value):
                raise ValueError(f"`{field}` is {value}: a finite number is wanted")


class HttpBlock(Block, frozen=True, kw_only=True):
    """A system behind an HTTP address. Plain HTTP is for loopback only."""

    url: Name

    def __post_init__(self) -> None:
        super().__post_init__()
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.query:
            raise ValueError(f"`url` is {self.url!r}: http(s)://host[:port][/path] is wanted")
        if parts.scheme == "http" and not is_loopback(parts.hostname):
            raise ValueError(f"`url` is {self.url!r}: plain HTTP is for loopback only, use https")


class Redis(Block, frozen=True, kw_only=True):
    """The flag store. `key_prefix`:<flag>:<global or tenant id> holds a flag's value."""

    host: Name
    port: Port
    username: Name
    password: Secret
    key_prefix: Name
    db: Annotated[int, Meta(ge=0, le=15)] = 0
    tls: bool = False


class Postgres(Block, frozen=True, kw_only=True):
    """The database, read with a role that can only read."""

    host: Name
    port: Port
    dbname: Name
    user: Name
    password: Secret
    sslmode: Literal["disable", "prefer", "require", "verify-ca", "verify-full"] = "prefer"


class Prometheus(HttpBlock, frozen=True, kw_only=True):
    """Metrics. `scrape_interval_s` is how often a target is scraped; targets by job are what has to be there."""

    scrape_interval_s: Seconds
    targets: dict[str, Annotated[int, Meta(ge=1, le=10_000)]]
    token: Secret | None = None


class Alertmanager(HttpBlock, frozen=True, kw_only=True):
    """Alerts. `watchdog` is the alert that always fires and so shows that Prometheus feeds it."""

    watchdog: Name
    token: Secret | None = None


class Service(Block, frozen=True, kw_only=True):
    """A gRPC service: every address of it is asked. `deployment` is its name in the cluster."""

    addresses: Annotated[tuple[Name, ...], Meta(min_length=1)]
    deployment: Name
    tls: bool = False
    job: Name | None = None

    @property
    def metrics_job(self) -> str:
        """Which is its job in Prometheus?"""
        return self.job or self.deployment


class Gateway(HttpBlock, frozen=True, kw_only=True):
    """The public gateway. `job` is its name in Prometheus; at each of `replicas` one replica answers by itself."""

    token: Secret
    job: Name
    replicas: tuple[Name, ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        refuse_far_replicas(self.url, self.replicas)


class PortalFlow(Block, frozen=True, kw_only=True):
    """One flow of the portal: its page, and how the records of its list are found there.

    An element is found by `role:<role>`, `role:<role>:<accessible name>` or `test-id:<id>`. A record is named by the
    element of that test id within it or, without one, by the first line of its own text.
    """

    path: Annotated[str, Meta(pattern=r"^/[^\s?#]*$", max_length=200)]
    listing: Found
    record: Found
    record_name: Annotated[str, Meta(pattern=r"^test-id:[^\s\"\]]+$")] | None = None
    record_id: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]*$")] | None = None
    next_page: Found | None = None
    suite_title: Name | None = None


class Portal(HttpBlock, frozen=True, kw_only=True):
    """The portal. `token` is put under `token_item` into the browser's local storage: that is how a user is signed in.

    `suite_report`: the Playwright JSON report of the portal team's own suite, judged instead of a browser of ours.
    """

    token: Secret
    token_item: Name
    flows: dict[str, PortalFlow]
    origins: tuple[Name, ...] = ()
    suite_report: Name | None = None


class Kubernetes(HttpBlock, frozen=True, kw_only=True):
    """The cluster. The deployed commit is an annotation of the deployment or, without one, its image's tag."""

    namespace: Name
    token: Secret
    commit_annotation: Name | None = None
    ca_file: str | None = None


class Tracker(HttpBlock, frozen=True, kw_only=True):
    """The issue tracker (REST). `repository` is owner/name."""

    repository: Annotated[str, Meta(pattern=r"^[\w.-]+/[\w.-]+$")]
    token: Secret


class Exporter(HttpBlock, frozen=True, kw_only=True):
    """A process whose own /metrics page is read. `job` is its name in Prometheus, `deployment` in the cluster."""

    job: Name
    deployment: Name


class Reports(Block, frozen=True, kw_only=True):
    """The folder of the daily reconciliation reports."""

    directory: Name


class ChangeWindowAgreed(Block, frozen=True, kw_only=True):
    """When the environment may be changed: local times on some days; `closes` before `opens` means the next day."""

    timezone: Name
    opens: TimeOfDay
    closes: TimeOfDay
    days: Annotated[tuple[Day, ...], Meta(min_length=1, max_length=7)]


class OrgV23(Block, frozen=True, kw_only=True):
    """Facts of the org_v23 cutover in this environment."""

    test_org: Name
    detect_interval_s: Seconds
    governance_histogram: Name
    deployments: Annotated[tuple[Name, ...], Meta(min_length=1)]
    check_actions: tuple[Name, ...] = ()
    check_resources: tuple[Name, ...] = ()
    latency_samples: Annotated[int, Meta(ge=59, le=500)] | None = None


class Backups(Block, frozen=True, kw_only=True):
    """The folder that lists the database's backups: one JSON file each."""

    directory: Name


class OpsView(HttpBlock, frozen=True, kw_only=True):
    """The ops view: an application whose flags live in the environment of each of its processes.

    replicas  where each process answers by itself; users: who is asked for, by role, each by their bearer token.
    routes    by a name that the features use: "GET /route/template", as the label `route` of its metrics has it.
    """

    replicas: Annotated[tuple[Name, ...], Meta(min_length=1)]
    workspace: Annotated[str, Meta(pattern=r"^[\w-]{1,100}$")]
    users: dict[str, Secret]
    deployment: Name
    job: Name
    requests: Name
    histogram: Name
    boot_record: Name
    routes: dict[str, Annotated[tuple[Route, ...], Meta(min_length=1)]]

    def __post_init__(self) -> None:
        super().__post_init__()
        refuse_far_replicas(self.url, self.replicas)


class Environment(Block, frozen=True, kw_only=True):
    """One environment: what it is, which runbooks it hosts, which systems it has."""

    name: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_-]{0,40}$")]
    tier: Tier
    runbooks: Annotated[tuple[Name, ...], Meta(min_length=1)]
    provision: tuple[Name, ...] = ()
    allow_write_capable: Name | None = None
    writes: Literal["allowed"] | None = None
    test_records: tuple[Name, ...] = ()
    change_window: ChangeWindowAgreed | None = None
    redis: Redis | None = None
    postgres: Postgres | None = None
    prometheus: Prometheus | None = None
    alertmanager: Alertmanager | None = None
    services: dict[str, Service] = {}
    gateway: Gateway | None = None
    portal: Portal | None = None
    kubernetes: Kubernetes | None = None
    tracker: Tracker | None = None
    reconciler: Exporter | None = None
    reports: Reports | None = None
    org_v23: OrgV23 | None = None
    backups: Backups | None = None
    ops_view: OpsView | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if (self.writes is None) != (not self.test_records):
            raise ValueError("`writes` and `test_records` stand together: what may be written, and nothing else")

    @property
    def allowed(self) -> dict[str, str]:
        """What is allowed here beyond reading, in the file's own words?"""
        told = {"allow_write_capable": self.allow_write_capable, "writes": ", ".join(self.test_records)}
        return {key: words for key, words in told.items() if words}


def refuse_far_replicas(url: str, replicas: tuple[str, ...]) -> None:
    """Errors: ValueError where plain HTTP would leave this machine."""
    if urlsplit(url).scheme == "http" and (far := [one for one in replicas if not _is_local(one)]):
        raise ValueError(f"`replicas` holds {far[0]!r}: plain HTTP is for loopback only, use https")


def _is_local(address: str) -> bool:
    return is_loopback(address.rpartition(":")[0].strip("[]"))


def is_loopback(host: str) -> bool:
    """Does this name lead to this machine itself?"""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
