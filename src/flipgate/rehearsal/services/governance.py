"""How a check is decided: a walk through layers of policies, the tightest first."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Policy:
    id: str
    layer: str
    effect: str
    action: str
    resource: str


@dataclass(frozen=True)
class Question:
    """May this member do this to that resource?"""

    member_id: str
    action: str
    resource: str

    @property
    def kind(self) -> str:
        """`team/7` is a question about a `team`."""
        return self.resource.partition("/")[0]


@dataclass(frozen=True)
class Decision:
    verdict: str
    layers: int
    policy_id: str


LEGACY_LAYERS = ("team", "org", "platform")
# The cascade walks the org units that a member is in; the policies of a team are those of its org unit.
CASCADE_LAYERS = ("member", "team", "org", "platform")


def decide(policies: Sequence[Policy], question: Question, layers: Sequence[str] = LEGACY_LAYERS) -> Decision:
    """Is this allowed? The tightest layer with a policy on it decides, deny before allow; without any: denied."""
    for layer in layers:
        fitting = [p for p in policies if (p.layer, p.action, p.resource) == (layer, question.action, question.kind)]
        if fitting:
            chosen = min(fitting, key=lambda policy: (policy.effect != "deny", policy.id))
            return Decision(chosen.effect.upper(), len(layers), chosen.id)
    return Decision("DENY", len(layers), "")
