"""A GO is never empty: each fault makes its gate leave GO and say why, and no look-alike does."""

from __future__ import annotations

from collections import Counter

import pytest

from flipgate.rehearsal import faults, matrix
from flipgate.rehearsal.matrix import HEALTHY, Job, Outcome

pytestmark = [pytest.mark.xdist_group("matrix"), pytest.mark.timeout(1800)]
# The ways in which an operator is likely to meet gates broken, or only seemingly so; `make faults` tries all there are.
FAULTS = [
    "silenced_alert",
    "rules_not_loaded",
    "prometheus_down",
    "replica_away",
    "governance_replica_away",
    "cascade_p95_6_ms",
    "slow_cascade_for_3_minutes",
    "slow_cascade_without_breaker",
    "coarse_governance_buckets",
    "tripped_breaker",
    "tripped_and_restarted",
    "stale_cascade_replica",
    "policy_conflicts_spike",
    "cascade_denies_exports",
    "few_checks",
    "no_traffic",
    "todays_report_missing",
    "yesterdays_report_copied",
    "labelled_drift",
    "drift_that_ended",
    "renamed_team",
    "error_rate_0_6_percent",
    "one_bad_minute",
    "quiet_before_the_flip",
    "db_row_overrides",
    "stale_flag_replica",
    "issue_not_planned",
    "window_closed",
    "cascade_key_missing",
    "portal_console_error",
    "portal_failed_request",
    "portal_hides_a_row",
    "portal_placeholders",
    "portal_shows_token",
    "phase_3_begun",
    "fallback_in_one_replica",
    "shim_errors_in_one_replica",
    "no_log_lines",
    "one_silent_replica",
    "empty_list_teams",
    "last_page_missing",
    "window_over_midnight",
    "tenant_without_anybody",
    "governance_is_far_away",
    "portal_with_warnings",
    "nine_more_conflicts",
]
# Up to the second flip; the stages after it are dear to come to.
STAGES = ("preflight", "baseline", "after_flip_1", "shim", "portal", "after_flip_2")
JOBS = [job for job in matrix.jobs([faults.named(name) for name in FAULTS]) if job.trial.stage in STAGES]


def named(job: Job) -> str:
    return f"{job.fault.name}-{job.trial.stage}-{job.trial.verdict}"


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> list[Outcome]:
    """Every trial is made once, in environments that they share."""
    return matrix.run(JOBS, tmp_path_factory.mktemp("matrix"), lambda _: None)


@pytest.mark.parametrize("job", JOBS, ids=named)
def test_a_fault_is_noticed_and_a_look_alike_is_none(outcomes: list[Outcome], job: Job) -> None:
    (outcome,) = [one for one in outcomes if (one.fault, one.trial) == (job.fault.name, job.trial)]
    assert outcome.wrong == "", outcome.ended.text


def test_every_stage_is_go_once_nothing_is_broken(outcomes: list[Outcome]) -> None:
    healthy = [one for one in outcomes if one.fault == HEALTHY]
    assert Counter(one.stage for one in healthy if one.wrong) == {}
    assert {one.stage for one in healthy} >= {job.trial.stage for job in JOBS}
