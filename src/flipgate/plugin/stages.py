"""Which moments of a cutover have gates, and what does a stage run select?"""

from __future__ import annotations

import re
from dataclasses import dataclass

from flipgate.core.errors import Refused, visible

STAGES = {
    "preflight": "before the first flip",
    "baseline": "right before a flip: what later stages compare with",
    "after_flip_1": "after the first flip",
    "shim": "once reads have moved",
    "portal": "the portal's flows in a browser",
    "before_flip_2": "the gate of the second flip",
    "after_flip_2": "after the second flip",
    "before_flip_3": "the gate of the third flip",
    "after_flip_3": "after the third flip",
    "soak": "at the end of the soak",
    "rollback": "after the operator flipped back",
    "sign_off": "before the tracker is closed",
    "post_deploy": "in CI, after each deploy",
}
WRITES = "writes"  # the tag of gates that change test records
_WORD = re.compile(r"[A-Za-z_]\w*")
_STAGE_RUN = re.compile(r"(\w+)(?:\s+and\s+(\w+))?")


@dataclass(frozen=True)
class Selection:
    """What a command line asks for.

    stage    the one stage word of a stage run; "" for an exploratory run or none at all.
    runbook  the runbook named beside it; "" for whichever the environment hosts.
    touches_gates   False for a run of the suite's own tests, which keeps pytest's own codes.
    """

    stage: str
    runbook: str
    touches_gates: bool

    @property
    def exploratory(self) -> bool:
        return self.touches_gates and not self.stage


def selection(markers: str, *, narrowed: bool, names_features: bool, runbooks: tuple[str, ...]) -> Selection:
    """What does `-m markers` select? `narrowed`: -k, node ids or paths cut into it; `names_features`: they name gates.

    A stage run selects exactly one stage word, optionally `and <runbook>`, and nothing else narrows it.
    """
    words = [word for word in _WORD.findall(markers) if word not in ("and", "or", "not")]
    match = _STAGE_RUN.fullmatch(markers.strip().strip("()"))
    if match and not narrowed:
        pair = [word for word in match.groups() if word]
        stages = [word for word in pair if word in STAGES]
        hosts = [word for word in pair if word in runbooks]
        if len(stages) == 1 and len(stages) + len(hosts) == len(pair):
            return Selection(stages[0], hosts[0] if hosts else "", touches_gates=True)
    touches = names_features or any(word in STAGES or word in runbooks for word in words)
    return Selection("", "", touches)


def refuse_unknown_words(markers: str, registered: frozenset[str], runbooks: tuple[str, ...]) -> None:
    """Does every word of `-m` exist? A misspelt one would select nothing.

    Errors: Refused, with the stages and runbooks that are known.
    """
    known = {*STAGES, *runbooks, *registered, "and", "or", "not", "True", "False"}
    unknown = [word for word in _WORD.findall(re.sub(r"\([^()]*=[^()]*\)", "", markers)) if word not in known]
    if unknown:
        raise Refused(
            f"-m: unknown stage or runbook {', '.join(repr(visible(word)) for word in unknown)}; "
            f"stages: {', '.join(STAGES)}; runbooks: {', '.join(runbooks)}"
        )
