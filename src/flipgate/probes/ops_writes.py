"""How does a write to the ops view come out: its answer, its row, its events in the audit trail?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING

import msgspec

from flipgate.core.errors import NotConfigured, visible
from flipgate.core.facts.writes import Attempt, BatchAnswer, Event, Outcome, Row
from flipgate.core.written import Written
from flipgate.safety.http import Replica
from flipgate.safety.reply import Reply
from flipgate.safety.writes import Body, Leave, WriteDoor, leave_to_write

if TYPE_CHECKING:
    from flipgate.probes.systems import Systems

SOURCE = "ops_view"
MARK = "flipgate "  # what the text of every record begins with that the suite makes
_GONE = (204, 404)
_STATE = {"patch": "status", "rfi": "custody_status"}
_FIRST = {"patch": "Draft", "rfi": "open"}


class _Data(msgspec.Struct):
    id: str = ""
    status: str = ""
    custody_status: str = ""
    version: int = 0
    duplicate: bool | None = None


class _Meta(msgspec.Struct):
    source: str = ""


class _Error(msgspec.Struct):
    code: str = ""


class _Answer(msgspec.Struct):
    data: _Data = msgspec.field(default_factory=_Data)
    meta: _Meta = msgspec.field(default_factory=_Meta)
    error: _Error = msgspec.field(default_factory=_Error)


@dataclass(frozen=True)
class Record:
    """A record that a procedure made: its kind and id, and the version that it has now."""

    kind: str
    id: str
    version: int


class OpsWrites:
    """Writes for the test record of one environment; each one goes to the next replica in turn.

    mark  what every text begins with, so that what a crash left behind is found again.
    """

    def __init__(self, systems: Systems, run: str, tell: Callable[[Written], object]) -> None:
        self._systems, self.mark = systems, f"{MARK}{run}"
        self.leave: Leave = leave_to_write(systems.environment, tell)
        self.test_record = self.leave.records[0]
        self.asked: list[str] = []
        self._turn = count()

    def create(self, gate: str, kind: str, role: str) -> tuple[Attempt, Record]:
        """How does it come out to make a record of this kind?"""
        bodies: dict[str, Body] = {
            "patch": {"record_id": self.test_record, "field_key": "title", "intent": f"{self.mark}: smoke"},
            "rfi": {"question": f"{self.mark}: smoke?", "target_record_id": self.test_record},
        }
        answer, status = self._sent(gate, f"create {kind}", bodies[kind], role)
        record = Record(kind, answer.data.id, answer.data.version)
        attempt = Attempt(f"create a {kind} as {role}", role, record.id, "made", _FIRST[kind], 0, status)
        return self._told(attempt, kind, answer), record

    def move(
        self, gate: str, record: Record, role: str, to_state: str, wants: Outcome, version: int | None = None
    ) -> tuple[Attempt, Record]:
        """How does it come out to move this record to another state, as if it had this version? Its own without one."""
        sent, rows = record.version if version is None else version, self._systems.ops_rows
        before, event = rows.row(record.kind, record.id), rows.newest_event()
        body: Body = {_STATE[record.kind]: to_state, "version": sent}
        answer, status = self._sent(gate, f"move {record.kind}", body, role, record.id)
        was = before.state if before else "no row"
        what = f"{record.kind} {was} → {to_state} with v{sent} as {role}"
        attempt = Attempt(what, role, record.id, wants, to_state, sent, status, before=before)
        told = replace(self._told(attempt, record.kind, answer), events=tuple(self._events(record, event)))
        return told, replace(record, version=answer.data.version or record.version)

    def batch(self, gate: str, role: str, revision: str) -> BatchAnswer:
        """How is a batch of the test record's file answered?"""
        body: Body = {"file_id": self.test_record, "revision": revision}
        answer, status = self._sent(gate, "create drive batch", body, role)
        return BatchAnswer(status, answer.data.id, answer.data.duplicate)

    def withdraw(self, kind: str, record: str) -> int:
        """With which status is the withdrawal of a record of ours answered? Errors: Unreachable, Malformed."""
        self.leave.made.setdefault(record, self.test_record)
        return self._reply("", f"withdraw {kind}", {}, "admin", record).status

    def is_gone(self, status: int) -> bool:
        """Does this answer to a withdrawal mean that the record is there no more?"""
        return status in _GONE

    def left(self) -> tuple[tuple[str, str], ...]:
        """Which records of ours, kind and id, does the database hold, of whatever run?"""
        return self._systems.ops_rows.left(self.leave.records, MARK)

    def _sent(self, gate: str, name: str, body: Body, role: str, record: str = "") -> tuple[_Answer, int]:
        reply = self._reply(gate, name, body, role, record)
        try:
            return msgspec.json.decode(reply.body, type=_Answer), reply.status
        except (ValueError, RecursionError):
            if reply.status >= 500:
                return _Answer(), reply.status
            raise reply.malformed("no answer of the ops view") from None

    def _reply(self, gate: str, name: str, body: Body, role: str, record: str) -> Reply:
        block = self._systems.ops_view.block
        if role not in block.users:
            raise NotConfigured(SOURCE, f"`ops_view.users` names nobody for the role {role!r}")
        address = block.replicas[next(self._turn) % len(block.replicas)]
        door = WriteDoor(SOURCE, Replica(block.url, address), block.users[role], self.leave)
        reply = door.write(gate, name, body, record)
        self.asked.append(f"{reply.asked} as {role} at {address}")
        return reply

    def _told(self, attempt: Attempt, kind: str, answer: _Answer) -> Attempt:
        after: Row | None = self._systems.ops_rows.row(kind, attempt.record) if attempt.record else None
        state = answer.data.custody_status if kind == "rfi" else answer.data.status
        return replace(
            attempt,
            code=visible(answer.error.code),
            state=visible(state),
            version=answer.data.version,
            source=visible(answer.meta.source),
            after=after,
        )

    def _events(self, record: Record, after: int) -> Iterator[Event]:
        users = {self._systems.ops_view.user(role): role for role in self._systems.ops_view.block.users}
        for _, event in self._systems.ops_rows.events(record.kind, record.id, after):
            yield replace(event, actor=users.get(event.actor, "somebody else"))
