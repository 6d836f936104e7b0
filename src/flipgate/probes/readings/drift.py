"""How far apart are the legacy and the mirror tables, and is anyone looking?"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime

from flipgate.core.clock import Clock
from flipgate.core.errors import Malformed, NoAnswer, visible
from flipgate.core.facts.drift import DriftHistory, DriftNow, DriftReading, Stretch
from flipgate.core.observation import Observation
from flipgate.core.window import Window
from flipgate.probes.exposition import Sample, of
from flipgate.probes.kubernetes import Deployment
from flipgate.probes.readings.joined import joined
from flipgate.probes.systems import Systems

METRIC = "dualwrite_open_drift"
LAST_PASS = "dualwrite_last_pass_timestamp_seconds"  # noqa: S105  a metric
SETTING = "RECONCILER_DETECT_INTERVAL"
_MISSED = 1.5  # scrapes jitter
_GO_UNITS_S = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}
_GO_PART = r"(\d+(?:\.\d*)?|\.\d+)(h|ms|m|s|us|µs|ns)"


def drift(systems: Systems) -> Observation[DriftReading]:
    """What does the reconciler export now, what did Prometheus keep of it over a detect interval, how fresh is it?

    Window:  the detect interval that the environment declares, up to now.
    Source:  the exporter, Prometheus and the database have to answer; the deployment's own setting only where it can.
    Errors:  NotConfigured, Unreachable, Malformed.
    """
    interval_s = systems.block("org_v23", systems.environment.org_v23).detect_interval_s
    window = Window.before(systems.clock.now(), interval_s)
    history = systems.prometheus.series_set(METRIC, systems.reconciler.job, window)
    page, tenants = systems.reconciler.page(), systems.database.tenants()
    deployment = _deployment(systems)
    reading = DriftReading(
        now=tuple(DriftNow(one.labels, one.value) for one in of(METRIC, page.value)),
        history=history.value,
        last_pass_at=_oldest(of(LAST_PASS, page.value), systems.clock),
        detect_interval_s=interval_s,
        deployed_interval_s=_interval_s(deployment),
        tenants=tuple(tenant.id for tenant in tenants.value),
    )
    return joined(reading, "rows", page, history, tenants, *deployment, window=window)


def drift_history(systems: Systems, window: Window) -> Observation[DriftHistory]:
    """What did Prometheus keep of the open drift over a whole window, sample by sample?

    Shape:   raw samples of all tenants and tables, whichever process exported them, folded into stretches.
    Errors:  NotConfigured, Unreachable, Malformed.
    Cost:    a day of 24 series takes about a second, and a line for each series in the ledger.
    """
    series = systems.prometheus.series(METRIC, window, {"job": systems.reconciler.job})
    tenants = systems.database.tenants()
    interval_s = systems.block("prometheus", systems.environment.prometheus).scrape_interval_s
    samples: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for one in series.value:
        samples[f"{one.labels.get('tenant', 'no tenant')}/{one.labels.get('table', 'no table')}"] += one.samples
    stretches = {name: tuple(stretched(sorted(some), interval_s)) for name, some in sorted(samples.items())}
    created = {tenant.id: tenant.created_at for tenant in tenants.value}
    return joined(DriftHistory(stretches, interval_s, created), "rows", series, tenants, window=window)


def stretched(samples: Sequence[tuple[float, float]], interval_s: float) -> Iterator[Stretch]:
    """Into which stretches of one value without a missed scrape do these samples fall, oldest first?

    >>> list(stretched([(0, 0.0), (15, 0.0), (45, 0.0)], 15))
    [Stretch(since_s=0, until_s=15, value=0.0, samples=2), Stretch(since_s=45, until_s=45, value=0.0, samples=1)]
    """
    first = 0
    for last, (at, value) in enumerate(samples):
        follows = last + 1 < len(samples) and samples[last + 1][0] - at < _MISSED * interval_s
        if not follows or samples[last + 1][1] != value:
            yield Stretch(samples[first][0], at, value, last + 1 - first)
            first = last + 1


def seconds(duration: str) -> float:
    """How long is this duration, as Go writes it? Errors: ValueError.

    >>> seconds("1h30m")
    5400.0
    """
    parts = re.findall(_GO_PART, duration)
    if not parts or "".join(number + unit for number, unit in parts) != duration:
        raise ValueError(f"{duration!r} is no duration")
    return sum(float(number) * _GO_UNITS_S[unit] for number, unit in parts)


def _deployment(systems: Systems) -> tuple[Observation[Deployment], ...]:
    """Nothing where the cluster cannot be asked: the setting only confirms what the environment declares."""
    try:
        return (systems.kubernetes.deployment(systems.reconciler.deployment),)
    except NoAnswer:
        return ()


def _interval_s(found: tuple[Observation[Deployment], ...]) -> float | None:
    text = found[0].value.env.get(SETTING) if found else None
    try:
        return seconds(text) if text is not None else None
    except ValueError as error:
        raise Malformed(found[0].source, f"{SETTING}: {visible(str(error))}", found[0].asked[-1]) from None


def _oldest(passes: tuple[Sample, ...], clock: Clock) -> datetime | None:
    try:
        return min((clock.from_unix(one.value) for one in passes), default=None)
    except (ValueError, OverflowError, OSError):
        return None  # NaN or a number that is no time: nobody knows when the last pass was
