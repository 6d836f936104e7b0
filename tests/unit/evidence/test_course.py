"""The way of a cutover: stages and flips in their order, a flip before the run that saw it."""

from __future__ import annotations

from datetime import timedelta

from flipgate.core.facts.flags import FlagValue, Posture
from flipgate.evidence.account import accounts
from flipgate.evidence.course import course, drawn_course
from flipgate.evidence.ledger import records
from tests.unit.evidence.cutover import BEGAN, GO, HOLD, STOP, Cutover, Told
from tests.unit.evidence.svg import parsed

FLAG = "read_from_org_units"


def posture(minute: float) -> Posture:
    return Posture(
        (FLAG,), (FlagValue(FLAG, "redis", "global", "true"),), (), {FLAG: BEGAN + timedelta(minutes=minute)}
    )


def told(verdict: object = GO, value: Posture | None = None) -> Told:
    more = {"value": value} if value else {}
    return Told("a gate", "5", verdict, "s", "s", "l", **more)  # type: ignore[arg-type]


def test_runs_of_one_stage_stand_together_and_flips_between(cutover: Cutover) -> None:
    cutover.run("preflight", [told()])
    cutover.run("after_flip_1", [told(HOLD)])
    # This run sees a flip whose time is the moment of its own look.
    cutover.run("after_flip_1", [told(STOP, posture(22.01))])
    cutover.run("after_flip_1", [told(GO, posture(22.01))])
    way = course(accounts(records(cutover.ledger)))
    assert [(one.name, one.verdicts) for one in way] == [
        ("preflight", (GO,)),
        ("after_flip_1", (HOLD,)),
        (f"{FLAG} = true", ()),
        ("after_flip_1", (STOP, GO)),
    ]


def test_the_drawing_tells_the_way_in_words_too(cutover: Cutover) -> None:
    cutover.run("preflight", [told()])
    cutover.run("soak", [told(HOLD)])
    root = parsed(drawn_course(course(accounts(records(cutover.ledger)))))
    texts = {child.tag.rpartition("}")[2]: child.text for child in root}
    assert texts["desc"] == "00:12 preflight GO; 00:23 soak HOLD"
