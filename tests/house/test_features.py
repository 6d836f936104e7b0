"""The text of the features keeps the rules that pytest-bdd does not know."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from flipgate.plugin.stages import STAGES
from tests.house.sources import ROOT, Scenario, files, scenarios

RUNBOOKS = sorted(path.parent.name for path in files("features/*/runbook.toml"))
KEYWORDS = ("given", "when", "then", "and", "but", "background", "scenario", "feature", "rule", "examples", "*")
IS_A_SCENARIO = re.compile(r"^\s*(Scenario|Example|Scenario Outline|Scenario Template):", re.MULTILINE)
ADVICE = re.compile(r"\s*(STOP|HOLD): \S")


def test_there_are_runbooks_and_each_has_scenarios() -> None:
    assert RUNBOOKS
    assert set(RUNBOOKS) == {_runbook(scenario.path) for scenario in scenarios()}


def test_no_scenario_of_the_text_is_lost() -> None:
    texts = [path.read_text(encoding="utf-8") for path in files("features/*.feature")]
    assert sum(len(IS_A_SCENARIO.findall(text)) for text in texts) == len(scenarios())


def test_a_title_is_a_claim_of_its_own_in_the_whole_suite() -> None:
    counted = Counter(scenario.title for scenario in scenarios())
    assert [title for title, times in counted.items() if times > 1 or not title] == []


def test_a_scenario_reads_once_and_claims_something_of_it() -> None:
    def whole(scenario: Scenario) -> bool:
        keywords = [step.keyword for step in (*scenario.background, *scenario.own)]
        ordered = sorted(keywords, key=("Given", "When", "Then").index) == keywords
        return ordered and keywords.count("When") == 1 and "Then" in keywords

    assert [scenario for scenario in scenarios() if not whole(scenario)] == []


def test_a_scenario_has_at_most_seven_steps_of_its_own() -> None:
    assert [scenario for scenario in scenarios() if len(scenario.own) > 7] == []


def test_a_background_has_at_most_three_steps_and_they_are_guards() -> None:
    def light(scenario: Scenario) -> bool:
        return len(scenario.background) <= 3 and all(step.keyword == "Given" for step in scenario.background)

    assert [scenario for scenario in scenarios() if not light(scenario)] == []


def test_a_scenario_belongs_to_one_stage_one_runbook_one_section_and_one_owner() -> None:
    def tagged(scenario: Scenario) -> bool:
        counted = Counter(tag.partition(":")[0] if ":" in tag else _kind(tag) for tag in scenario.tags)
        one_each = {"stage": 1, "runbook": 1, "section": 1, "owner": 1}
        return {kind: counted[kind] for kind in one_each} == one_each and _runbook(scenario.path) in scenario.tags

    assert [scenario for scenario in scenarios() if not tagged(scenario)] == []


def test_a_tag_is_one_that_somebody_reads() -> None:
    known = {"stage", "runbook", "section", "owner", "browser", "writes"}
    kinds = {tag: tag.partition(":")[0] if ":" in tag else _kind(tag) for s in scenarios() for tag in s.tags}
    assert {tag for tag, kind in kinds.items() if kind not in known} == set()


def test_no_line_of_prose_looks_like_a_step() -> None:
    def begins(line: str) -> str:
        return line.strip().partition(" ")[0].rstrip(":").lower()

    assert [(s, line) for s in scenarios() for line in s.prose if begins(line) in KEYWORDS] == []


def test_a_scenario_says_what_the_operator_does_when_it_is_not_go() -> None:
    def advises(scenario: Scenario) -> set[str]:
        return {found[1] for line in scenario.prose if (found := ADVICE.match(line))}

    assert [scenario for scenario in scenarios() if "HOLD" not in advises(scenario)] == []
    can_stop = [s for s in scenarios() if any(_may_stop(step.keyword, step.text) for step in s.own)]
    assert [scenario for scenario in can_stop if "STOP" not in advises(scenario)] == []


@pytest.mark.parametrize("runbook", RUNBOOKS)
def test_every_section_is_covered_or_says_why_not(runbook: str) -> None:
    listed = tomllib.loads((ROOT / "features" / runbook / "sections.toml").read_text(encoding="utf-8"))
    sections, uncovered = set(listed["sections"]), listed.get("uncovered", {})
    tagged = {tag.removeprefix("section:") for tag in _tags(runbook) if tag.startswith("section:")}
    assert tagged <= sections
    assert tagged.isdisjoint(uncovered)
    assert sections == tagged | set(uncovered)
    assert all(reason.strip() for reason in uncovered.values())


@pytest.mark.parametrize("runbook", RUNBOOKS)
def test_every_stage_with_a_gate_is_in_the_runbooks_order(runbook: str) -> None:
    listed = tomllib.loads((ROOT / "features" / runbook / "runbook.toml").read_text(encoding="utf-8"))
    assert set(listed["stages"]) == {tag for tag in _tags(runbook) if tag in STAGES}


@pytest.mark.parametrize("runbook", RUNBOOKS)
def test_every_box_of_the_sign_off_list_has_its_scenario(runbook: str) -> None:
    """By number and owner; a stage that ticks it, or the word of its owner, is what its scenario reads."""
    listed = tomllib.loads((ROOT / "features" / runbook / "runbook.toml").read_text(encoding="utf-8")).get("boxes", {})
    signing = [s for s in scenarios() if _runbook(s.path) == runbook and "sign_off" in s.tags]
    wanted = [f"Box {number}, {box['owner']}: " for number, box in listed.items()]
    assert [s.title[: len(head)] for s, head in zip(signing, wanted, strict=True)] == wanted
    for scenario, (number, box) in zip(signing, listed.items(), strict=True):
        read = next(step.text for step in scenario.own if step.keyword == "When")
        about = f'newest run of "{box["stage"]}"' if "stage" in box else f'word of "{box["owner"]}" on box {number}'
        assert about in read


def _tags(runbook: str) -> set[str]:
    return {tag for scenario in scenarios() if _runbook(scenario.path) == runbook for tag in scenario.tags}


def _runbook(path: Path) -> str:
    return path.relative_to(ROOT / "features").parts[0]


def _kind(tag: str) -> str:
    return "stage" if tag in STAGES else "runbook" if tag in RUNBOOKS else tag


def _may_stop(keyword: str, text: str) -> bool:
    return keyword == "Then" and not text.endswith(", else hold")
