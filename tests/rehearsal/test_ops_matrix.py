"""ops_view's gates leave GO where they have to: the traps of its runbook, each tried on a running environment."""

from __future__ import annotations

from collections import Counter

import pytest

from flipgate.rehearsal import faults, matrix
from flipgate.rehearsal.catalogue import OPS_VIEW
from flipgate.rehearsal.matrix import HEALTHY, Job, Outcome

pytestmark = [pytest.mark.xdist_group("ops-matrix"), pytest.mark.timeout(1800)]
# The traps that the runbook's own commands fall into; `flipgate-rehearsal faults --runbook ops_view` tries all.
FAULTS = [
    "writes_before_reads",
    "migration_013_missing",
    "no_admin",
    "no_patches",
    "analyst_without_items",
    "analyst_with_one_item",
    "analyst_sees_others",
    "empty_queue_for_the_admin",
    "one_slow_call",
    "queue_p95_3_s",
    "old_flag_on_one_replica",
    "audit_events_of_others_only",
    "conflict_that_changed_the_row",
    "stale_version_accepted",
]
# The soaks of a day and of two are dear to come to.
STAGES = ("preflight", "after_flip_1", "after_flip_2")
JOBS = [job for job in matrix.jobs([faults.named(name, OPS_VIEW) for name in FAULTS]) if job.trial.stage in STAGES]


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> list[Outcome]:
    """Every trial is made once, in environments that they share."""
    return matrix.run(JOBS, tmp_path_factory.mktemp("matrix"), lambda _: None)


@pytest.mark.parametrize("job", JOBS, ids=lambda job: f"{job.fault.name}-{job.trial.stage}-{job.trial.verdict}")
def test_a_fault_is_noticed_and_a_look_alike_is_none(outcomes: list[Outcome], job: Job) -> None:
    (outcome,) = [one for one in outcomes if (one.fault, one.trial) == (job.fault.name, job.trial)]
    assert outcome.wrong == "", outcome.ended.text


def test_every_stage_is_go_once_nothing_is_broken(outcomes: list[Outcome]) -> None:
    healthy = [one for one in outcomes if one.fault == HEALTHY]
    assert Counter(one.stage for one in healthy if one.wrong) == {}
