"""How ops_view answers: with errors, with conflicts, slowly, to nobody, or while nobody looks."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from flipgate.rehearsal.catalogue import HOLD, OPS_VIEW, STOP, Trial, fault, look_alike
from flipgate.rehearsal.log_lines import logged
from flipgate.rehearsal.platforms.ops_view import SERVICE
from flipgate.rehearsal.services.ops_seed import ANALYSTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flipgate.rehearsal.platforms.ops_view import OpsView

_FIVE = "No read failed in the last five minutes"
_QUEUE = "No request to the queue failed since the flip of reads"
_LOGS = "No replica logged an error in the last five minutes"
_SMOKE = "B1, the smoke procedure of stage A was green"
_DAY = "E1, no read failed in a day"
_WRITES = "No write failed since the flip of writes"
_TWO_DAYS = "F1, no write failed in two days"
_STALE = "F2, few writes meet a stale version"
_FAST = "The p95 of the queue keeps its limit in stage A"
_FAST_FOR_A_DAY = "E5, the p95 of the queue keeps its limit over the soak"
_BACK = "No read failed since the flip back"
_EXHAUSTED = "no connection was free"
_PATCHES = "/api/v2.5/patches"


@fault(
    "",
    Trial("after_flip_1", _FIVE, STOP, told="500", begins="flipped", stays=True, also=(_QUEUE,)),
    Trial("rollback", _BACK, STOP, told="500", begins="flipped", stays=True),
    runbook=OPS_VIEW,
)
def reads_fail_now_and_then(world: OpsView) -> Iterator[None]:
    """One in fifty reads fails, ever since the flip."""
    with world.fleet.misbehaving(SERVICE, error_ratio=0.02, errors_at="reads"):
        yield


@fault("", Trial("after_flip_1", _QUEUE, STOP, told="500", begins="flipped", stays=True), runbook=OPS_VIEW)
def queue_failed_right_after_the_flip(world: OpsView) -> Iterator[None]:
    """For a minute after the flip every fifth request to the queue failed, and none since."""
    with world.fleet.misbehaving(SERVICE, bad_ratio=0.2, errors_at="queue"):
        world.advance(120)
    yield


@fault(
    "",
    Trial("after_flip_1", _LOGS, HOLD, told=_EXHAUSTED),
    Trial("before_flip_2", _SMOKE, HOLD, told='stage "after_flip_1": HOLD', after=("after_flip_1",)),
    runbook=OPS_VIEW,
)
def error_in_the_log(world: OpsView) -> Iterator[None]:
    """One replica wrote an error into its log, and no request failed."""
    with logged(world, world.fleet.pods_of(SERVICE)[0], "ERROR", _EXHAUSTED):
        yield


@look_alike("", Trial("after_flip_1", _LOGS), runbook=OPS_VIEW)
def warning_after_an_old_error(world: OpsView) -> Iterator[None]:
    """One replica wrote an error into its log six minutes ago, and since then only a warning that speaks of one."""
    first, _ = world.fleet.pods_of(SERVICE)
    old = logged(world, first, "ERROR", _EXHAUSTED, age_s=360)
    with old, logged(world, first, "WARN", "recovered from ERROR: a connection is free again"):
        yield


@fault("", Trial("before_flip_2", _DAY, STOP, told="500", stays=True), runbook=OPS_VIEW)
def reads_failed_in_the_soak(world: OpsView) -> Iterator[None]:
    """For one minute of the soak every fifth read failed."""
    with world.fleet.misbehaving(SERVICE, bad_ratio=0.2, errors_at="reads"):
        world.advance(3600)
    yield


@fault(
    "",
    Trial("after_flip_2", _WRITES, STOP, told="500", begins="flipped", stays=True),
    Trial("soak", _TWO_DAYS, STOP, told="500", stays=True),
    runbook=OPS_VIEW,
)
def writes_failed_for_ten_minutes(world: OpsView) -> Iterator[None]:
    """For ten minutes every fourth write failed, and none since."""
    with world.fleet.misbehaving(SERVICE, bad_ratio=0.25, bad_s=600, errors_at="writes"):
        world.advance(660)
    yield


@look_alike(
    "",
    Trial("after_flip_1", _FIVE, also=(_QUEUE,)),
    Trial("rollback", _BACK),
    runbook=OPS_VIEW,
)
def strangers_turned_away(world: OpsView) -> Iterator[None]:
    """Somebody asks for the queue without a token, again and again, and is turned away with 401."""
    for pod in world.fleet.pods_of(SERVICE):
        for _ in range(40):
            world.fleet.client.get(f"http://{pod.addresses['http']}/api/v2.5/workspaces/ws_meridian/operations/queue")
    yield


@fault(
    "",
    Trial("after_flip_1", _FIVE, HOLD, told="requests", begins="flipped", stays=True, also=(_FAST,)),
    Trial("rollback", _BACK, HOLD, told="requests", begins="flipped", stays=True),
    runbook=OPS_VIEW,
)
def nobody_reads(world: OpsView) -> Iterator[None]:
    """Nobody asks for anything: no request fails, and none is slow."""
    with contextlib.ExitStack() as stack:
        stack.enter_context(world.fleet.misbehaving(SERVICE, requests_per_minute=0))
        stack.enter_context(world.fleet.misbehaving("traffic", paused=True))
        yield


@look_alike(
    "",
    Trial("after_flip_1", _QUEUE, begins="before", stays=True, also=(_FIVE,)),
    Trial("rollback", _BACK, begins="before", stays=True),
    runbook=OPS_VIEW,
)
def queue_failed_before_the_flip(world: OpsView) -> Iterator[None]:
    """In the minutes before the flip every fifth request to the queue failed, and none since."""
    with world.fleet.misbehaving(SERVICE, bad_ratio=0.2, errors_at="queue"):
        world.advance(120)
    yield


@look_alike("", Trial("after_flip_2", _WRITES), Trial("soak", _TWO_DAYS), runbook=OPS_VIEW)
def writes_turned_away(world: OpsView) -> Iterator[None]:
    """Somebody writes to patches that are long gone, again and again, and is turned away with 404 or, unknown, 401."""
    for pod in world.fleet.pods_of(SERVICE):
        for user in (ANALYSTS[1], "nobody") * 20:
            world.fleet.client.patch(
                f"http://{pod.addresses['http']}{_PATCHES}/pat_gone",
                headers={"authorization": f"Bearer {user}"},
                json={"status": "Submitted", "version": 1},
            )
    yield


@fault("", Trial("soak", _STALE, HOLD, told="%", begins="flipped", stays=True), runbook=OPS_VIEW)
def seven_percent_stale(world: OpsView) -> Iterator[None]:
    """Seven of a hundred writes meet a version that is no longer the newest."""
    with world.fleet.misbehaving(SERVICE, conflict_ratio=0.07):
        yield


@fault("", Trial("soak", _STALE, STOP, told="%", begins="flipped", stays=True), runbook=OPS_VIEW)
def twelve_percent_stale(world: OpsView) -> Iterator[None]:
    """Twelve of a hundred writes meet a version that is no longer the newest."""
    with world.fleet.misbehaving(SERVICE, conflict_ratio=0.12):
        yield


@look_alike("", Trial("soak", _STALE, begins="flipped", stays=True), runbook=OPS_VIEW)
def four_percent_stale(world: OpsView) -> Iterator[None]:
    """Four of a hundred writes meet a version that is no longer the newest."""
    with world.fleet.misbehaving(SERVICE, conflict_ratio=0.04):
        yield


@fault(
    "",
    Trial("after_flip_1", _FAST, HOLD, told="p95", begins="flipped", stays=True),
    Trial("before_flip_2", _FAST_FOR_A_DAY, HOLD, told="p95", begins="flipped", stays=True),
    runbook=OPS_VIEW,
)
def queue_p95_900_ms(world: OpsView) -> Iterator[None]:
    """The queue has a p95 of 900 ms: slower than its target, faster than the criterion to abort."""
    with world.fleet.misbehaving(SERVICE, queue_p95_s=0.9):
        yield


@fault("", Trial("after_flip_1", _FAST, STOP, told="p95", begins="flipped", stays=True), runbook=OPS_VIEW)
def queue_p95_3_s(world: OpsView) -> Iterator[None]:
    """The queue has a p95 of three seconds."""
    with world.fleet.misbehaving(SERVICE, queue_p95_s=3.0):
        yield


@fault("", Trial("after_flip_1", _FAST, STOP, told="p95", begins="flipped", stays=True), runbook=OPS_VIEW)
def slow_queue_on_one_replica(world: OpsView) -> Iterator[None]:
    """On one replica of the two the queue has a p95 of three seconds."""
    with world.fleet.misbehaving(SERVICE, pod=1, queue_p95_s=3.0):
        yield


@look_alike("", Trial("after_flip_1", _FAST), runbook=OPS_VIEW)
def one_slow_call(world: OpsView) -> Iterator[None]:
    """The next request to the queue takes longer than a second, and no other one does."""
    with world.fleet.misbehaving(SERVICE, slow_calls=1):
        yield


@fault(
    "",
    Trial("before_flip_2", _DAY, HOLD, told="missed", stays=True, also=(_FAST_FOR_A_DAY,)),
    Trial("soak", _TWO_DAYS, HOLD, told="missed", stays=True),
    runbook=OPS_VIEW,
)
def soak_with_a_hole(world: OpsView) -> Iterator[None]:
    """For forty minutes of the soak Prometheus reached neither replica."""
    with world.fleet.without(world.fleet.unreachable, SERVICE):
        world.advance(40 * 60)
    world.advance(3600)
    yield


@look_alike("", Trial("before_flip_2", _DAY, stays=True), runbook=OPS_VIEW)
def soak_with_2_scrapes_missed(world: OpsView) -> Iterator[None]:
    """For two scrapes of the soak Prometheus reached neither replica."""
    with world.fleet.missing(SERVICE, scrapes=2):
        world.advance(3600)
    yield


@look_alike("", Trial("before_flip_2", _FAST_FOR_A_DAY, stays=True), runbook=OPS_VIEW)
def slow_half_hour_in_the_soak(world: OpsView) -> Iterator[None]:
    """For half an hour of the day the queue had a p95 of three seconds: one call in fifty, which the p95 leaves out."""
    with world.fleet.misbehaving(SERVICE, queue_p95_s=3.0):
        world.advance(30 * 60)
    world.advance(60)
    yield
