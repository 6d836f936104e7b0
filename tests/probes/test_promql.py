"""Metrics and bounds are read out of expressions and labels as Prometheus writes them."""

from __future__ import annotations

import math

import pytest

from flipgate.probes.prometheus_answers import milliseconds
from flipgate.probes.promql import metrics


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        ("vector(1)", set()),
        ('sum by (le) (rate(a_bucket{x="1"}[5m])) > 3 and on() absent(b) or c:d', {"a_bucket", "b", "c:d"}),
        ('min_over_time((a - {__name__="b"})[5m:1m] offset 1h)', {"a", "b"}),
    ],
)
def test_the_metrics_of_an_expression_are_named(expression: str, names: set[str]) -> None:
    assert metrics(expression) == names


@pytest.mark.parametrize("expression", ["", "a b", "sum(", '{job="x"}', '{__name__=~"a.*"}'])
def test_an_expression_that_names_no_metrics_to_look_for_says_so(expression: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        metrics(expression)


@pytest.mark.parametrize(
    ("bound", "ms"), [("0.005", 5.0), ("0.0049", 4.9), ("5e-03", 5.0), ("1", 1000.0), ("+Inf", math.inf)]
)
def test_a_bound_in_seconds_becomes_exact_milliseconds(bound: str, ms: float) -> None:
    assert milliseconds(bound) == ms
