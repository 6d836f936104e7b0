"""What may this run do beyond reading, and may it begin?"""

from __future__ import annotations

from collections.abc import Sequence

from flipgate.config.environment import Environment
from flipgate.core.errors import Refused
from flipgate.evidence.records import GateText
from flipgate.plugin.stages import WRITES
from flipgate.probes.rights import audited


def refuse_unasked_writes(environment: Environment, gates: Sequence[GateText], *, on_prod: bool) -> None:
    """Do the gates that change something have leave to, twice where it is prod?

    Errors: Refused.
    """
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


def refuse_write_capable(environment: Environment) -> dict[str, str]:
    """What is allowed here beyond reading, and put up with? A credential that could write needs the file's word.

    A system that cannot be asked refuses nothing: its gates are HOLD.

    Errors: Refused, with the rights found and the command that tells how to mend them.
    """
    found = [str(right) for right in audited(environment).rights]
    if found and environment.allow_write_capable is None:
        more = f"; and {len(found) - 1} more" if len(found) > 1 else ""
        raise Refused(
            f"credentials of {environment.name} can do more than read: {found[0]}{more}. "
            f"`flipgate doctor --env {environment.name}` tells each with the command that mends it; "
            'allow_write_capable = "reason" in the environment file puts up with it'
        )
    return environment.allowed | ({"write_capable": "; ".join(found)} if found else {})
