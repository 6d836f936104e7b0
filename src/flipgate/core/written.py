"""What did the suite write itself, and is it gone again?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

CREATE, WITHDRAW = "create ", "withdraw "
_GONE = (204, 404)


@dataclass(frozen=True)
class Written:
    """One write: recorded before it is sent (status 0), and again with its answer.

    gate       that wrote it; "" for what was withdrawn at the end of a stage.
    procedure  by its name in the list of those that may write: "create patch", "move rfi".
    target     method and path, as sent; record: the test record that it was made for.
    id         of the record that it made or changed; "" where that is not known yet, or never became known.
    """

    gate: str
    procedure: str
    target: str
    record: str
    id: str = ""
    status: int = 0

    @property
    def kind(self) -> str:
        """Of which kind is the record: "patch", "rfi", "drive batch"?"""
        return self.procedure.partition(" ")[2]


def left_over(writes: Iterable[Written]) -> tuple[Written, ...]:
    """Which records were made and not withdrawn again, as far as their ids are known?"""
    made: dict[tuple[str, str], Written] = {}
    for one in writes:
        if one.procedure.startswith(CREATE) and one.id:
            made[one.kind, one.id] = one
        if one.procedure.startswith(WITHDRAW) and one.status in _GONE:
            made.pop((one.kind, one.id), None)
    return tuple(made.values())
