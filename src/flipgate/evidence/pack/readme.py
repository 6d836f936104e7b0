"""How does somebody check this pack who was not there, and how would they make it again?"""

from __future__ import annotations

from collections.abc import Sequence

from flipgate.core.errors import visible
from flipgate.evidence.account import RunAccount
from flipgate.evidence.pack.statement import Seal, newest

_TEXT = """\
# {rehearsal}{verdict}: {title} on {environment}

{standing}Sealed {sealed_at}; runbook {runbook}, tier {tier}, {records} records, {runs} runs.

| file | holds |
|---|---|
| `report.html` | what happened, for people: verdict, way, boxes, plots, then every step |
| `comment.md` | the same in short, for the tracker |
| `evidence.json` | every record of the ledger since this instance began: all else here is made from it |
| `pictures/` | the screenshots that records name by digest |
| `SHA256SUMS` | the digest of each of these files |
| `attestation.dsse.json` | the signed statement over all of them (DSSE, in-toto, test-result v0.1) |

## To check it

    sha256sum -c SHA256SUMS
    flipgate verify . --key PUB

The second is the one that counts. It works offline, with flipgate {flipgate} or newer, and computes every verdict again
from the recorded observations. PUB is the public key of whoever signed, from a place that this pack cannot have
written. Exit status: 0 the pack holds and says GO; 10 it holds and says HOLD; 20 it says STOP or does not hold.

## To make it again

{commands}

    flipgate sign-off --env {environment} --runbook {runbook}

| what judged | digest |
|---|---|
{digests}

Credentials that every byte of this pack was searched for: {looked_for}. Others are known only by the way they are
written.
"""


def readme(seal: Seal, runs: Sequence[RunAccount]) -> bytes:
    """How does README.md read?"""
    counting = newest(runs)
    digests = counting[-1].start.digests if counting else {}
    rehearsal = "REHEARSAL: " if seal.provisioned else ""
    standing = "**REHEARSAL: this signs off no other environment.** " if seal.provisioned else ""
    if seal.verdict != "GO":
        standing += f"**{seal.verdict}: this is no sign-off.** "
    text = _TEXT.format(
        rehearsal=rehearsal,
        standing=standing,
        verdict=seal.verdict,
        title=visible(seal.title),
        environment=visible(seal.environment),
        runbook=visible(seal.runbook),
        tier=seal.tier,
        sealed_at=seal.sealed_at.isoformat(),
        records=seal.records,
        runs=len(seal.runs),
        flipgate=seal.flipgate,
        commands="\n".join(f"    pytest -m {visible(run.stage)} --env {visible(seal.environment)}" for run in counting),
        digests="\n".join(f"| {visible(name)} | `{visible(digest)}` |" for name, digest in sorted(digests.items())),
        looked_for=", ".join(f"`{visible(reference)}`" for reference in seal.looked_for) or "none",
    )
    return text.encode()
