"""Which boxes has the sign-off list? One for each stage that is run before it, and one that a person ticks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flipgate.skeleton.plan import Plan


@dataclass(frozen=True)
class SketchedBox:
    """One box. `stage`: the one whose GO ticks it; "" where its owner's word does."""

    owner: str
    claim: str
    stage: str
    advice: str
    steps: tuple[str, ...]


def sign_off(plan: Plan) -> tuple[SketchedBox, ...]:
    """Which boxes has this runbook, in their order? None without a stage that reads them."""
    if "sign_off" not in plan.stages:
        return ()
    found = [*_stages(plan)]
    word = (f'When the word of "{plan.owner}" on box {len(found) + 1} is looked up', "Then a named person attested it")
    told = f"the {plan.owner} reads what the stages found, and attests that nothing is outstanding."
    last = SketchedBox(
        plan.owner, f"nothing is outstanding in {plan.name}", "", told, (word[0], f"{word[1]}, else hold")
    )
    return (*found, last)


def _stages(plan: Plan) -> Iterator[SketchedBox]:
    for stage in plan.stages:
        if steps := _steps(plan, stage):
            claim = f"the stage {stage} of {plan.name} was GO in its place"
            yield SketchedBox(plan.owner, claim, stage, f"run pytest -m {stage}, and do what it says.", steps)


def _steps(plan: Plan, stage: str) -> tuple[str, ...]:
    first, last = plan.flags[0], plan.flags[-1]
    since = f'When the newest run of "{stage}" since the flip of "{last}" is looked up'
    if stage == "preflight":
        asked = f'When the newest run of "{stage}" before the flip of "{first}" is looked up'
        return asked, "Then it was GO at most 24 hours before that flip, else hold"
    if stage == "soak":
        return since, "Then it was GO in the last 24 hours, else hold"
    if not stage.startswith("after_flip_"):
        return ()
    number = int(stage[-1])
    if number == len(plan.flags):
        return since, "Then it was GO in the last 7 days, else hold"
    flag, later = plan.flags[number - 1 : number + 1]
    asked = f'When the newest run of "{stage}" between the flips of "{flag}" and "{later}" is looked up'
    return asked, "Then it was GO at most 24 hours before the later flip, else hold"
