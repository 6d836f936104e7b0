"""Do the servers' clocks agree with this machine's?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from flipgate.core.clock import least_s
from flipgate.core.errors import NoData, NotConfigured
from flipgate.core.facts.environment import Skew
from flipgate.core.observation import Observation
from flipgate.probes.readings.joined import joined
from flipgate.probes.systems import Systems

_DATE_RESOLUTION = timedelta(seconds=1)
_EXACT = timedelta()


def skew(systems: Systems) -> Observation[Skew]:
    """By how many seconds, at the least, is each server's clock ahead of this machine's?

    Shape:   a system that the environment has not is left out. What the way to the server and the resolution of its
             time could explain counts as agreement.
    Errors:  NotConfigured where it has none; Unreachable, Malformed, NoData (a server that states no time).
    """
    parts: dict[str, Observation[datetime]] = {}
    skew_s: dict[str, float] = {}
    for name, (ask, resolution) in _ASKED.items():
        before = systems.clock.now()
        try:
            seen = ask(systems)
        except NotConfigured:
            continue
        parts[name] = seen
        skew_s[name] = least_s(seen.value - seen.taken_at, seen.value + resolution - before)
    if not parts:
        raise NotConfigured("clocks", f"the environment has none of {', '.join(_ASKED)}")
    return joined(Skew(skew_s), "s", *parts.values())


def _gateway(systems: Systems) -> Observation[datetime]:
    seen = systems.gateway.itself()
    if seen.value.date is None:
        raise NoData(seen.source, "states no time in its Date header", seen.asked[0])
    return joined(systems.clock.to_world(seen.value.date), "time", seen)


_ASKED: Mapping[str, tuple[Callable[[Systems], Observation[datetime]], timedelta]] = {
    "postgresql": (lambda systems: systems.database.server_time(), _EXACT),
    "redis": (lambda systems: systems.redis_flags.server_time(), _EXACT),
    "prometheus": (lambda systems: systems.prometheus.server_time(), _EXACT),
    "gateway": (_gateway, _DATE_RESOLUTION),
}
