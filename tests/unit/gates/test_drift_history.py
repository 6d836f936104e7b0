from __future__ import annotations

from datetime import datetime

import pytest

from flipgate.core.facts.drift import DriftHistory, Stretch
from flipgate.core.judgement import Judgement
from flipgate.core.verdict import Verdict
from flipgate.gates.drift_history import must_have_been_zero_throughout
from flipgate.probes.readings.drift import stretched
from tests.unit.gates.given import GO, HOLD, INF, NAN, NOW, STOP, ago, last, says, seen

DAY_S, STEP_S = 86400, 15
SERIES = "acme/org_units"
LONG_AGO = ago(30 * DAY_S)


def stretch(since_s: float, until_s: float, value: float = 0.0) -> Stretch:
    """From so long ago to so long ago."""
    now = NOW.timestamp()
    return Stretch(now - since_s, now - until_s, value, int((since_s - until_s) / STEP_S) + 1)


def history(*stretches: Stretch, created_at: datetime = LONG_AGO) -> DriftHistory:
    return DriftHistory({SERIES: stretches}, STEP_S, {"acme": created_at})


def judged(value: DriftHistory) -> Judgement:
    return must_have_been_zero_throughout(seen(value, last(DAY_S)), missed=2)


WHOLE = stretch(DAY_S, 0)


def test_zero_at_every_scrape_of_a_day_is_go() -> None:
    judgement = judged(history(WHOLE))
    says(judgement, GO, "5 761 samples of 1 series")


@pytest.mark.parametrize(("gap_s", "verdict"), [(15, GO), (45, GO), (52.5, GO), (52.6, HOLD), (60, HOLD), (3600, HOLD)])
def test_two_missed_scrapes_are_borne_and_a_third_is_not(gap_s: float, verdict: Verdict) -> None:
    two = (stretch(DAY_S, 40_000), stretch(40_000 - gap_s, 0))
    judgement = judged(history(*two))
    assert (judgement.verdict, judgement.seen.startswith(f"no samples of {SERIES}")) == (verdict, verdict is HOLD)


@pytest.mark.parametrize("stretches", [(stretch(DAY_S - 120, 0),), (stretch(DAY_S, 120),), ()])
def test_a_day_that_is_not_whole_at_its_ends_is_hold(stretches: tuple[Stretch, ...]) -> None:
    says(judged(history(*stretches)), HOLD, "no samples of")


@pytest.mark.parametrize(("value", "verdict"), [(1, STOP), (0.5, STOP), (-1, HOLD), (NAN, HOLD), (INF, HOLD)])
def test_a_single_other_sample_of_the_day_is_seen(value: float, verdict: Verdict) -> None:
    three = (stretch(DAY_S, 40_015), stretch(40_000, 40_000, value), stretch(39_985, 0))
    judgement = judged(history(*three))
    says(judgement, verdict, SERIES)


def test_the_highest_drift_of_the_day_is_told() -> None:
    values = (stretch(DAY_S, 300), stretch(285, 240, 2.0), stretch(225, 210, 5.0), stretch(195, 0, 3.0))
    says(judged(history(*values)), STOP, "= 5 at 2026-04-26 11:56:15 UTC, above 0 at 20 scrapes")


def test_a_tenant_without_a_series_is_hold() -> None:
    value = DriftHistory({SERIES: (WHOLE,)}, STEP_S, {"acme": ago(DAY_S * 2), "globex": ago(DAY_S * 2)})
    says(judged(value), HOLD, "globex")


def test_a_tenant_that_was_created_in_the_soak_counts_from_its_first_sample() -> None:
    young = history(stretch(3600, 0), created_at=ago(5000))
    says(judged(young), GO)
    says(judged(history(stretch(DAY_S - 120, 0), created_at=ago(DAY_S))), HOLD, "no samples of")
    says(judged(history(stretch(DAY_S - 120, 0), created_at=ago(DAY_S - 1))), GO)


def test_a_series_is_its_tenants_up_to_the_first_slash_and_nobodys_counts_from_the_start() -> None:
    sliced = DriftHistory({f"{SERIES}/2": (stretch(3600, 0),)}, STEP_S, {"acme": ago(5000)})
    says(judged(sliced), GO)
    nobodys = DriftHistory({SERIES: (WHOLE,), "globex/org_units": (stretch(3600, 0),)}, STEP_S, {"acme": LONG_AGO})
    says(judged(nobodys), HOLD, "no samples of globex/org_units")


def test_a_scrape_interval_of_a_second_is_one() -> None:
    says(judged(DriftHistory({SERIES: (WHOLE,)}, 1, {"acme": LONG_AGO})), GO)


@pytest.mark.parametrize(
    "value",
    [
        DriftHistory({}, STEP_S, {}),
        DriftHistory({SERIES: (WHOLE,)}, 0, {"acme": NOW}),
        DriftHistory({SERIES: (WHOLE,)}, INF, {"acme": NOW}),
    ],
)
def test_what_is_not_stated_is_hold(value: DriftHistory) -> None:
    says(judged(value), HOLD, "not known")
    says(must_have_been_zero_throughout(seen(history(WHOLE)), missed=2), HOLD, "not known")


def test_samples_fold_where_nothing_changes_and_a_missed_scrape_ends_a_stretch() -> None:
    samples = [(0.0, 0.0), (15.0, 0.0), (30.0, 2.0), (45.0, 2.0), (75.0, 2.0), (90.0, NAN), (105.0, NAN)]
    folded = list(stretched(samples, STEP_S))
    assert [(one.since_s, one.until_s, one.samples) for one in folded] == [
        (0.0, 15.0, 2),
        (30.0, 45.0, 2),
        (75.0, 75.0, 1),
        (90.0, 90.0, 1),
        (105.0, 105.0, 1),
    ]
    assert sum(one.samples for one in folded) == len(samples)
