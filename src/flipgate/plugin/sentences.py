"""How does a sentence of a feature find its function, and which figures does it carry?

    @then("its error rate stays below {limit_ratio:percent} in every {window_s:duration}")
    def _(its, limit_ratio, window_s):
        return error_rate.must_stay_below(its, limit_ratio=limit_ratio, window_s=window_s)

A Given returns the judgement of a guard, a When returns the one observation, a Then judges it: "its" is that
observation. None of them raises for a verdict and none ends the scenario.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import parse
import pytest_bdd
from pytest_bdd.parsers import StepParser

from flipgate.core.errors import Refused
from flipgate.core.judgement import Judgement
from flipgate.core.observation import Observation
from flipgate.evidence.records import GateText
from flipgate.plugin.scene import Scene

ELSE_HOLD = ", else hold"
Figures = dict[str, Any]
_SECONDS = {"second": 1.0, "minute": 60.0, "hour": 3600.0, "day": 86400.0}


@parse.with_pattern(r'"[^"]+"')
def _name(text: str) -> str:
    return text[1:-1]


@parse.with_pattern(r"\d+(?:\.\d+)? (?:second|minute|hour|day)s?")
def _duration(text: str) -> float:
    count, unit = text.split(" ")
    return float(count) * _SECONDS[unit.rstrip("s")]


@parse.with_pattern(r"\d+(?:\.\d+)? %")
def _percent(text: str) -> float:
    return round(float(text.removesuffix(" %")) / 100, 9)


@parse.with_pattern(r"\d+(?:\.\d+)? ms")
def _milliseconds(text: str) -> float:
    return float(text.removesuffix(" ms"))


@parse.with_pattern(r"\d+")
def _count(text: str) -> int:
    return int(text)


@parse.with_pattern(r"\d+(?:\.\d+)?")
def _number(text: str) -> float:
    return float(text)


@parse.with_pattern(r"true|false")
def _truth(text: str) -> bool:
    return text == "true"


UNITS: dict[str, Callable[[str], object]] = {
    "name": _name,
    "duration": _duration,
    "percent": _percent,
    "ms": _milliseconds,
    "count": _count,
    "number": _number,
    "truth": _truth,
}


class Pattern(StepParser):
    """A sentence with figures. Its literal beginning is compared first, so that a long vocabulary stays cheap."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._beginning = text.partition("{")[0]
        self._parser = parse.compile(text, extra_types=UNITS, case_sensitive=True)

    def is_matching(self, name: str) -> bool:
        claim = name.removesuffix(ELSE_HOLD)
        return claim.startswith(self._beginning) and self._parser.parse(claim) is not None

    def parse_arguments(self, name: str) -> Figures:
        return dict(self._parser.parse(name.removesuffix(ELSE_HOLD)).named)


@dataclass(frozen=True)
class Sentence:
    """One sentence of the vocabulary, for the glossary and the house tests."""

    keyword: str
    text: str
    meaning: str
    module: str
    asynchronous: bool
    pattern: Pattern = field(repr=False)


VOCABULARY: list[Sentence] = []


def refuse_unspoken(gates: Iterable[GateText]) -> None:
    """Has every sentence of these gates exactly one definition?

    Errors: Refused, naming the sentence: with none it would end its scenario, with two the last one loaded would win.
    """
    for gate in gates:
        for step in gate.steps:
            known = [one for one in VOCABULARY if one.keyword == step.keyword and one.pattern.is_matching(step.text)]
            if len(known) != 1:
                defined = " and ".join(one.module for one in known) or "nowhere"
                raise Refused(f"{gate.id}: `{step.keyword} {step.text}` is defined {defined}; once is wanted")
            if known[0].asynchronous:
                raise Refused(f"{gate.id}: `{step.text}` is an `async def` in {known[0].module}: nobody would await it")


def given(text: str) -> Callable[[Callable[..., Judgement]], Callable[..., Judgement]]:
    """Register a guard: what must be true for the question to make sense. Unmet: HOLD."""
    return _registered("Given", text)


def when(text: str) -> Callable[[Callable[..., Observation[Any]]], Callable[..., Observation[Any]]]:
    """Register a reading: the one observation that the claims are about. No answer: HOLD."""
    return _registered("When", text)


def then(text: str) -> Callable[[Callable[..., Judgement]], Callable[..., Judgement]]:
    """Register a claim: a pure judgement of the reading. Wrong: STOP; HOLD where it ends in `, else hold`."""
    return _registered("Then", text)


def _registered(keyword: str, text: str) -> Callable[[Any], Any]:
    register = {"Given": pytest_bdd.given, "When": pytest_bdd.when, "Then": pytest_bdd.then}[keyword]

    def decorate(step: Callable[..., Any]) -> Callable[..., Any]:
        wanted = inspect.signature(step).parameters

        @functools.wraps(step)
        def play(scene: Scene, **figures: Any) -> None:
            scene.play(keyword, step, figures, wanted=frozenset(wanted))

        names = ["scene", *(name for name in wanted if name not in ("scene", "its"))]
        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        # pytest-bdd reads there which fixtures and figures to pass; mypy knows no such attribute of a function.
        play.__signature__ = inspect.Signature([inspect.Parameter(name, kind) for name in names])  # type: ignore[attr-defined]
        pattern = Pattern(text)
        asynchronous = inspect.iscoroutinefunction(step) or inspect.isasyncgenfunction(step)
        meaning = (step.__doc__ or "").strip()
        VOCABULARY.append(Sentence(keyword, text, meaning, step.__module__, asynchronous, pattern))
        register(pattern, stacklevel=2)(play)
        return step

    return decorate
