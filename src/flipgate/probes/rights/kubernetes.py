"""What may the suite's service account do in the cluster?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from flipgate.core.errors import NoData, visible
from flipgate.probes.rights import Right
from flipgate.safety.http import Door

if TYPE_CHECKING:
    from flipgate.config.environment import Kubernetes

SOURCE = "kubernetes"
_LOOKING = {"get", "list", "watch"}
# What every account may ask about itself, as `kubectl auth` does.
_ABOUT_ITSELF = {"selfsubjectaccessreviews", "selfsubjectrulesreviews", "selfsubjectreviews"}
# A get of these runs commands, opens tunnels or shows credentials.
_MORE_THAN_LOOKING = {
    "pods/exec": "runs commands in pods",
    "pods/attach": "speaks to processes in pods",
    "pods/portforward": "opens tunnels to pods",
    "pods/proxy": "calls pods through the API server",
    "services/proxy": "calls services through the API server",
    "nodes/proxy": "runs commands on nodes, past the audit log",
    "secrets": "reads secrets",
}


class Rule(msgspec.Struct, rename="camel"):
    """One rule, as the server tells it."""

    verbs: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()


class _Status(msgspec.Struct, rename="camel"):
    resource_rules: tuple[Rule, ...] = ()
    incomplete: bool = False
    evaluation_error: str = ""


class _Review(msgspec.Struct):
    status: _Status


def rights(block: Kubernetes) -> tuple[Right, ...]:
    """Which rights beyond looking has this account in its namespace: what `kubectl auth can-i --list` shows?

    Errors: Unreachable, Malformed; NoData where the server does not tell all of them.
    """
    reply = Door(SOURCE, block.url, "", block.token, block.ca_file).own_rules(block.namespace)
    status = reply.json(_Review).status
    found = tuple(_rights(status.resource_rules, block.namespace))
    if status.incomplete and not found:
        seen = visible(status.evaluation_error) or "it says so itself"
        raise NoData(SOURCE, f"the server does not tell all rights: {seen}", reply.asked)
    return found


def _rights(rules: tuple[Rule, ...], namespace: str) -> Iterator[Right]:
    for kind, what in dict.fromkeys(pair for rule in rules for pair in _of(rule)):
        mend = (
            f"kubectl -n {namespace} edit the role that says so (kubectl -n {namespace} get rolebindings -o wide); "
            "docs/least-privilege.md has the whole role"
        )
        yield Right(SOURCE, kind, f"the account {what}", mend)


def _of(rule: Rule) -> Iterator[tuple[str, str]]:
    for resource in (visible(name, 60) for name in rule.resources):
        verbs = {visible(verb, 40) for verb in rule.verbs}
        if resource == "*" or resource.startswith("*/") or "*" in verbs:
            yield "wildcard", f"may {', '.join(sorted(verbs))} {resource}: a wildcard grows with the cluster"
        elif resource in _MORE_THAN_LOOKING:
            yield resource, _MORE_THAN_LOOKING[resource]
        elif resource not in _ABOUT_ITSELF and (beyond := sorted(verbs - _LOOKING)):
            yield _kind(resource, beyond), f"may {', '.join(beyond)} {resource}"


def _kind(resource: str, verbs: list[str]) -> str:
    special = {"impersonate": "impersonation", "escalate": "escalation", "bind": "escalation"}
    tokens = "tokens" if resource in ("serviceaccounts/token", "tokenreviews") else "changes"
    return next((special[verb] for verb in verbs if verb in special), tokens)
