"""What is a fault, a healthy look-alike of one, and what has to become of a stage while it is in?"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from flipgate.rehearsal.errors import RehearsalError

if TYPE_CHECKING:
    from flipgate.rehearsal import courses
    from flipgate.rehearsal.world import World

Verdict = Literal["GO", "HOLD", "STOP"]
Begins = Literal["before", "flipped", "ready"]
# The world is that of the fault's own runbook.
Act = Callable[[Any], Iterator[None] | None]

ORG_V23, OPS_VIEW = "org_v23", "ops_view"
GO: Verdict = "GO"
HOLD: Verdict = "HOLD"
STOP: Verdict = "STOP"


@dataclass(frozen=True)
class Trial:
    """A stage that is run while a fault is in, and the gate that has to say so.

    gate      the title of the scenario that leaves GO (of a look-alike: the one that could be misled, and must not be).
    also      further gates that come to the same verdict.
    verdict   what that gate comes to. No other gate may be STOP where this says HOLD.
    told      words that the operator reads.
    begins    when the fault comes in: `before` the stage's flip is made, right after it (`flipped`), or once the stage
              is `ready`: its windows have elapsed and it is GO.
    after     what is done first, with the fault in: stages that are run, whatever they come to, words that are given,
              what else the operator does.
              After a fault it is done once more, without it.
    lived_s   how long the world then lives with it before the stage is run.
    stays     it leaves traces in what is measured since the flip: only a flip of its own makes the stage GO again.
    """

    stage: str
    gate: str
    verdict: Verdict = GO
    told: str = ""
    begins: Begins = "ready"
    lived_s: float = 0
    after: tuple[courses.Act, ...] = ()
    stays: bool = False
    also: tuple[str, ...] = ()

    @property
    def gates(self) -> tuple[str, ...]:
        return (self.gate, *self.also)


@dataclass(frozen=True)
class Fault:
    """One way in which the environment is broken, or only looks so. `rows`: its places in the catalogue."""

    runbook: str
    name: str
    about: str
    rows: tuple[str, ...]
    family: str
    trials: tuple[Trial, ...]
    act: Act
    is_look_alike: bool

    @property
    def can_be_undone(self) -> bool:
        return inspect.isgeneratorfunction(self.act)


FAULTS: dict[str, Fault] = {}


def fault(rows: str, *trials: Trial, runbook: str = ORG_V23) -> Callable[[Act], Act]:
    """Register a fault: a function that breaks the world, yields, and mends it.

    One without a yield cannot be taken back. Its name is the fault's, its docstring's first line says what is wrong.
    """
    return _registered(runbook, rows, trials, is_look_alike=False)


def look_alike(rows: str, *trials: Trial, runbook: str = ORG_V23) -> Callable[[Act], Act]:
    """Register the healthy look-alike of a fault: all of its stages stay GO."""
    return _registered(runbook, rows, trials, is_look_alike=True)


def _registered(runbook: str, rows: str, trials: tuple[Trial, ...], *, is_look_alike: bool) -> Callable[[Act], Act]:
    if any((trial.verdict == GO) != is_look_alike for trial in trials):
        raise ValueError("a fault leaves GO and a look-alike does not")

    def register(act: Act) -> Act:
        if act.__name__ in FAULTS:
            raise ValueError(f"two faults are called {act.__name__}")
        about = inspect.cleandoc(act.__doc__ or "").partition("\n\n")[0].replace("\n", " ")
        family = act.__module__.rpartition(".")[2]
        FAULTS[act.__name__] = Fault(
            runbook, act.__name__, about, tuple(rows.split()), family, trials, act, is_look_alike
        )
        return act

    return register


class Standing:
    """The faults that are in, each half way through its function."""

    def __init__(self) -> None:
        self._in: dict[str, Iterator[None] | None] = {}

    def inject(self, world: World, fault: Fault) -> None:
        """Break the world. Errors: RehearsalError where it is broken so already."""
        if fault.name in self._in:
            raise RehearsalError(f"{fault.name} is in already")
        running = fault.act(world)
        self._in[fault.name] = running
        if running is not None:
            next(running)

    def undo(self, fault: Fault) -> None:
        """Mend it. Errors: RehearsalError where it is not in, or cannot be mended."""
        if not fault.can_be_undone:
            raise RehearsalError(f"{fault.name} cannot be taken back: start a fresh environment")
        running = self._in.pop(fault.name, None)
        if running is None:
            raise RehearsalError(f"{fault.name} is not in")
        for _ in running:
            raise RehearsalError(f"{fault.name} yields twice")
