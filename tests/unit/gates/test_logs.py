"""An error in a log is told; a log without a line says nothing."""

from __future__ import annotations

import pytest

from flipgate.core.facts.logs import LogReading
from flipgate.core.facts.reads import ReplicaLines
from flipgate.core.verdict import Verdict
from flipgate.gates.logs import no_line_may_be_an_error
from tests.unit.gates.given import GO, HOLD, STOP, last, says, seen

FINE = ReplicaLines("a", 1, {})


@pytest.mark.parametrize(
    ("other", "verdict", "told"),
    [
        (ReplicaLines("b", 9, {}), GO, "b 9 lines"),
        (ReplicaLines("b", 9, {}, {"db: away": 2}), STOP, "b: db: away ×2"),
        (ReplicaLines("b", 0, {}), HOLD, "no line at all"),
        (ReplicaLines("b", 9, {}, unreadable=1), HOLD, "1 line that cannot be read"),
    ],
)
def test_every_replica_says_something_and_no_error(other: ReplicaLines, verdict: Verdict, told: str) -> None:
    says(no_line_may_be_an_error(seen(LogReading((FINE, other)), last(300))), verdict, told)


def test_no_replica_says_nothing() -> None:
    says(no_line_may_be_an_error(seen(LogReading(()), last(300))), HOLD)
