"""Is this text one plain SELECT? What stands in it is looked up in lists of what may; nothing is looked for.

A parser reads it, and each part of its tree has to be of a known kind: a lock, an INTO, a DML statement in a WITH, a
function or a type that is on no list is refused by not being there. Text that two parsers could read in two ways
(escapes, dollar quotes, comments, a second statement) is refused before that.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from flipgate.core.errors import Refused, visible

if TYPE_CHECKING:
    from sqlglot import expressions as exp

_QUOTED = re.compile(r"'[^'\\]*'")
_OPAQUE = re.compile(r"""['\\;$]|--|/\*|\b[ebnux]&?['"]""", re.IGNORECASE)
_FIRST = re.compile(r"\s*(select|with)\s", re.IGNORECASE)
_LONGEST = 10_000

# The parser's own names for what a question may consist of.
_PART = re.compile(
    "Select|Union|Subquery|With|CTE|From|Join|Where|Group|Having|Order|Ordered|Limit|Offset|Distinct"
    "|Table|TableAlias|Alias|Aliases|Column|Identifier|Star|Placeholder|Literal|Boolean|Null|Paren|Tuple|Array"
    "|And|Or|Not|EQ|NEQ|NullSafeEQ|NullSafeNEQ|GT|GTE|LT|LTE|Is|In|Any|Exists|Between|Like|Add|Sub|Mul|Div|Neg|Case|If|Dot|DPipe"
    "|Cast|DataType|ObjectIdentifier|Count|Max|Min|Sum|Avg|Filter|Coalesce|Unnest|Anonymous|CurrentUser|CurrentDatabase"
)
# Functions of PostgreSQL that only tell something.
_TELLING = re.compile(
    "to_regclass|pg_control_system|pg_is_in_recovery|pg_postmaster_start_time|clock_timestamp|txid_current_if_assigned"
    "|pg_current_snapshot|pg_snapshot_xmax"
    "|has_(table|any_column|sequence|schema|database|function|server)_privilege"
)


def plain_select(sql: str) -> None:
    """Is this one SELECT that can write nothing, lock nothing and call nothing but what is known?

    Errors: Refused, naming the part.
    """
    if problem := _problem(sql):
        raise Refused(f"postgresql: {visible(problem, 60)} is not part of a plain SELECT: {visible(sql, 60)!r}")


@lru_cache(maxsize=256)
def _problem(sql: str) -> str:
    import sqlglot
    from sqlglot import expressions as exp

    if opaque := _OPAQUE.search(_bare(sql)):
        return opaque[0]
    if len(sql) > _LONGEST or not _FIRST.match(sql):
        return "what is no SELECT"
    try:
        trees = sqlglot.parse(sql, dialect="postgres")
    except (sqlglot.errors.SqlglotError, RecursionError):
        return "what no parser reads"
    tree = trees[0] if len(trees) == 1 else None
    if not isinstance(tree, exp.Select | exp.Union):
        return "what is no SELECT"
    return next((problem for part in tree.walk() if (problem := _foreign(part))), "")


def _foreign(part: exp.Expr) -> str:
    """How is this part called, if it is on no list? The name of a function is the database's, the rest the parser's."""
    kind = type(part).__name__
    if not _PART.fullmatch(kind):
        return kind.lower()
    if kind == "Anonymous" and not _TELLING.fullmatch(part.name.lower()):
        return f"{part.name}()"
    if kind == "DataType" and part.this.name == "USERDEFINED":
        return f"the type {part.sql(dialect='postgres')}"
    return ""


def _bare(sql: str) -> str:
    """The text without its plain literals; what stood before a quote stays, so that E'…' and U&"…" are seen."""
    return _QUOTED.sub(lambda found: " " if _plain_before(sql, found.start()) else found[0], sql)


def _plain_before(sql: str, start: int) -> bool:
    return not (start and (sql[start - 1].isalnum() or sql[start - 1] in "_&"))
