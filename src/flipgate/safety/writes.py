"""The one door through which the suite writes: named procedures, on test records, where the environment allows it.

A write is told before it leaves, so that a crash cannot lose the list of what was written; what it made is told with
its answer. Only what was made here (or is known to have been) can be changed or withdrawn.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import msgspec

from flipgate.config.environment import Environment
from flipgate.config.secret import Secret
from flipgate.core.errors import NotConfigured, Refused, visible
from flipgate.core.written import CREATE, Written
from flipgate.safety.http import Call, Door, Replica
from flipgate.safety.procedures import WRITE_PROCEDURES, Writing
from flipgate.safety.reply import JSON, Reply
from flipgate.safety.tally import count

_ID = re.compile(r"[A-Za-z0-9][\w-]{0,99}")
_NO_PATH = r"(?!)"

Body = Mapping[str, str | int]


class _Made(msgspec.Struct):
    id: str


class _Answer(msgspec.Struct):
    data: _Made


@dataclass
class Leave:
    """What may be written, and what has been: shared by all doors of one run.

    records  the test records; made: ids of what was made for them, which alone may be changed or withdrawn.
    tell     is called with each write before it is sent, and again with its answer.
    """

    workspace: str
    records: tuple[str, ...]
    tell: Callable[[Written], object]
    made: dict[str, str] = field(default_factory=dict)


def leave_to_write(environment: Environment, tell: Callable[[Written], object]) -> Leave:
    """What may be written here?

    Errors: NotConfigured where the environment's file does not say that something may, or has no such system.
    """
    if environment.writes is None or not environment.test_records or environment.ops_view is None:
        raise NotConfigured("writes", "the environment's file does not say that its test records may be written")
    return Leave(environment.ops_view.workspace, environment.test_records, tell)


class WriteDoor(Door):
    """Writes of one user at one replica. It cannot read."""

    def __init__(self, source: str, replica: Replica, token: Secret, leave: Leave) -> None:
        super().__init__(source, replica, _NO_PATH, token)
        self._leave = leave

    def write(self, gate: str, name: str, body: Body, record: str = "") -> Reply:
        """What does this procedure answer, whatever the status? `record`: the id in its path, where it has one.

        Errors: Refused for what is on no list; Unreachable, Malformed, TooLong: whether it was made is not known then.
        """
        procedure = WRITE_PROCEDURES.get(name)
        if procedure is None or (problem := self._problem(procedure, body, record)):
            count(self.system, refused=1)
            raise Refused(f"{self.source}: {visible(name)} was not sent: {problem if procedure else 'unknown'}")
        path = procedure.template.format(workspace=self._leave.workspace, id=record)
        about = str(body[procedure.names]) if procedure.names else self._leave.made[record]
        told = Written(gate, name, f"{procedure.method} {path}", about, record)
        self._leave.tell(told)
        count(self.system, writes=1)
        reply = self._asked(path, JSON, Call(msgspec.json.encode(body), is_connect=False), procedure.method)
        made = _made(reply) if name.startswith(CREATE) else record
        if made:
            self._leave.made.setdefault(made, about)
        self._leave.tell(replace(told, id=made, status=reply.status))
        return reply

    def _problem(self, procedure: Writing, body: Body, record: str) -> str:
        if body.keys() != procedure.fields:
            return f"its fields are {', '.join(sorted(procedure.fields)) or 'none'}"
        if procedure.names and body[procedure.names] not in self._leave.records:
            return f"{procedure.names} is not among test_records"
        if not procedure.names and (record not in self._leave.made or not _ID.fullmatch(record)):
            return "the record is none that was made here"
        return ""


def _made(reply: Reply) -> str:
    """The id of what was made; "" where the answer names none that a path can hold."""
    try:
        found = msgspec.json.decode(reply.body, type=_Answer).data.id
    except (ValueError, RecursionError):
        return ""
    return found if reply.status in (200, 201) and _ID.fullmatch(found) else ""
