"""What comes of the procedures that write: of a patch, of a request for information, of a stale version, of a batch?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from flipgate.core.errors import NoData
from flipgate.core.facts.writes import Attempt, Attempts, BatchReading, Outcome
from flipgate.core.observation import Observation

if TYPE_CHECKING:
    from flipgate.core.clock import Clock
    from flipgate.probes.ops_writes import OpsWrites
    from flipgate.probes.systems import Systems

Move = tuple[str, str, Outcome]
# Who may pass a request for information on, and who may not: each row is tried in this order.
_CUSTODY: tuple[Move, ...] = (
    ("verifier", "awaiting_verifier", "forbidden"),
    ("analyst", "awaiting_verifier", "made"),
    ("analyst", "resolved", "forbidden"),
    ("verifier", "returned", "made"),
    ("verifier", "awaiting_verifier", "forbidden"),
    ("analyst", "awaiting_verifier", "made"),
    ("verifier", "resolved", "made"),
    ("analyst", "closed", "forbidden"),
    ("admin", "closed", "made"),
)
_SUBMIT: Move = ("analyst", "Submitted", "made")
_FIRST_VERSION = 1


def patch(clock: Clock, writes: OpsWrites, gate: str) -> Observation[Attempts]:
    """What comes of a patch that is created and submitted?

    Errors: of this and the others: NotConfigured, Unreachable, Malformed, NoData where nothing was made to go on with.
    """
    return _seen(clock, writes, "a patch", list(_moved(writes, gate, "patch", (_SUBMIT,))))


def custody(clock: Clock, writes: OpsWrites, gate: str) -> Observation[Attempts]:
    """What comes of a request for information that every role passes on, or tries to?"""
    return _seen(clock, writes, "the custody matrix", list(_moved(writes, gate, "rfi", _CUSTODY)))


def stale(clock: Clock, writes: OpsWrites, gate: str) -> Observation[Attempts]:
    """What comes of a transition with a version that the record had before?"""
    moves: tuple[Move, ...] = (_CUSTODY[1], ("verifier", "resolved", "stale"))
    return _seen(clock, writes, "a stale version", list(_moved(writes, gate, "rfi", moves)))


def audited(clock: Clock, writes: OpsWrites, gate: str) -> Observation[Attempts]:
    """What does the audit trail gain by transitions that are made, and by some that are refused?"""
    patches = _moved(writes, gate, "patch", (_SUBMIT, ("analyst", "Submitted", "stale")))
    return _seen(clock, writes, "the audit trail", [*patches, *_moved(writes, gate, "rfi", _CUSTODY[:4])])


def batches(systems: Systems, writes: OpsWrites, gate: str) -> Observation[BatchReading]:
    """What comes of a batch of the same file and revision that is sent twice?"""
    answers = tuple(writes.batch(gate, "analyst", writes.mark) for _ in range(2))
    rows = systems.ops_rows.batches(writes.leave.workspace, writes.test_record, writes.mark)
    value = BatchReading(writes.test_record, writes.mark, answers, rows.value)
    asked = (*writes.asked, *rows.asked)
    return Observation(value, "batches", "ops_view + postgresql", asked, systems.clock.now())


def _moved(writes: OpsWrites, gate: str, kind: str, moves: tuple[Move, ...]) -> Iterator[Attempt]:
    attempt, record = writes.create(gate, kind, "analyst")
    yield attempt
    if attempt.status != 201 or not record.id:
        if attempt.status < 500:
            raise NoData("ops_view", f"no {kind} was made: {attempt.status} {attempt.code}", attempt.what)
        return
    for role, to_state, wants in moves:
        version = _FIRST_VERSION if wants == "stale" else None
        attempt, record = writes.move(gate, record, role, to_state, wants, version)
        yield attempt


def _seen(clock: Clock, writes: OpsWrites, procedure: str, attempts: list[Attempt]) -> Observation[Attempts]:
    value = Attempts(procedure, tuple(attempts))
    return Observation(value, "writes", "ops_view + postgresql", tuple(writes.asked), clock.now())
