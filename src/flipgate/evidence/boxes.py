"""Which boxes of the sign-off list are ticked, by whom, and which are open? At a glance."""

from __future__ import annotations

from collections.abc import Sequence

from flipgate.core.verdict import Verdict
from flipgate.evidence.account import GateAccount, RunAccount
from flipgate.evidence.markup import Markup, element

SIGN_OFF = "sign_off"


def boxes(runs: Sequence[RunAccount]) -> Markup:
    """How do the boxes of the newest sign-off look, in their order? Nothing where none was run."""
    signing = [run for run in runs if run.stage == SIGN_OFF]
    if not signing or not signing[-1].gates:
        return Markup()
    gates = signing[-1].gates
    ticked = sum(gate.verdict is Verdict.GO for gate in gates)
    head = element("h2", f"Boxes: {ticked} of {len(gates)} ticked")
    return element("section", head, element("ol", *(_box(gate) for gate in gates), class_="boxes sheet"))


def _box(gate: GateAccount) -> Markup:
    tick = "✓" if gate.verdict is Verdict.GO else "✗" if gate.verdict is Verdict.STOP else "–"
    seen = gate.deciding[0].seen if gate.deciding else "not judged"
    mark = element("span", tick, class_="tick", aria_label=gate.verdict.value, role="img")
    told = element("span", gate.text.title, element("span", seen, class_="aside"), class_="told")
    return element("li", mark, told, class_=gate.verdict.value.lower())
