"""ops_view's flags: ahead of their stage, behind it on one replica, or not what a process said when it started."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from flipgate.rehearsal.catalogue import HOLD, OPS_VIEW, STOP, Trial, fault, look_alike
from flipgate.rehearsal.log_lines import logged
from flipgate.rehearsal.platforms.ops_view import READ, SERVICE, WRITE
from flipgate.rehearsal.protocol import Flip, Request

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flipgate.rehearsal.platforms.ops_view import OpsView

_BEFORE = "Before stage A both flags are off on every replica"
_READING = "In stage A every replica reads from the database and none writes to it"
_BEFORE_WRITES = "Before stage B reads are on and writes are off"
_WRITING = "In stage B every replica reads from the database and writes to it"
_SAID = "A2, every replica says which flags it started with"
_STARTED = "A2, every replica started after the flip of reads"
_RECORD, _NO_RECORD = b"ops_view feature flags", b"ops_view is up"
_PLANNED = "ops_view feature flags of the next release"
_STOOD = "B2, stage A has stood for a day on every replica"
_STARTED_B = "Every replica started after the flip of writes"
_STOOD_B = "Stage B has stood for two days on every replica"
_BOTH_ON = "The soak ends with both flags on"
_LEFT_ALONE = "Reads were left alone in the soak"
_SAID_BACK = "Every replica serves what it was restarted with"
_ORDER = "The rollback leaves the flags in their sequence"
_REVERSE = "Writes went back before reads"


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


@fault(
    "",
    Trial("after_flip_1", _STARTED, HOLD, told="log"),
    Trial("after_flip_2", _STARTED_B, HOLD, told="log"),
    Trial("rollback", _SAID_BACK, HOLD, told="log"),
    runbook=OPS_VIEW,
)
def boot_record_lost(world: OpsView) -> Iterator[None]:
    """The log of one replica no longer holds what it said of its flags when it started."""
    log = world.place.logs / SERVICE / f"{world.fleet.pods_of(SERVICE)[1].name}.log"
    log.write_bytes(log.read_bytes().replace(_RECORD, _NO_RECORD))
    yield
    log.write_bytes(log.read_bytes().replace(_NO_RECORD, _RECORD))


@look_alike(
    "",
    Trial("before_flip_2", _STOOD, begins="flipped", stays=True, also=(_BEFORE_WRITES,)),
    Trial("soak", _STOOD_B, begins="flipped", stays=True, also=(_BOTH_ON, _LEFT_ALONE)),
    runbook=OPS_VIEW,
)
def replica_restarted_again(world: OpsView) -> Iterator[None]:
    """One replica was restarted once more right after the flip, with the same flags, and has run since."""
    world.fleet.restart(SERVICE, 1)
    yield


@fault("", Trial("preflight", _SAID, HOLD, told="ops_view at 127.0.0.1"), runbook=OPS_VIEW)
def replica_away_before_stage_a(world: OpsView) -> Iterator[None]:
    """One of the two replicas does not run, so nobody knows what it will serve."""
    with world.fleet.away(SERVICE, 1):
        yield


@look_alike("", Trial("preflight", _SAID, also=(_BEFORE,)), runbook=OPS_VIEW)
def wrong_start_mended(world: OpsView) -> Iterator[None]:
    """One replica was started with reads on, and at once as agreed: the log of the process before still says so."""
    with world.fleet.started_with(SERVICE, 1, **{READ: "true"}):
        pass
    yield


@look_alike(
    "",
    Trial("preflight", _SAID, also=(_BEFORE,)),
    Trial("after_flip_1", _STARTED, also=(_READING,)),
    Trial("before_flip_2", _BEFORE_WRITES, also=(_STOOD,)),
    Trial("after_flip_2", _STARTED_B, also=(_WRITING,)),
    Trial("rollback", _SAID_BACK, also=(_ORDER, _REVERSE)),
    runbook=OPS_VIEW,
)
def planned_flags_in_the_log(world: OpsView) -> Iterator[None]:
    """Both replicas have logged what the flags will be in the next release, in words like those of their start."""
    planned = world.flags()[WRITE] != "true"
    with contextlib.ExitStack() as stack:
        for pod in world.fleet.pods_of(SERVICE):
            stack.enter_context(logged(world, pod, "INFO", _PLANNED, **{READ: planned, WRITE: planned}))
        yield


@fault(
    "",
    Trial("before_flip_2", _STOOD, HOLD, stays=True),
    Trial("soak", _STOOD_B, HOLD, stays=True),
    runbook=OPS_VIEW,
)
def replica_restarted_in_the_soak(world: OpsView) -> Iterator[None]:
    """One replica was restarted an hour ago: what it served before that, nobody knows."""
    world.fleet.restart(SERVICE, 1)
    world.advance(3600)
    yield


@fault(
    "",
    Trial("soak", _BOTH_ON, STOP, told=READ, stays=True),
    Trial("soak", _LEFT_ALONE, STOP, told=READ, after=("soak", Request(flip=Flip(READ, value=True))), stays=True),
    runbook=OPS_VIEW,
)
def reads_flipped_back_in_the_soak(world: OpsView) -> Iterator[None]:
    """Somebody has flipped the reads back while writes go to the database, and flips them on again later."""
    world.flip(READ, value=False)
    yield
    world.flip(READ, value=True)
