"""What is written into the tracker: the verdict first, the boxes, what decided each stage, and a digest to check by?

What was observed stands in it as code and cannot act: no mention, link, image, table, fence or line of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from flipgate.core.errors import visible
from flipgate.core.redaction import redacted
from flipgate.core.verdict import Verdict
from flipgate.evidence.account import GateAccount, RunAccount
from flipgate.evidence.pack.statement import Seal, newest
from flipgate.evidence.summary import counted
from flipgate.evidence.witnesses import in_all, sentence
from flipgate.evidence.words import Waived
from flipgate.evidence.writes import told

LONGEST = 60_000
_CELL = 160
_TITLE = 120
_FIGURES = (12, 6, 3, 1, 0)  # per stage, as many as there is room for
_MOST_ROWS = 40


def marker(runbook: str, environment: str) -> str:
    """By which first line is the one comment of this runbook and environment found again?"""
    return f"<!-- flipgate sign-off {runbook} {environment} -->"


def comment(seal: Seal, runs: Sequence[RunAccount], evidence: str) -> str:
    """How does the pack read in the tracker? Below 60,000 characters always.

    evidence  the digest of evidence.json.
    """
    drafts = ("\n".join(_lines(seal, runs, evidence, figures)) + "\n" for figures in _FIGURES)
    return next((draft for draft in drafts if len(draft) < LONGEST), "") or _shortest(seal, evidence)


def inert(text: str, longest: int = _CELL) -> str:
    """How does foreign text stand in Markdown without being able to act? As code, on one line, of plain characters.

    >>> inert("@all `x` | y")
    "`@all 'x' ¦ y`"
    """
    shown = visible(redacted(text), longest).replace("`", "'").replace("|", "¦").strip()
    return f"`{shown}`" if shown else ""


def _lines(seal: Seal, runs: Sequence[RunAccount], evidence: str, figures: int) -> Iterator[str]:
    yield from _head(seal, runs[-1].waived if runs else ())
    signing = [run for run in newest(runs) if run.stage == "sign_off"]
    yield from _boxes(signing[-1].gates if signing else ())
    yield "### Stages"
    yield ""
    yield "| verdict | stage | began (UTC) | gates |"
    yield "|---|---|---|---|"
    for run in newest(runs)[:_MOST_ROWS]:
        yield f"| **{run.standing.value}** | {inert(run.stage)} | {_time(run.began_at)} | {counted(run.gates)} |"
    yield ""
    yield from _reach(newest(runs))
    if figures:
        for run in newest(runs)[:_MOST_ROWS]:
            yield from _figures(run, figures)
    yield from _foot(seal, evidence)


def _head(seal: Seal, waived: Sequence[Waived]) -> Iterator[str]:
    yield marker(seal.runbook, seal.environment)
    yield f"## {'REHEARSAL: ' if seal.provisioned else ''}{seal.verdict}: {inert(seal.title, _TITLE)}"
    yield ""
    if seal.provisioned:
        yield "**REHEARSAL. An embedded environment was looked at; this signs off nothing else.**"
        yield ""
    if seal.verdict != Verdict.GO.value:
        yield f"**{seal.verdict}: this is no sign-off.** What is open stands below."
        yield ""
    for word in waived[:_MOST_ROWS]:
        told = f"{inert(word.what)} by {inert(word.by)}, answered for by {inert(word.owner)}"
        yield f"- **waived, not GO**: {told}, until {_time(word.expires)}: {inert(word.reason)}"
    yield f"{inert(seal.environment)} (tier {inert(seal.tier)}), sealed {_time(seal.sealed_at)}"
    yield ""


def _boxes(gates: Sequence[GateAccount]) -> Iterator[str]:
    yield "### Boxes"
    yield ""
    if not gates:
        yield "No sign-off was run."
    for gate in gates[:_MOST_ROWS]:
        tick = "x" if gate.verdict is Verdict.GO else " "
        yield f"- [{tick}] {inert(gate.text.title, _TITLE)} **{gate.verdict.value}** {inert(_seen(gate))}"
    yield ""


def _reach(runs: Sequence[RunAccount]) -> Iterator[str]:
    """How far did the suite reach: what it did, and what its credentials were allowed to do beyond reading?"""
    yield f"In these stages: {sentence(in_all(run.witnesses for run in runs))}."
    for run in runs:
        for one in told(run.writes)[:_MOST_ROWS]:
            yield f"- wrote at {inert(run.stage)}: {inert(one)}"
    reasons = {reason: run.stage for run in runs if (reason := run.start.allowed.get("allow_write_capable"))}
    for reason, stage in list(reasons.items())[:_MOST_ROWS]:
        yield f"- credentials that can do more than read were put up with at {inert(stage)}: {inert(reason)}"
    yield ""


def _figures(run: RunAccount, most: int) -> Iterator[str]:
    """What decided: the worst gates first."""
    order = (Verdict.STOP, Verdict.HOLD, Verdict.GO)
    gates = sorted(run.gates, key=lambda gate: order.index(gate.verdict))
    yield f"<details><summary>{run.verdict.value} {run.stage if run.stage.isidentifier() else 'stage'}</summary>"
    yield ""
    yield "| verdict | gate | seen | limit |"
    yield "|---|---|---|---|"
    for gate in gates[:most]:
        limit = inert(gate.deciding[0].limit) if gate.deciding else ""
        yield f"| {gate.verdict.value} | {inert(gate.text.title, _TITLE)} | {inert(_seen(gate))} | {limit} |"
    yield ""
    if len(gates) > most:
        yield f"{len(gates) - most} more in evidence.json."
        yield ""
    yield "</details>"
    yield ""


def _seen(gate: GateAccount) -> str:
    return f"{gate.deciding[0].subject}: {gate.deciding[0].seen}" if gate.deciding else "not judged"


def _foot(seal: Seal, evidence: str) -> Iterator[str]:
    yield f"evidence.json `sha256:{evidence}`, {seal.records} records, last `{seal.head}`."
    yield "To check: `flipgate verify PACK --key PUB`, then compare this comment with the pack's comment.md."


def _shortest(seal: Seal, evidence: str) -> str:
    return "\n".join([*_head(seal, ()), *_foot(seal, evidence)]) + "\n"


def _time(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
