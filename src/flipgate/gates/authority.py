"""Is this the environment that the operator may flip?"""

from __future__ import annotations

import re

from flipgate.core.facts.environment import Identity
from flipgate.core.judgement import Judgement, gate
from flipgate.core.observation import Observation
from flipgate.gates.claim import Claim, named

# "prod", "Production", "prod-eu"; not "preprod" or "non-prod", which are a mismatch and no more.
_PROD = re.compile(r"prod(uction)?([^a-z].*)?", re.IGNORECASE | re.DOTALL)


@gate
def tier_must_be(its: Observation[Identity], *, tier: str) -> Judgement:
    """Do the declared tier, and every name that the environment's systems give themselves, equal this tier?"""
    claim = Claim("tier", f'"{tier}", declared and stated by at least one system')
    names = {"environment file": its.value.declared_tier, **its.value.stated}
    prod = [f"{source} says {name!r}" for source, name in names.items() if _PROD.fullmatch(name.strip())]
    other = [f"{source} says {name!r}" for source, name in names.items() if name != tier]
    findings = []
    if prod:
        findings.append(claim.stop(f"this is production: {named(prod)}; the authority to flip there is not settled"))
    if other:
        findings.append(claim.hold(f"another tier: {named(other)}"))
    if not its.value.stated:
        findings.append(
            claim.hold(f"no system says what it is (silent: {named(its.value.silent) or 'none was asked'})")
        )
    return claim.against(findings, fine=f'"{tier}" by {named(names)}')
