"""What Prometheus has seen of the pods, and for how long it has not."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from flipgate.rehearsal.catalogue import HOLD, Trial, fault, look_alike
from flipgate.rehearsal.components import rules
from flipgate.rehearsal.components.prometheus import OWN_LABELS
from flipgate.rehearsal.history import History

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flipgate.rehearsal.world import World

_NOW = "No series of open drift is above zero, and none was for a whole interval"
_TIER = "The environment is dev, by its file and by its own word"
_FIRST = "The error rate stays below its limit for ten minutes after the first flip"
_SOAK = "Legacy and mirror never drifted apart in the soak"
_RECONCILER = "dualwrite-reconciler"


@fault("B5", Trial("preflight", _NOW, HOLD, told="reconciler: no answer"))
def reconciler_down(world: World) -> Iterator[None]:
    """The reconciler does not run: nobody looks for drift, and the last that was heard of it is 0."""
    with world.fleet.away(_RECONCILER, pod=0):
        yield
    world.advance(rules.DETECT_INTERVAL_S + 60)


@look_alike("B5 B6", Trial("preflight", _NOW))
def two_scrapes_missed(world: World) -> Iterator[None]:
    """Prometheus missed two scrapes of the reconciler in a row, ten minutes ago."""
    with world.fleet.missing(_RECONCILER, scrapes=2):
        world.advance(20 * 60)
    yield


@fault("B6", Trial("preflight", _NOW, HOLD, told="not scraped"))
def reconciler_not_scraped(world: World) -> Iterator[None]:
    """Prometheus was started without the reconciler among its targets; its last samples are three minutes old."""
    with world.unscraped(_RECONCILER):
        world.advance(180)
        yield
    world.advance(rules.DETECT_INTERVAL_S + 60)


@fault("B7", Trial("after_flip_1", _FIRST, HOLD, told="not scraped", begins="flipped", stays=True))
def sick_replica_not_scraped(world: World) -> Iterator[None]:
    """One replica of the gateway fails every second request, and Prometheus no longer knows of it."""
    world.advance(60)
    with world.unscraped("gateway", pod=1):
        world.advance(60)
        # Not before: the server that still knew of it would see the first of its errors.
        with world.fleet.misbehaving("gateway", pod=1, error_ratio=0.5):
            yield


@fault("B8 J2", Trial("after_flip_1", _FIRST, HOLD, told="not scraped", begins="flipped", stays=True))
def network_cut_for_5_minutes(world: World) -> Iterator[None]:
    """For five of the minutes after the flip Prometheus reached neither replica of the gateway."""
    world.advance(60)
    with world.fleet.without(world.fleet.unreachable, "gateway"):
        world.advance(5 * 60)
    yield


@look_alike("B7 B8 J2", Trial("after_flip_1", _FIRST, begins="flipped", stays=True))
def network_cut_for_2_scrapes(world: World) -> Iterator[None]:
    """For two scrapes after the flip Prometheus reached neither replica of the gateway."""
    with world.fleet.missing("gateway", scrapes=2):
        world.advance(4 * 60)
    yield


@fault("B15", Trial("preflight", _NOW, HOLD, told="not scraped"))
def history_lost(world: World) -> Iterator[None]:
    """Prometheus began anew without its data: it knows nothing of what was before."""
    world.history = History()
    world.prometheus.begin_anew()
    world.hand_on(rules.WATCHDOG)
    world.processes.wait_until("prometheus", lambda: world.prometheus.has("dualwrite_open_drift"))
    yield
    world.advance(rules.DETECT_INTERVAL_S + 60)


@look_alike("B15", Trial("preflight", _NOW))
def prometheus_restarted(world: World) -> Iterator[None]:
    """Prometheus was restarted, and has read what it knew before from its disk."""
    world.prometheus.stop()
    world.prometheus.start()
    world.hand_on(rules.WATCHDOG)
    yield


@fault("B14", Trial("preflight", _TIER, HOLD, told="another tier: prometheus says 'staging'"))
def prometheus_of_another_environment(world: World) -> Iterator[None]:
    """The address of Prometheus leads to that of another environment, by its own external label."""
    with _labelled(world, {"environment": "staging"}):
        yield


@look_alike("B14", Trial("preflight", _TIER))
def further_external_label(world: World) -> Iterator[None]:
    """Prometheus has a further external label, beside the environment's."""
    with _labelled(world, {**OWN_LABELS, "region": "eu-1"}):
        yield


@fault(
    "J1",
    Trial("soak", _SOAK, HOLD, told="no samples of", begins="flipped", stays=True),
)
def nobody_watched_for_40_minutes(world: World) -> Iterator[None]:
    """For forty minutes of the soak nobody asked the reconciler for its drift."""
    world.advance(3 * 3600)
    with world.fleet.without(world.fleet.unreachable, _RECONCILER):
        world.advance(40 * 60)
    yield


@look_alike("J1", Trial("soak", _SOAK, begins="flipped", stays=True))
def watched_but_for_2_scrapes(world: World) -> Iterator[None]:
    """For two scrapes of the soak nobody asked the reconciler for its drift."""
    with world.fleet.missing(_RECONCILER, scrapes=2):
        world.advance(3 * 3600)
    yield


@fault("J6", Trial("soak", _SOAK, HOLD, told="started at", begins="flipped", stays=True))
def deploy_in_the_soak(world: World) -> Iterator[None]:
    """Three hours into the soak every replica of tenant-service was replaced."""
    world.advance(3 * 3600)
    for pod in range(2):
        world.fleet.restart("tenant-service", pod)
    yield


@contextlib.contextmanager
def _labelled(world: World, labels: Mapping[str, str]) -> Iterator[None]:
    _relabel(world, labels)
    yield
    _relabel(world, OWN_LABELS)


def _relabel(world: World, labels: Mapping[str, str]) -> None:
    world.prometheus.configure(world.fleet.targets(), world.rule_file(), labels)
    world.prometheus.reload()
    # By itself a server that was reloaded finds its Alertmanager only seconds later.
    world.hand_on(rules.WATCHDOG)
