"""What does this run write, and is all of it gone when it ends?

Every write stands in the ledger before it is sent. At the end of a stage what it made is withdrawn, and what runs that
were cut short left behind; what is left then is said, and the stage is HOLD.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from flipgate.core.errors import FlipgateError, NotConfigured, visible
from flipgate.core.written import Written, left_over
from flipgate.plugin.stages import WRITES

if TYPE_CHECKING:
    from flipgate.evidence.records import GateText
    from flipgate.plugin.run import Run
    from flipgate.probes.ops_writes import OpsWrites


class Writer:
    """The writes of one run. Nothing is opened before a gate asks for it."""

    def __init__(self, run: Run) -> None:
        self._run = run

    @property
    def has_leave(self) -> bool:
        """Does this run hold gates that write, in an environment that says they may?"""
        return self._run.environment.writes is not None and any(WRITES in gate.tags for gate in self._run.manifest)

    def writes(self, gate: GateText) -> OpsWrites:
        """Through what does this gate write? Errors: NotConfigured for one that has no leave to."""
        if WRITES not in gate.tags or not self.has_leave:
            raise NotConfigured("writes", "this gate has no leave to write: it carries no @writes, or the file says no")
        self._writes.asked.clear()
        return self._writes

    def cleaned_up(self) -> tuple[str, ...]:
        """What was made here, or left by a run before, and is still there after it was withdrawn? Sentences.

        A run that judged nothing (it only collected) withdraws nothing either.
        """
        if not self.has_leave or self._run.before is None:
            return ()
        try:
            return tuple(self._cleaned_up())
        except Exception as error:  # whatever it is: what is not known to be gone is said to be left
            told = str(error) if isinstance(error, FlipgateError) else f"{type(error).__name__}: {error}"
            return (f"whether records of the suite are left behind is not known: {visible(told)}",)

    @cached_property
    def _writes(self) -> OpsWrites:
        from flipgate.probes.ops_writes import OpsWrites

        return OpsWrites(self._run.systems, self._run.id, self._run.record)

    def _cleaned_up(self) -> Iterator[str]:
        told = [record.body for record in self._run.history.records if isinstance(record.body, Written)]
        known = {(one.kind, one.id): None for one in left_over(told)}
        refused = {}
        for kind, record in dict.fromkeys([*known, *self._writes.left()]):
            try:
                status = self._writes.withdraw(kind, record)
            except FlipgateError as error:
                refused[record] = visible(str(error))
                continue
            if not self._writes.is_gone(status):
                refused[record] = f"answered {status}"
        left = {record: f"the database still holds it ({kind})" for kind, record in self._writes.left()}
        for record, why in (refused | left).items():
            yield f"left behind by the suite: {record}, {why}; withdraw it by hand"
