"""Can this environment's credentials do more than read, and how is that mended?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

from flipgate.config.environment import Environment
from flipgate.config.load import environment, read
from flipgate.config.provision import Provisioned
from flipgate.probes.rights import Audit, audited


def examined(name: str, environments: Path) -> tuple[Environment, Audit]:
    """What did its systems tell of the credentials? A provisioned environment is up meanwhile.

    Errors: Refused for a file that is not in order.
    """
    tree = read(name, environments)
    words = tree.get("provision")
    with Provisioned([str(word) for word in words]) if isinstance(words, list) and words else nullcontext() as up:
        found = environment(name, tree, up.printed if up else {})
        return found, audited(found)


def told(found: Environment, audit: Audit) -> Iterator[str]:
    """How is it said? Finding by finding, with the command that mends it for whoever administers the system."""
    for system in audit.asked:
        rights = [right for right in audit.rights if right.system.startswith(_SPOKEN[system])]
        yield f"{system}: {f'{len(rights)} rights beyond reading' if rights else 'reads, and nothing else'}"
        for right in rights:
            yield f"  {right.kind}: {right.what}"
            yield f"    mend: {right.mend}"
    for problem in audit.unanswered:
        yield f"not known: {problem.source}: {problem.seen}"
    if tokens := [name for name in ("gateway", "portal", "tracker") if getattr(found, name) is not None]:
        yield f"told by no server: what the tokens of {', '.join(tokens)} may do: give them to those who only look"
    if audit.rights and found.allow_write_capable is not None:
        yield f"put up with here: {found.allow_write_capable}"


# How the probes call the systems that the environment file calls so.
_SPOKEN = {"redis": "redis", "postgres": "postgresql", "kubernetes": "kubernetes"}
