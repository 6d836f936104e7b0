"""Which mutants of the judge count: those that bend a verdict, not those that bend its wording; gates among them."""

from __future__ import annotations

import tomllib

import msgspec
import pytest
import yaml

from scripts.mutants import only_words
from scripts.undecorated import undecorated
from tests.house.sources import ROOT, files
from tests.house.workflows import Workflow


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ('claim.hold("no series")', 'claim.hold("XXno seriesXX")', True),
        ("f\"{count} calls on {who}\"", "f\"XX{count} calls on {who}XX\"", True),
        ("f\"{numbered(count, 'call')}\"", "f\"{numbered(count, 'CALL')}\"", True),
        ("f\"{count} calls\"", "f\"{count + 1} calls\"", False),
        ('claim.hold("no series")', 'claim.go("no series")', False),
        ('if flag == "true":', 'if flag == "XXtrueXX":', False),
        ('labels.get("code", "")', 'labels.get("CODE", "")', False),
        ('counted["DENY"]', 'counted["deny"]', False),
        ('labels.get("pod") or "nobody"', 'labels.get("pod") or "NOBODY"', True),
        ("if calls < 100:", "if calls <= 100:", False),
        ('claim.hold("no series")', "claim.hold(None)", False),
    ],
)  # fmt: skip
def test_a_mutant_of_wording_is_told_from_one_of_judgement(before: str, after: str, *, words: bool) -> None:
    assert only_words(before, after) is words


def test_a_function_is_bent_under_its_decorators_too() -> None:
    gate = "@gate\ndef passed(its: Seen) -> Judgement:\n    return its\n"
    assert undecorated(gate) == "def passed(its: Seen) -> Judgement:\n    return its\npassed = gate(passed)\n"
    method = "class Span:\n    @classmethod\n    def whole(cls): ...\n    @property\n    def ratio(self): ...\n"
    ratio = "    def ratio(self): ...\n    ratio = property(ratio)\n"
    assert undecorated(method) == f"class Span:\n    @classmethod\n    def whole(cls): ...\n{ratio}"


def test_every_gate_and_every_merge_of_verdicts_is_bent() -> None:
    bent = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mutmut"]["source_paths"]
    merges = ("core/verdict.py", "core/judgement.py", "core/window.py", "evidence/verdicts.py")
    assert {ROOT / path for path in bent} == {ROOT / "src/flipgate" / name for name in ("gates", *merges)}


def test_the_mutants_have_a_budget_of_their_own_in_ci() -> None:
    (path,) = files(".github/workflows/mutants.yml")
    workflow = msgspec.convert(yaml.safe_load(path.read_text(encoding="utf-8")), Workflow)
    (job,) = workflow.jobs.values()
    assert 0 < job.timeout <= 120
    assert len(workflow.on.schedule) == 1
    assert all(bool(step.uses) != bool(step.run) for step in job.steps)
    assert any(".ci/mutants" in step.run for step in job.steps)
    assert workflow.on.pull_request is not None
    assert [one for one in workflow.on.pull_request.paths if not list(ROOT.glob(one))] == []
