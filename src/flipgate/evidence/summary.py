"""Where do several runs stand together, and how is that said in a line?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC

from flipgate.core.verdict import Verdict, worst
from flipgate.evidence.account import GateAccount, RunAccount

WORST_FIRST = (Verdict.STOP, Verdict.HOLD, Verdict.GO)


def standing(runs: Sequence[RunAccount]) -> Verdict:
    """Where do these runs stand? The worst of the newest run of each stage; a run of no stage counts only alone."""
    newest = {run.start.stage: run.standing for run in runs if run.start.stage or len(runs) == 1}
    return worst(newest.values())


def run_line(run: RunAccount) -> str:
    """How is a run called among others? By stage, verdict and time."""
    return f"{run.stage} {run.verdict.value} {run.began_at.astimezone(UTC):%H:%M:%S}"


def reached(runs: Sequence[RunAccount]) -> str:
    """Which stage, or how far did they come?"""
    stages = tuple(dict.fromkeys(run.stage for run in runs))
    return stages[0] if len(stages) == 1 else f"{stages[0]} to {runs[-1].stage}"


def counted(gates: Iterable[GateAccount]) -> str:
    """How many gates have which verdict? The worst first."""
    verdicts = Counter(gate.verdict for gate in gates)
    return ", ".join(f"{verdicts[verdict]} {verdict.value}" for verdict in WORST_FIRST if verdicts[verdict])
