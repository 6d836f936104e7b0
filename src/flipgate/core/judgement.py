"""What does a gate say of an observation, and how can that be computed again?"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar

from flipgate.core.observation import Observation
from flipgate.core.verdict import Verdict, worst
from flipgate.core.window import Window

Figure = bool | int | float | str


@dataclass(frozen=True)
class Judgement:
    """A verdict with its reasons, in the order in which a reader asks for them.

    subject   what was judged ("gateway error rate").
    seen      what was measured, with unit ("0.6 % in 2 of 10 minutes").
    limit     what the runbook allows ("below 0.5 % for 10 minutes").
    ready_at  for a HOLD that only time can end: when it is worth asking again (world time).
    gate      the gate's registered name, and `figures` the limits that it was given: both are filled in by `@gate`.
    """

    verdict: Verdict
    subject: str
    seen: str
    limit: str
    ready_at: datetime | None = None
    gate: str = ""
    figures: Mapping[str, Figure] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not "".join((self.subject, self.seen, self.limit)):
            raise ValueError("a judgement says what was judged, what was seen, or what is allowed")


def together(judgements: Iterable[Judgement], *, subject: str, limit: str, fine: str) -> Judgement:
    """What do several judgements of one subject make? The worst, with all findings of its rank; `fine` if all GO."""
    found = tuple(judgements)
    verdict = worst(judgement.verdict for judgement in found)
    if verdict is Verdict.GO:
        return Judgement(verdict, subject, fine, limit)
    leading = [judgement for judgement in found if judgement.verdict is verdict]
    ready = [judgement.ready_at for judgement in leading]
    ready_at = max((moment for moment in ready if moment), default=None) if all(ready) else None
    return Judgement(verdict, subject, "; ".join(j.seen for j in leading) or "nothing to judge", limit, ready_at)


Judge = TypeVar("Judge", bound=Callable[..., Judgement])
GATES: dict[str, Callable[..., Judgement]] = {}
_MOST_TOLD = 5


def gate(judge: Judge) -> Judge:
    """Register a gate under `<module>.<name>`: a pure function of one observation, `its`, and keyword figures.

    Its judgements carry that name and those figures, so that a verdict can be computed again from the record alone. GO
    over a disturbed window is HOLD, whatever the gate.
    """
    name = f"{judge.__module__.rpartition('.')[2]}.{judge.__name__}"
    if name in GATES:
        raise ValueError(f"two gates are called {name}")

    @functools.wraps(judge)
    def judged(its: Observation[Any], **figures: Figure) -> Judgement:
        return replace(_undisturbed(judge(its, **figures), its), gate=name, figures=figures)

    GATES[name] = judged
    return judged  # type: ignore[return-value]  # called as the judge itself is


def _undisturbed(judgement: Judgement, its: Observation[Any]) -> Judgement:
    """What is left of a GO where something happened inside the window that was measured?"""
    if judgement.verdict is not Verdict.GO or not its.disturbed:
        return judgement
    told = [f"{one.what} at {Window(one.at, one.at).end:%Y-%m-%d %H:%M:%S} UTC ({one.source})" for one in its.disturbed]
    more = f" and {len(told) - _MOST_TOLD} more" if len(told) > _MOST_TOLD else ""
    seen = f"{judgement.seen}; but inside its window: {'; '.join(told[:_MOST_TOLD])}{more}"
    return replace(judgement, verdict=Verdict.HOLD, seen=seen)
