"""What is told of the trials that were made, also where they were interrupted?"""

from __future__ import annotations

from pathlib import Path

import pytest

from flipgate.rehearsal import faults, matrix
from flipgate.rehearsal.cutover import Ended
from flipgate.rehearsal.matrix import HEALTHY, Job, Outcome
from flipgate.rehearsal.matrix_page import figures, kept, page

ROOT = Path(__file__).parents[2]
CATALOGUE = faults.catalogue()
STOPS, HOLDS, GOES = (
    [job for job in matrix.jobs(CATALOGUE) if job.trial.verdict == verdict] for verdict in ("STOP", "HOLD", "GO")
)


def came(job: Job, verdict: str) -> Outcome:
    ended = Ended(verdict, dict.fromkeys(job.trial.gates, verdict))
    return Outcome(job.fault.name, job.fault.rows, job.trial, job.trial.stage, job.seed, ended)


def test_each_way_of_being_wrong_is_counted() -> None:
    outcomes = [
        came(STOPS[0], "STOP"),
        came(STOPS[1], "HOLD"),
        came(STOPS[2], "GO"),
        came(HOLDS[0], "HOLD"),
        came(HOLDS[1], "STOP"),
        came(HOLDS[2], "GO"),
        came(GOES[0], "GO"),
        came(GOES[1], "STOP"),
        Outcome(HEALTHY, (), None, "preflight", 0, Ended("HOLD")),
    ]
    assert figures(outcomes, 20) == [
        "made: 8 of 20 trials",
        "wrong GO: 2 of 6 trials with a fault",
        "must be STOP: 1 of 3 were STOP, 1 HOLD",
        "must be HOLD: 1 of 3 were HOLD, 1 STOP",
        "must be GO: 1 of 3 were GO, 1 HOLD, 1 STOP",
    ]


def test_the_page_has_a_line_for_each_trial_and_what_came_of_all_of_its_seeds() -> None:
    text = page([came(STOPS[0], "STOP"), came(STOPS[0], "STOP"), came(STOPS[0], "HOLD")], 3, CATALOGUE, ROOT)
    (line,) = [one for one in text.splitlines() if f"`{STOPS[0].fault.name}`:" in one]
    assert line.endswith(f"| {STOPS[0].trial.gate} | STOP | 2 × STOP, 1 × HOLD |")


@pytest.mark.parametrize(("made", "told"), [(0, "the page of before"), (1, "made: 1 of 7 trials")])
def test_an_interrupted_run_tells_what_was_tried_and_one_that_tried_nothing_keeps_the_page(
    tmp_path: Path, made: int, told: str
) -> None:
    path, said = tmp_path / "faults.md", list[str]()
    path.write_text("the page of before")

    def interrupted() -> None:
        with kept(path, 7, CATALOGUE, said.extend) as tell:
            for job in STOPS[:made]:
                tell(came(job, "STOP"))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert told in path.read_text()
    assert ("made: 1 of 7 trials" in said) == bool(made)
