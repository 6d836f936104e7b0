"""Which metrics does an expression of PromQL name?"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from promql_parser import Expr, VectorSelector


def metrics(expression: str) -> frozenset[str]:
    """Which metrics does this expression name? Errors: ValueError where it cannot be read, or chooses names by pattern.

    >>> sorted(metrics('rate(a_total{x="1"}[5m]) > 3 and on() absent(b)'))
    ['a_total', 'b']
    """
    import promql_parser

    names: set[str] = set()

    def visit(node: Expr) -> None:
        if isinstance(node, promql_parser.VectorSelector):
            names.add(_name(node))

    promql_parser.walk(promql_parser.parse(expression), visit)
    return frozenset(names)


def _name(selector: VectorSelector) -> str:
    from promql_parser import MatchOp

    if selector.name:
        return selector.name
    for matcher in selector.matchers.matchers:
        if matcher.name == "__name__" and matcher.op == MatchOp.Equal:
            return matcher.value
    raise ValueError(f"{selector} names no metric")
