"""A GO is never empty: each fault makes its gate leave GO and say why, and no look-alike does."""

from __future__ import annotations

from collections import Counter

import pytest

from flipgate.rehearsal import faults, matrix
from flipgate.rehearsal.matrix import HEALTHY, Job, Outcome

pytestmark = [pytest.mark.xdist_group("matrix"), pytest.mark.timeout(1800)]
# Every fault and look-alike once, at the first stage that has to notice it; `make faults` tries them at all of them.
JOBS = [job for job in matrix.jobs(faults.catalogue()) if job.trial is job.fault.trials[0]]


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
