"""No gate may answer GO, or break, over nothing."""

from __future__ import annotations

import dataclasses
import math
import types
import typing
from collections.abc import Callable
from datetime import date, datetime

import pytest

import flipgate.gates
from flipgate.core.judgement import GATES, Figure, Judgement
from tests.unit.gates.given import HOLD, NOW, TODAY, last, seen

FIGURES: dict[type, Figure] = {bool: True, int: 10, float: 600.0, str: "cascade_4layer"}
EMPTY: dict[object, object] = {str: "", int: 0, float: math.nan, bool: False, datetime: NOW, date: TODAY}


def emptiest(kind: typing.Any) -> object:
    """A value of this type with nothing in it: no text, no number, no entries, no optional part, all the way down."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        return kind(**{field.name: emptiest(hints[field.name]) for field in dataclasses.fields(kind)})
    if origin in (typing.Union, types.UnionType):
        return None if type(None) in arguments else emptiest(arguments[0])
    if origin is tuple:
        return () if Ellipsis in arguments else tuple(map(emptiest, arguments))
    return {} if origin is dict else EMPTY[kind]


@pytest.mark.parametrize("windowed", [False, True])
@pytest.mark.parametrize("name", sorted(GATES))
def test_nothing_at_all_is_hold(name: str, *, windowed: bool) -> None:
    judge: Callable[..., Judgement] = GATES[name]
    hints = typing.get_type_hints(judge)
    nothing = emptiest(typing.get_args(hints.pop("its"))[0])
    hints.pop("return")
    figures = {figure: FIGURES[kind] for figure, kind in hints.items()}
    judgement = judge(seen(nothing, last(600) if windowed else None), **figures)
    assert judgement.verdict is HOLD
    assert judgement.seen
    assert (judgement.gate, judgement.figures) == (name, figures)


def test_importing_the_package_registers_the_gates_of_every_module() -> None:
    assert {name.partition(".")[0] for name in GATES} >= set(flipgate.gates.__all__)
