"""What does the signer state? An in-toto Statement over every file, with the predicate `test-result`.

https://in-toto.io/Statement/v1, https://in-toto.io/attestation/test-result/v0.1; what those have no field for stands
under `flipgate`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from flipgate.core.verdict import Verdict
from flipgate.evidence.account import RunAccount
from flipgate.evidence.canonical import canonical
from flipgate.evidence.pack.strict import strict

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "https://in-toto.io/attestation/test-result/v0.1"
RESULTS = {Verdict.GO: "PASSED", Verdict.HOLD: "WARNED", Verdict.STOP: "FAILED"}
Tree = dict[str, Any]


class Seal(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was sealed, beside the files: whose cutover, which verdict, which records, which gates.

    after, head   the digests of the ledger's line before the first record here, and of the last.
    records       how many lines.
    sealed_at     machine time.
    looked_for    the credentials that every byte was searched for, by their references.
    """

    environment: str
    tier: str
    instance: str
    provisioned: bool
    runbook: str
    title: str
    tracker: str
    issue_url: str
    verdict: str
    sealed_at: datetime
    after: str
    head: str
    records: int
    runs: tuple[str, ...]
    expected: tuple[str, ...]
    executed: tuple[str, ...]
    looked_for: tuple[str, ...]
    flipgate: str


class Predicate(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """test-result v0.1, with the seal beside its own fields."""

    result: str
    configuration: tuple[Tree, ...]
    passedTests: tuple[str, ...]  # noqa: N815 - the predicate's own names
    warnedTests: tuple[str, ...]  # noqa: N815
    failedTests: tuple[str, ...]  # noqa: N815
    flipgate: Seal


class Subject(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file."""

    name: str
    digest: dict[str, str]


class Statement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"kind": "_type"}):
    """The whole statement."""

    kind: str
    subject: tuple[Subject, ...]
    predicateType: str  # noqa: N815
    predicate: Predicate

    @property
    def seal(self) -> Seal:
        return self.predicate.flipgate


def statement(seal: Seal, runs: Sequence[RunAccount], files: dict[str, str]) -> Statement:
    """What is stated of these files (name to digest) and of these runs?"""
    outcomes = outcomes_of(runs)
    return Statement(
        kind=STATEMENT_TYPE,
        subject=tuple(Subject(name, {"sha256": digest}) for name, digest in sorted(files.items())),
        predicateType=PREDICATE_TYPE,
        predicate=Predicate(
            result=RESULTS[Verdict(seal.verdict)],
            configuration=configuration_of(runs),
            passedTests=outcomes[Verdict.GO],
            warnedTests=outcomes[Verdict.HOLD],
            failedTests=outcomes[Verdict.STOP],
            flipgate=seal,
        ),
    )


def written(stated: Statement) -> bytes:
    """By which bytes is it signed?"""
    return canonical(stated)


def read_statement(payload: bytes) -> Statement:
    """Which statement is this?

    Errors: ValueError where it is not in its one form, or of another shape.
    """
    found = msgspec.convert(strict(payload), Statement)
    if written(found) != payload:
        raise ValueError("it is not in canonical form")
    return found


def newest(runs: Sequence[RunAccount]) -> tuple[RunAccount, ...]:
    """Which runs count: of each stage the newest?"""
    return tuple({run.start.stage: run for run in runs if run.start.stage}.values())


def expected_of(runs: Sequence[RunAccount]) -> tuple[str, ...]:
    """Which gates had to be judged?"""
    return _sorted(gate.id for run in newest(runs) for gate in run.start.manifest)


def executed_of(runs: Sequence[RunAccount]) -> tuple[str, ...]:
    """Which gates were?"""
    return _sorted(gate.text.id for run in newest(runs) for gate in run.gates if gate.steps)


def outcomes_of(runs: Sequence[RunAccount]) -> dict[Verdict, tuple[str, ...]]:
    """Which gates came to which verdict?"""
    gates = [gate for run in newest(runs) for gate in run.gates]
    return {verdict: _sorted(gate.text.id for gate in gates if gate.verdict is verdict) for verdict in Verdict}


def configuration_of(runs: Sequence[RunAccount]) -> tuple[Tree, ...]:
    """By what was judged? The digests that the newest run recorded."""
    digests = newest(runs)[-1].start.digests
    return tuple(
        {"name": name, "digest": {"sha256": digest.removeprefix("sha256:")}} for name, digest in sorted(digests.items())
    )


def _sorted(ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(ids))
