"""Allure's files say what the ledger says, gate by gate, and never more."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from flipgate.core.facts.latency import LatencyReading
from flipgate.evidence.report import RESULTS, report, written
from tests.unit.evidence.cutover import CASCADE, Cutover

STATUS = {"GO": "passed", "HOLD": "broken", "STOP": "failed"}


def results(folder: Path) -> dict[str, dict[str, Any]]:
    found = [json.loads(path.read_text()) for path in (folder / RESULTS).glob("*-result.json")]
    return {result["name"]: result for result in found}


def labels(result: dict[str, Any], name: str) -> list[str]:
    return [label["value"] for label in result["labels"] if label["name"] == name]


def one_run(cutover: Cutover, **how: Any) -> dict[str, dict[str, Any]]:
    run = cutover.run("after_flip_1", CASCADE, **how)
    return results(written(cutover.ledger, run, cutover.written_to(run)).parent)


def test_every_gate_is_one_result_of_its_verdict(cutover: Cutover) -> None:
    found = one_run(cutover)
    assert {name: result["status"] for name, result in found.items()} == {
        gate.title: STATUS[gate.verdict.value] for gate in CASCADE
    }


def test_the_message_is_what_decided_with_its_limit(cutover: Cutover) -> None:
    stopped = one_run(cutover)["The p95 of governance checks keeps its limit"]
    assert stopped["statusDetails"]["message"] == (
        "STOP: GovernanceService.Check: p95 7.4 ms above 7 ms for 6 min, 48 211 calls "
        "(limit: not above 7 ms for more than 5 min)"
    )


def test_steps_are_the_sentences_with_their_own_verdicts_and_times(cutover: Cutover) -> None:
    held = one_run(cutover)["The error rate of the gateway keeps its limit"]
    assert [(step["name"].split(" ")[0], step["status"]) for step in held["steps"]] == [
        ("Given", "broken"),
        ("When", "passed"),
        ("Then", "broken"),
    ]
    assert all(held["start"] <= step["start"] < step["stop"] <= held["stop"] for step in held["steps"])


def test_the_observation_lies_under_its_step_whole_and_as_asked(cutover: Cutover) -> None:
    run = cutover.run("after_flip_1", CASCADE)
    folder = written(cutover.ledger, run, cutover.written_to(run)).parent
    when = results(folder)["The p95 of governance checks keeps its limit"]["steps"][1]
    words, observation = when["attachments"]
    seen = json.loads((folder / RESULTS / observation["source"]).read_text())
    assert seen["asked"] == ["sum(rate(calls[5m]))"]
    assert seen["value"]["operation"] == "GovernanceService.Check"
    assert {"window", "source", "unit", "taken_at"} <= set(seen)
    assert "limit   an answer" in (folder / RESULTS / words["source"]).read_text()


def test_of_a_long_list_the_beginning_is_shown_and_where_the_whole_lies(cutover: Cutover) -> None:
    long = LatencyReading("Check", tuple((float(bound), 1.0) for bound in range(5000)), ())
    run = cutover.run("after_flip_1", [replace(CASCADE[0], value=long)])
    folder = written(cutover.ledger, run, cutover.written_to(run)).parent
    (source,) = (one["source"] for one in results(folder)[CASCADE[0].title]["steps"][1]["attachments"][1:])
    seen = json.loads((folder / RESULTS / source).read_text())
    assert seen["value"]["now"][:2] == [[0, 1], [1, 1]]
    digest = next(json.loads(line)["body"]["sha256"] for line in cutover.ledger.open() if '"sha256":' in line)
    assert (len(seen["value"]["now"]), seen["value"]["now"][-1]) == (51, f"… 4950 more, in the ledger, {digest}")


def test_labels_links_and_environment_place_a_result(cutover: Cutover) -> None:
    run = cutover.run("after_flip_1", CASCADE)
    folder = written(cutover.ledger, run, cutover.written_to(run)).parent
    result = results(folder)["The p95 of governance checks keeps its limit"]
    assert labels(result, "epic") == ["Org Model v2.3, Phase 2 cutover"]
    assert labels(result, "story") == ["§7.4"]
    assert labels(result, "owner") == ["founder"]
    assert labels(result, "tag") == ["org_v23", "after_flip_1"]
    assert result["links"][0]["url"] == "https://tracker.example.invalid/issues/692"
    assert "STOP: set ff:orgv23:cascade_4layer:global back to false (§6.2), then" in result["description"].replace(
        "\\", ""
    )
    properties = (folder / RESULTS / "environment.properties").read_text()
    assert "verdict = STOP\ngates = 1 STOP, 2 HOLD, 9 GO\nenvironment = dev\n" in properties


def test_a_gate_that_was_not_played_and_a_run_cut_short_are_broken(cutover: Cutover) -> None:
    found = one_run(cutover, skip=1, cut_short=True)
    assert found["No breaker has tripped"]["status"] == "broken"
    assert "not judged in this run" in found["No breaker has tripped"]["statusDetails"]["message"]
    assert found["The run is whole"]["status"] == "broken"
    assert "cut short" in found["The run is whole"]["statusDetails"]["message"]


def test_runs_of_one_gate_are_histories_of_their_own(cutover: Cutover) -> None:
    for _ in range(3):
        cutover.run("after_flip_1", CASCADE[:1])
    folder = report(cutover.ledger).parent
    found = [json.loads(path.read_text()) for path in (folder / RESULTS).glob("*-result.json")]
    way, gates = [[one for one in found if (one["name"] == "The way so far") is told] for told in (True, False)]
    assert len({result["historyId"] for result in gates}) == 3
    assert len({result["testCaseId"] for result in gates}) == 1
    assert len({labels(result, "parentSuite")[0] for result in gates}) == 3
    assert [shown["type"] for result in way for shown in result["attachments"]] == ["image/svg+xml"]


def test_results_of_an_earlier_making_do_not_stay(cutover: Cutover) -> None:
    run = cutover.run("after_flip_1", CASCADE)
    for _ in range(2):
        folder = written(cutover.ledger, run, cutover.written_to(run)).parent
    assert len(list((folder / RESULTS).glob("*-result.json"))) == len(CASCADE)
