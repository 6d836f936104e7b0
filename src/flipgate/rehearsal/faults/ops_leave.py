"""What stage B needs leave from: a backup that is whole and young enough, and a tracker that names no trouble."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flipgate.rehearsal.boxes import OPS_BOXES
from flipgate.rehearsal.catalogue import HOLD, OPS_VIEW, STOP, Trial, fault, look_alike

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flipgate.rehearsal.platforms.ops_view import OpsView

_BACKUP = "B4, a backup was taken in stage A"
_INCIDENTS = "B3, no incident of stage A is open"
_REPORTS = "E4, nobody reported data that they should not see, or did not"
_DIVERGED = "F4, nobody reported that local state and database diverge"
_SMOKE = "B1, the smoke procedure of stage A was green"
_DAYS_S = 3 * 86400.0


@fault("", Trial("before_flip_2", _BACKUP, HOLD, told="after"), runbook=OPS_VIEW)
def backup_older_than_the_stage(world: OpsView) -> Iterator[None]:
    """The newest backup was taken before stage A began."""
    world.backups.age(_DAYS_S)
    yield
    world.backups.age(-_DAYS_S)


@fault("", Trial("before_flip_2", _BACKUP, HOLD), runbook=OPS_VIEW)
def backup_never_ended(world: OpsView) -> Iterator[None]:
    """The newest backup was begun in stage A, and is not complete; the one before it is older than the stage."""
    world.backups.age(_DAYS_S)
    begun = world.backups.take(complete=False)
    yield
    world.backups.path(begun).unlink()
    world.backups.age(-_DAYS_S)


@fault("", Trial("before_flip_2", _BACKUP, HOLD), runbook=OPS_VIEW)
def backup_of_another_database(world: OpsView) -> Iterator[None]:
    """The newest backup was taken in stage A, of another database."""
    world.backups.age(_DAYS_S)
    taken = world.backups.take(database="reporting")
    yield
    world.backups.path(taken).unlink()
    world.backups.age(-_DAYS_S)


@look_alike("", Trial("before_flip_2", _BACKUP), runbook=OPS_VIEW)
def backup_still_running(world: OpsView) -> Iterator[None]:
    """Beside the whole backup of the stage another one has just begun, and a note lies in the folder."""
    begun = world.backups.take(complete=False)
    note = world.backups.folder / "README.txt"
    note.write_text("Taken by the nightly job.\n")
    yield
    note.unlink()
    world.backups.path(begun).unlink()


@fault("", Trial("before_flip_2", _INCIDENTS, HOLD, told="#261"), runbook=OPS_VIEW)
def incident_open(world: OpsView) -> Iterator[None]:
    """An incident that names the release in its body is open."""
    with world.fleet.misbehaving("standins", filed="incident"):
        yield


@look_alike("", Trial("before_flip_2", _INCIDENTS), runbook=OPS_VIEW)
def incident_of_something_else(world: OpsView) -> Iterator[None]:
    """An incident is open that has nothing to do with the release."""
    with world.fleet.misbehaving("standins", filed="other"):
        yield


@fault("", Trial("before_flip_2", _REPORTS, HOLD, told="#262"), runbook=OPS_VIEW)
def visibility_report_open(world: OpsView) -> Iterator[None]:
    """An analyst reports that patches are missing since the release."""
    with world.fleet.misbehaving("standins", filed="visibility"):
        yield


@look_alike("", Trial("before_flip_2", _REPORTS), runbook=OPS_VIEW)
def visibility_reports_of_other_releases(world: OpsView) -> Iterator[None]:
    """A report on a later release is open whose name begins like this one's, and one on this release is settled."""
    with world.fleet.misbehaving("standins", filed="visibility_later,visibility_settled"):
        yield


@look_alike("", Trial("soak", _DIVERGED), runbook=OPS_VIEW)
def divergence_reports_of_other_releases(world: OpsView) -> Iterator[None]:
    """An old report of divergence is open on another release, and one on this release is settled."""
    with world.fleet.misbehaving("standins", filed="divergence_before,divergence_settled"):
        yield


@look_alike("", Trial("before_flip_2", _SMOKE, after=("preflight", "after_flip_1")), runbook=OPS_VIEW)
def smoke_of_stage_a_again(world: OpsView) -> Iterator[None]:  # noqa: ARG001  the operator's doing
    """A preflight was run after the flip, red out of its place, and the smoke procedure once more, green."""
    yield


@fault(
    "",
    Trial("soak", _DIVERGED, STOP, told="#263"),
    Trial("sign_off", OPS_BOXES[5], HOLD, told='stage "soak": STOP', after=("soak",)),
    runbook=OPS_VIEW,
)
def divergence_reported(world: OpsView) -> Iterator[None]:
    """A report of divergence is open that names the release in a label only."""
    with world.fleet.misbehaving("standins", filed="divergence"):
        yield
