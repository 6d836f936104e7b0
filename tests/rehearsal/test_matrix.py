"""A GO is never empty: each fault makes its gate leave GO and say why, and no look-alike does."""

from __future__ import annotations

from collections import Counter

import pytest

from flipgate.rehearsal import faults, matrix
from flipgate.rehearsal.matrix import HEALTHY, Job, Outcome

pytestmark = [pytest.mark.xdist_group("matrix"), pytest.mark.timeout(1800)]
# One for each gate, and each way in which an operator is likely to meet it broken; `make faults` tries all there are.
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
    "missing_soak_day",
    "labelled_drift",
    "drift_that_ended",
    "renamed_team",
    "error_rate_0_6_percent",
    "one_bad_minute",
    "errors_on_one_path",
    "quiet_before_the_flip",
    "db_row_overrides",
    "stale_flag_replica",
    "flag_toggled_in_soak",
    "issue_not_planned",
    "bug_on_page_2",
    "not_serving_on_one_address",
    "health_without_own_name",
    "serving_but_the_read_fails",
    "one_address_answers_otherwise",
    "gate_stays_shut",
    "stale_gateway_replica",
    "raw_404_on_new_services",
    "proxy_page_on_new_services",
    "bad_gateway_on_new_services",
    "window_closed",
    "last_flag_first",
    "dual_write_off",
    "cascade_key_missing",
    "portal_console_error",
    "portal_failed_request",
    "portal_hides_a_row",
    "portal_placeholders",
    "portal_shows_token",
    "refresh_for_everybody",
    "audit_row_missing",
    "audit_row_doubled",
    "audit_row_misshapen",
    "phase_3_begun",
    "rollback_in_wrong_order",
    "gate_still_open",
    "legacy_team_renamed",
    "fallback_in_one_replica",
    "shim_errors_in_one_replica",
    "no_log_lines",
    "one_silent_replica",
    "empty_list_teams",
    "last_page_missing",
]
JOBS = matrix.jobs([faults.named(name) for name in FAULTS])


def named(job: Job) -> str:
    return f"{job.fault.name}-{job.trial.stage}-{job.trial.verdict}"


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> list[Outcome]:
    """Every trial is made once, in environments that they share."""
    return matrix.run(JOBS, tmp_path_factory.mktemp("matrix"), lambda _: None, confirmed=False)


@pytest.mark.parametrize("job", JOBS, ids=named)
def test_a_fault_is_noticed_and_a_look_alike_is_none(outcomes: list[Outcome], job: Job) -> None:
    (outcome,) = [one for one in outcomes if (one.fault, one.trial) == (job.fault.name, job.trial)]
    assert outcome.wrong == "", outcome.ended.text


def test_every_stage_is_go_once_nothing_is_broken(outcomes: list[Outcome]) -> None:
    healthy = [one for one in outcomes if one.fault == HEALTHY]
    assert Counter(one.stage for one in healthy if one.wrong) == {}
    assert {one.stage for one in healthy} >= {job.trial.stage for job in JOBS}
