"""What may this run do beyond reading, and may it begin?"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from flipgate.config.environment import Environment
from flipgate.core.errors import Refused
from flipgate.evidence.records import GateText
from flipgate.plugin.runbook import Runbook
from flipgate.plugin.stages import WRITES
from flipgate.probes.rights import audited


def leave(
    environment: Environment, runbook: Runbook, gates: Sequence[GateText], option: argparse.Namespace
) -> dict[str, str]:
    """May this run begin here, and what is it allowed beyond reading?

    Errors: Refused: a tier that the runbook excludes, gates that write without leave, credentials that could.
    """
    if environment.tier in runbook.refused_tiers:
        raise Refused(
            f"{environment.name} is a {environment.tier} environment: {runbook.refused_tiers[environment.tier]}"
        )
    _refuse_unasked_writes(environment, gates, on_prod=option.writes_on_prod)
    return {} if option.collectonly else _refuse_write_capable(environment)


def _refuse_unasked_writes(environment: Environment, gates: Sequence[GateText], *, on_prod: bool) -> None:
    """Have the gates that change something leave to, twice where it is prod?"""
    writing = [gate.title for gate in gates if WRITES in gate.tags]
    if not writing:
        return
    told = f"{len(writing)} gates of this stage change test records ({writing[0]!r}, …)"
    if environment.writes is None:
        raise Refused(
            f"{told}, and environments/{environment.name}.toml does not say that they may: "
            'writes = "allowed", with the ids in test_records'
        )
    if environment.tier == "prod" and not on_prod:
        raise Refused(f"{told}, and {environment.name} is prod: say so a second time, with --writes-on-prod")


def _refuse_write_capable(environment: Environment) -> dict[str, str]:
    """A credential that could write needs the file's word. A system that cannot be asked refuses nothing: HOLD."""
    found = [str(right) for right in audited(environment).rights]
    if found and environment.allow_write_capable is None:
        more = f"; and {len(found) - 1} more" if len(found) > 1 else ""
        raise Refused(
            f"credentials of {environment.name} can do more than read: {found[0]}{more}. "
            f"`flipgate doctor --env {environment.name}` tells each with the command that mends it; "
            'allow_write_capable = "reason" in the environment file puts up with it'
        )
    return environment.allowed | ({"write_capable": "; ".join(found)} if found else {})
