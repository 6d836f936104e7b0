"""ops_view's flags: ahead of their stage, behind it on one replica, or not what a process said when it started."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flipgate.rehearsal.catalogue import HOLD, OPS_VIEW, STOP, Trial, fault, look_alike
from flipgate.rehearsal.platforms.ops_view import READ, SERVICE, WRITE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flipgate.rehearsal.platforms.ops_view import OpsView

_BEFORE = "Before stage A both flags are off on every replica"
_READING = "In stage A every replica reads from the database and none writes to it"
_BEFORE_WRITES = "Before stage B reads are on and writes are off"
_WRITING = "In stage B every replica reads from the database and writes to it"
_SAID = "A2, every replica says which flags it started with"
_STARTED = "A2, every replica started after the flip of reads"
_STOOD = "B2, stage A has stood for a day on every replica"


@fault("", Trial("preflight", _BEFORE, STOP, told=WRITE), runbook=OPS_VIEW)
def writes_before_reads(world: OpsView) -> Iterator[None]:
    """Writes go to the database already, and reads do not: the one posture that is legal at no time."""
    world.flip(WRITE, value=True)
    yield
    world.flip(WRITE, value=False)


@fault("", Trial("preflight", _BEFORE, HOLD, told="ops-view"), runbook=OPS_VIEW)
def one_replica_ahead(world: OpsView) -> Iterator[None]:
    """One replica was started with reads on before anybody was told; the other one was not."""
    with world.fleet.started_with(SERVICE, 0, **{READ: "true"}):
        yield


@fault(
    "",
    Trial("after_flip_1", _READING, STOP, told=WRITE, begins="flipped", stays=True),
    Trial("before_flip_2", _BEFORE_WRITES, STOP, told=WRITE, stays=True),
    runbook=OPS_VIEW,
)
def writes_ahead_of_their_stage(world: OpsView) -> Iterator[None]:
    """Somebody has flipped the writes along with the reads."""
    world.flip(WRITE, value=True)
    yield
    world.flip(WRITE, value=False)


@fault("", Trial("after_flip_1", _READING, HOLD, told="ops-view", begins="flipped", stays=True), runbook=OPS_VIEW)
def old_flag_on_one_replica(world: OpsView) -> Iterator[None]:
    """One replica was started anew from the old configuration, and goes on reading its local copy."""
    with world.fleet.started_with(SERVICE, 1, **{READ: "false"}):
        yield


@fault("", Trial("after_flip_2", _WRITING, HOLD, told="ops-view", begins="flipped", stays=True), runbook=OPS_VIEW)
def writes_stay_local_on_one_replica(world: OpsView) -> Iterator[None]:
    """One replica was started anew from the old configuration, and keeps what it is sent to itself."""
    with world.fleet.started_with(SERVICE, 1, **{WRITE: "false"}):
        yield


@fault("", Trial("after_flip_1", _STARTED, HOLD, told="log"), runbook=OPS_VIEW)
def boot_record_lost(world: OpsView) -> Iterator[None]:
    """The log of one replica no longer holds what it said of its flags when it started."""
    log = world.place.logs / SERVICE / f"{world.fleet.pods_of(SERVICE)[1].name}.log"
    before = log.read_bytes()
    log.write_bytes(b"".join(line for line in before.splitlines(keepends=True) if b"feature flags" not in line))
    yield
    world.fleet.restart(SERVICE, 1)


@look_alike("", Trial("after_flip_1", _STARTED, stays=True, begins="flipped"), runbook=OPS_VIEW)
def replica_restarted_again(world: OpsView) -> Iterator[None]:
    """One replica was restarted once more after the flip, with the same flags."""
    world.fleet.restart(SERVICE, 1)
    yield


@fault("", Trial("preflight", _SAID, HOLD, told="ops-view"), runbook=OPS_VIEW)
def replica_away_before_stage_a(world: OpsView) -> Iterator[None]:
    """One of the two replicas does not run, so nobody knows what it will serve."""
    with world.fleet.away(SERVICE, 1):
        yield


@fault("", Trial("before_flip_2", _STOOD, HOLD, stays=True), runbook=OPS_VIEW)
def replica_restarted_in_the_soak(world: OpsView) -> Iterator[None]:
    """One replica was restarted an hour ago: what it served before that, nobody knows."""
    world.fleet.restart(SERVICE, 1)
    world.advance(3600)
    yield
