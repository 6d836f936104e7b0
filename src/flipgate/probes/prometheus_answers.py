"""In which shapes does Prometheus answer? (HTTP API v1; members that nobody reads are left out)"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Literal

import msgspec

from flipgate.core.facts.series import Labels

Moment = Annotated[datetime, msgspec.Meta(tz=True)]
Sample = tuple[float, str]


class RawSeries(msgspec.Struct):
    metric: Labels
    values: list[Sample]


class LastValue(msgspec.Struct):
    metric: Labels
    value: Sample


class Matrix(msgspec.Struct, tag_field="resultType", tag="matrix"):
    result: list[RawSeries]


class Vector(msgspec.Struct, tag_field="resultType", tag="vector"):
    result: list[LastValue]


class Rule(msgspec.Struct, rename="camel"):
    name: str
    query: str
    health: str
    state: str
    last_evaluation: Moment | None = None


class Group(msgspec.Struct):
    rules: list[Rule]


class Groups(msgspec.Struct):
    groups: list[Group]


class Config(msgspec.Struct):
    yaml: str


class Answer(msgspec.Struct, kw_only=True):
    """What all answers have in common; `infos` are remarks, `warnings` mean that something is missing."""

    status: Literal["success"]
    warnings: list[str] = []


class MatrixAnswer(Answer, kw_only=True):
    data: Matrix


class VectorAnswer(Answer, kw_only=True):
    data: Vector


class RulesAnswer(Answer, kw_only=True):
    data: Groups


class ConfigAnswer(Answer, kw_only=True):
    data: Config


def number(text: str) -> float:
    """Which value does this text of a sample stand for? "NaN" and "+Inf" are values. Errors: ValueError."""
    if "_" in text or text != text.strip():
        raise ValueError(f"{text!r} is no number")
    return float(text)


def milliseconds(bound: str) -> float:
    """Which bound in milliseconds is this one in seconds, without the error of a binary fraction?

    Errors: ValueError.

    >>> milliseconds("0.0049")
    4.9
    """
    try:
        return float(Decimal(bound.replace("+Inf", "Infinity")) * 1000)
    except InvalidOperation:
        raise ValueError(f"{bound!r} is no bound") from None
