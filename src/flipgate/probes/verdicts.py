"""What does each address of governance answer when it is asked what a member may do?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flipgate.core.errors import Malformed, visible
from flipgate.probes.grpc_call import GrpcCalls, Method

if TYPE_CHECKING:
    from google.protobuf.message import Message

    from flipgate.config.environment import Service

CHECK = "upsquad.governance.v1.GovernanceService/Check"


@dataclass(frozen=True)
class Question:
    """May this member of this tenant do this to that resource?"""

    tenant: str
    member: str
    action: str
    resource: str


@dataclass(frozen=True)
class Answer:
    """The verdict by its name, how many layers were looked at, and the policy that decided ("" for none)."""

    verdict: str
    layers: int
    policy: str


class Verdicts:
    """Asks the governance service."""

    def __init__(self, block: Service) -> None:
        self._calls = GrpcCalls(block)

    def answers(self, questions: Sequence[Question]) -> dict[str, tuple[Answer, ...]]:
        """What does each address answer, in the order of the questions?

        Errors: Unreachable, Malformed, NoData, Ambiguous.
        """
        method = self._calls.methods([CHECK])[CHECK]
        asked = [
            (one.tenant, {"member_id": one.member, "action": one.action, "resource": one.resource}) for one in questions
        ]
        return {
            str(address): tuple(_answer(method, message) for message in self._calls.answers(address, method, asked))
            for address in self._calls.addresses
        }


def _answer(method: Method, message: Message) -> Answer:
    answer: Any = message
    described: Any = method.response.DESCRIPTOR
    try:
        verdict = described.fields_by_name["verdict"].enum_type.values_by_number[answer.verdict].name
        return Answer(verdict, answer.layers, visible(answer.matched_policy_id))
    except (KeyError, AttributeError) as error:
        raise Malformed("grpc", f"an answer without a known verdict: {visible(str(error))}", method.path) from error
