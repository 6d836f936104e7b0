from __future__ import annotations

import pytest

from flipgate.core.facts.series import SeriesSet
from flipgate.core.facts.verdicts import Check, DenyReading, OtherVerdict, VerdictReading, VerdictSample
from flipgate.core.judgement import Judgement
from flipgate.gates.verdicts import (
    answers_must_take_layers,
    deny_share_must_not_rise,
    sample_must_tell_verdicts_apart,
    verdicts_must_equal_the_baseline,
)
from tests.unit.gates.given import GO, HOLD, NAN, STOP, last, says, scraped, seen, up

ASKED = Check("acme", "m-1", "export", "budget/1", "ALLOW")


def sample(allowed: int, denied: int, other: int = 0) -> VerdictSample:
    verdicts = ["ALLOW"] * allowed + ["DENY"] * denied + ["VERDICT_UNSPECIFIED"] * other
    return VerdictSample(("a:1",), tuple(Check("acme", f"m-{n}", "read", "team/1", v) for n, v in enumerate(verdicts)))


@pytest.mark.parametrize(
    ("captured", "verdict"),
    [
        (sample(90, 10), GO),
        (sample(89, 10), HOLD),
        (sample(200, 0), HOLD),
        (sample(0, 200), HOLD),
        (sample(90, 10, 1), HOLD),
        (sample(99, 1), GO),
        (sample(1, 99), GO),
    ],
)
def test_a_sample_needs_checks_enough_of_both_verdicts(captured: VerdictSample, verdict: object) -> None:
    assert sample_must_tell_verdicts_apart(seen(captured), checks=100).verdict is verdict


def again(*others: OtherVerdict, differing: int = 0, layers: dict[str, dict[str, int]] | None = None) -> VerdictReading:
    return VerdictReading(300, others, differing, {"a:1": {"4": 300}} if layers is None else layers)


def test_one_check_of_either_verdict_is_a_sample_where_two_are_asked_for() -> None:
    says(sample_must_tell_verdicts_apart(seen(sample(1, 1)), checks=0), GO, "1 allowed, 1 denied at a:1")
    nowhere = VerdictSample((), sample(90, 10).checks)
    says(sample_must_tell_verdicts_apart(seen(nowhere), checks=100), GO, "10 denied at no address")


def test_the_same_verdicts_everywhere_are_go() -> None:
    says(verdicts_must_equal_the_baseline(seen(again())), GO, "300 checks at a:1", "all as before")


def test_one_other_verdict_stops_and_is_told_with_its_policy() -> None:
    other = OtherVerdict("a:1", ASKED, "DENY", "p-7")
    judgement = verdicts_must_equal_the_baseline(seen(again(other, differing=3)))
    says(judgement, STOP, "3 verdicts changed", "export budget/1", "ALLOW before, DENY now by policy p-7", "a:1")
    nobodys = verdicts_must_equal_the_baseline(seen(again(OtherVerdict("a:1", ASKED, "DENY", ""), differing=1)))
    assert nobodys.seen.endswith("ALLOW before, DENY now")


def test_nothing_asked_again_is_hold() -> None:
    assert verdicts_must_equal_the_baseline(seen(VerdictReading(0, (), 0, {}))).verdict is HOLD
    assert verdicts_must_equal_the_baseline(seen(again(layers={}))).verdict is HOLD
    says(verdicts_must_equal_the_baseline(seen(VerdictReading(1, (), 0, {"a:1": {"4": 1}}))), GO, "1 check at a:1")


@pytest.mark.parametrize(
    ("layers", "verdict"),
    [
        ({"a:1": {"4": 300}, "b:1": {"4": 300}}, GO),
        ({"a:1": {"4": 300}, "b:1": {"3": 300}}, HOLD),
        ({"a:1": {"4": 299, "3": 1}}, HOLD),
        ({"a:1": {}}, HOLD),
    ],
)
def test_every_answer_takes_four_layers(layers: dict[str, dict[str, int]], verdict: object) -> None:
    assert answers_must_take_layers(seen(again(layers=layers)), layers=4).verdict is verdict


def denied(allow: float, deny: float, of_sample: tuple[int, int] = (100, 10), **other: float) -> Judgement:
    counts = {"ALLOW": allow, "DENY": deny, **other}
    series = tuple(
        scraped({"instance": "a", "verdict": verdict}, [0.0, count / 2, count]) for verdict, count in counts.items()
    )
    counter = SeriesSet("governance_cascade_evaluations_total", series, (up("a", 3),), 15.0, 1)
    return deny_share_must_not_rise(seen(DenyReading(counter, *of_sample), last(30)), points=2.0, evaluations=100)


@pytest.mark.parametrize(
    ("allow", "deny", "verdict"),
    [
        (900, 100, GO),
        (880, 120, GO),  # two points more
        (878, 122, STOP),
        (1000, 0, GO),  # fewer denied is what the verdicts of the sample are for
        (0, 1000, STOP),
        (80, 10, HOLD),
        (0, 0, HOLD),
        (900, NAN, HOLD),
    ],
)
def test_the_share_of_deny_rises_by_at_most_two_points(allow: float, deny: float, verdict: object) -> None:
    assert denied(allow, deny).verdict is verdict


@pytest.mark.parametrize(
    ("allow", "deny", "of_sample", "verdict"),
    [
        (980, 20, (100, 0), GO),  # two points more, to the last bit
        (978, 22, (100, 0), STOP),
        (0, 1000, (100, 100), GO),
        (1000, 0, (1, 0), GO),
        (1000, 0, (1, 2), HOLD),
        (1000, 0, (100, -1), HOLD),
        (90, 10, (100, 10), GO),
        (89, 10, (100, 10), HOLD),
    ],
)
def test_shares_at_their_edges(allow: float, deny: float, of_sample: tuple[int, int], verdict: object) -> None:
    assert denied(allow, deny, of_sample).verdict is verdict


def test_another_verdict_than_the_two_is_hold_and_named() -> None:
    says(denied(900, 100, ASK=10), HOLD, "unknown verdicts: 'ASK'")
    counter = SeriesSet("evaluations", (scraped({"instance": "a"}, [0.0, 200.0]),), (up("a", 2),), 15.0, 1)
    its = seen(DenyReading(counter, 100, 10), last(15))
    says(deny_share_must_not_rise(its, points=2.0, evaluations=100), HOLD, "unknown verdicts: ''")


def test_one_evaluation_is_enough_where_one_is_asked_for() -> None:
    counter = SeriesSet("evaluations", (scraped({"verdict": "ALLOW"}, [0.0, 1.0]),), (up("a", 2),), 15.0, 1)
    its = seen(DenyReading(counter, 100, 10), last(15))
    says(deny_share_must_not_rise(its, points=2.0, evaluations=1), GO, "of 1 evaluation,")


def test_without_a_sample_nothing_can_be_compared() -> None:
    says(denied(900, 100, (0, 0)), HOLD, "no sample")
