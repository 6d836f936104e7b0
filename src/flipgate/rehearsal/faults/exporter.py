"""What the reconciler's page of metrics says, and whether it is one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flipgate.rehearsal.catalogue import HOLD, STOP, Trial, fault, look_alike
from flipgate.rehearsal.components.rules import DETECT_INTERVAL_S
from flipgate.rehearsal.mirror import DRIFTING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flipgate.rehearsal.world import World

_NOW = "No series of open drift is above zero, and none was for a whole interval"
_POD = "dualwrite-reconciler"
_ANOTHER_SHARD = f'dualwrite_open_drift{{tenant="{DRIFTING}",table="org_units",shard="2"}}'
_TWICE = f'dualwrite_open_drift{{tenant="{DRIFTING}",table="org_units"}} 7\n'


@fault("B1", Trial("preflight", _NOW, HOLD, told="the exporter has no series of drift"))
def drift_metric_renamed(world: World) -> Iterator[None]:
    """A new version of the reconciler tells its drift under another name."""
    with world.fleet.misbehaving(_POD, renamed="dualwrite_open_drift=dualwrite_drift_rows"):
        yield
    world.advance(DETECT_INTERVAL_S + 60)


@fault("B3", Trial("preflight", _NOW, HOLD, told="no measure of drift: "))
def drift_is_not_a_number(world: World) -> Iterator[None]:
    """The reconciler tells NaN for every drift: it divided by the rows that it compared, and compared none."""
    yield from _telling(world, "nan")


@fault("B4", Trial("preflight", _NOW, HOLD, told="no measure of drift: "))
def drift_is_infinite(world: World) -> Iterator[None]:
    """The reconciler tells +Inf for every drift."""
    yield from _telling(world, "inf")


@fault("B4", Trial("preflight", _NOW, HOLD, told="no measure of drift: "))
def drift_is_negative(world: World) -> Iterator[None]:
    """The reconciler tells -1 for every drift, as it does before its first pass."""
    yield from _telling(world, "-1")


@look_alike("B1 B4", Trial("preflight", _NOW))
def large_figures_beside_the_drift(world: World) -> Iterator[None]:
    """The reconciler tells how many rows it ever compared: a large figure, under a name like the drift's."""
    with world.fleet.misbehaving(_POD, page_adds="dualwrite_open_drift_compared_rows_total 8.64e+12\n"):
        yield


@fault("B16", Trial("preflight", _NOW, STOP, told='shard="2"'))
def second_series_drifts(world: World) -> Iterator[None]:
    """A second series of one tenant's table, of another shard, stands at 3; the first one reads 0."""
    with world.fleet.misbehaving(_POD, page_adds=f"{_ANOTHER_SHARD} 3\n"):
        yield
    world.advance(DETECT_INTERVAL_S + 60)


@look_alike("B16", Trial("preflight", _NOW))
def second_series_is_clean(world: World) -> Iterator[None]:
    """One tenant's table has two series, of two shards; both read 0."""
    with world.fleet.misbehaving(_POD, page_adds=f"{_ANOTHER_SHARD} 0\n"):
        yield


@fault("B23", Trial("preflight", _NOW, HOLD, told="answered with content type text/html"))
def login_page_for_metrics(world: World) -> Iterator[None]:
    """A proxy asks whoever wants the reconciler's metrics to sign in: 200, and a page of HTML."""
    with world.fleet.misbehaving(_POD, page="login"):
        yield
    world.advance(DETECT_INTERVAL_S + 60)


@fault("B24", Trial("preflight", _NOW, HOLD, told="the page ends inside a line"))
def page_cut_short(world: World) -> Iterator[None]:
    """The reconciler's page ends inside the number of its last line."""
    with world.fleet.misbehaving(_POD, page="cut"):
        yield
    world.advance(DETECT_INTERVAL_S + 60)


@look_alike("B6", Trial("preflight", "The reconciler is at work"))
def reconciler_between_two_passes(world: World) -> Iterator[None]:
    """The reconciler's last pass was an hour and a minute ago: the next one is about to begin, and nothing is late."""
    with world.fleet.misbehaving(_POD, stalled=True):
        world.advance(DETECT_INTERVAL_S + 60)
        yield
    world.fleet.reconcile()


@fault("B25", Trial("preflight", _NOW, HOLD, told="is there more than once"))
def series_told_twice(world: World) -> Iterator[None]:
    """The reconciler tells one series twice: 0, and further down 7."""
    with world.fleet.misbehaving(_POD, page_adds=_TWICE):
        yield
    world.advance(DETECT_INTERVAL_S + 60)


def _telling(world: World, text: str) -> Iterator[None]:
    with world.fleet.misbehaving(_POD, tells=text):
        world.fleet.reconcile()
        yield
    world.fleet.reconcile()
    world.advance(DETECT_INTERVAL_S + 60)
