"""Does the signed statement speak of these files, now and here, and does it say what the records make?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib.metadata import version

from flipgate.core.errors import visible
from flipgate.core.verdict import Verdict
from flipgate.evidence.pack.contents import SIGN_OFF, Contents, runs_of
from flipgate.evidence.pack.envelope import NAME as ENVELOPE
from flipgate.evidence.pack.extract import Extract
from flipgate.evidence.pack.folder import SUMS, Folder, sha256
from flipgate.evidence.pack.reasons import Finding
from flipgate.evidence.pack.seal import name_of
from flipgate.evidence.pack.statement import (
    PREDICATE_TYPE,
    RESULTS,
    STATEMENT_TYPE,
    Seal,
    Statement,
    configuration_of,
    executed_of,
    expected_of,
    outcomes_of,
)

_FRESH = timedelta(hours=24)
_SKEW = timedelta(minutes=5)


def of_these_files(folder: Folder, stated: Statement) -> Iterator[Finding]:
    """Is it a statement of the wanted kind, over exactly these files?"""
    if stated.kind != STATEMENT_TYPE:
        yield Finding("statement-type", ENVELOPE, visible(stated.kind))
    if stated.predicateType != PREDICATE_TYPE:
        yield Finding("predicate-type", ENVELOPE, visible(stated.predicateType))
    subjects = {subject.name: subject.digest.get("sha256", "") for subject in stated.subject}
    present = {**folder.listed, SUMS: sha256(folder.files.get(SUMS, b""))}
    if not subjects:
        yield Finding("subject-empty", ENVELOPE)
    elif subjects != present or len(subjects) < len(stated.subject):
        odd = sorted(name for name in subjects.keys() | present.keys() if subjects.get(name) != present.get(name))
        yield Finding("subject-differs", ENVELOPE, visible(", ".join(odd[:5])))


def now_and_here(folder: Folder, seal: Seal, now: datetime, environment: str) -> Iterator[Finding]:
    """Is it of this place and time, and not of a flipgate that knows more than this one?"""
    called, sealed_as = folder.path.resolve().name, name_of(seal)
    if not re.fullmatch(re.escape(sealed_as) + r"(-\d+)?", called):
        yield Finding("folder-renamed", visible(called), f"sealed as {visible(sealed_as)}")
    if environment and environment != seal.environment:
        yield Finding("other-environment", ENVELOPE, visible(f"{seal.environment}, {environment} was asked for"))
    if seal.sealed_at.tzinfo is None or seal.sealed_at > now + _SKEW:
        yield Finding("sealed-in-future", ENVELOPE, seal.sealed_at.isoformat())
    if _numbers(seal.flipgate) > _numbers(version("flipgate")):
        yield Finding("verifier-older", ENVELOPE, visible(f"{seal.flipgate}; this is {version('flipgate')}"))


def of_these_records(stated: Statement, taken: Extract, found: Contents) -> Iterator[Finding]:
    """Is what was sealed what the records make?"""
    seal, predicate, outcomes = stated.seal, stated.predicate, outcomes_of(found.runs)
    lists = (predicate.passedTests, predicate.warnedTests, predicate.failedTests)
    verdict = found.verdict if found.runs else Verdict.HOLD
    made: tuple[tuple[str, object, object], ...] = (
        ("records-lost", seal.records, len(taken.lines)),
        ("head-differs", seal.head, taken.head),
        ("anchor-differs", seal.after, taken.after),
        ("runs-differ", seal.runs, runs_of(found.runs)),
        ("verdict-differs", seal.verdict, verdict.value),
        ("gates-expected-differ", seal.expected, expected_of(found.runs)),
        ("gates-executed-differ", seal.executed, executed_of(found.runs)),
        ("gates-outcome-differ", lists, tuple(outcomes[one] for one in (Verdict.GO, Verdict.HOLD, Verdict.STOP))),
        ("configuration-differs", predicate.configuration, configuration_of(found.runs) if found.runs else ()),
        ("result-differs", predicate.result, _result(seal.verdict)),
    )
    yield from (Finding(code, ENVELOPE, _difference(says, makes)) for code, says, makes in made if says != makes)
    yield from _timely(seal, found)


def _timely(seal: Seal, found: Contents) -> Iterator[Finding]:
    ends = [run.began_machine_at + (run.ended_at - run.began_at) for run in found.runs if run.stage == SIGN_OFF]
    if seal.sealed_at.tzinfo is None or not ends:
        return
    if seal.sealed_at > ends[-1] + _FRESH:
        yield Finding("seal-stale", ENVELOPE, f"signed off {ends[-1].isoformat()}, sealed {seal.sealed_at.isoformat()}")
    if seal.sealed_at < ends[-1] - _SKEW:
        yield Finding("seal-before-end", ENVELOPE, seal.sealed_at.isoformat())


def _difference(says: object, makes: object) -> str:
    if isinstance(says, tuple) and isinstance(makes, tuple):
        odd = [one for one in (*says, *makes) if (one in says) != (one in makes)]
        return visible(f"{len(odd)} differ: {odd[:2]}")
    return visible(f"sealed {says}, the records make {makes}")


def _result(verdict: str) -> str:
    return next((result for known, result in RESULTS.items() if known.value == verdict), "none")


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text))
