"""Does every surface hold the flag values that the stage asks for, and can a flip by hand change them?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations

from flipgate.core.errors import visible
from flipgate.core.facts.flags import GLOBAL, FlagValue, Posture, by_processes
from flipgate.core.judgement import Judgement, gate
from flipgate.core.observation import Observation
from flipgate.core.verdict import Verdict
from flipgate.gates.claim import Claim, named

_TEXT = {True: "true", False: "false"}
_REDIS, _DATABASE = "redis", "database"
_MOST_VALUES = 8


@gate
def flag_must_read(its: Observation[Posture], *, flag: str, value: bool) -> Judgement:
    """Does the flag read this value, in exact text, for the platform and for every tenant, wherever it is held?

    A replica's boot record counts only for a process younger than the flag's last change.
    """
    wanted = _TEXT[value]
    claim = Claim(f'flag "{flag}"', f"exactly {wanted} on every surface, for the platform and every tenant")
    held = _in_force(its.value, flag)
    if not any(one.scope == GLOBAL and one.is_held for one in held):
        return claim.hold(f"no platform-wide value on any surface that holds one{_besides(held)}")
    unwanted = [one for one in held if one.text != wanted]
    if not unwanted:
        return claim.go(f"{wanted} on {named(_place(one) for one in held)}")
    if any(one.text not in _TEXT.values() for one in unwanted):
        return claim.hold(f"inexact text: {_values(unwanted)}{_mending(unwanted, wanted)}")
    if len(unwanted) == len(held):
        return claim.stop(f"{_values(held)}{_mending(unwanted, wanted)}")
    seen = f"surfaces disagree: {_values(held)}{_other_tenants(its.value, held)}{_mending(unwanted, wanted)}"
    return claim.hold(seen)


@gate
def flip_must_be_able_to_win(its: Observation[Posture], *, flag: str) -> Judgement:
    """Will setting the Redis global key change what is served, or does some other value outrank that key?"""
    claim = Claim(f'flip of "{flag}"', "nothing outranks the Redis global key, which the flip sets")
    held = [one for one in its.value.values if one.flag == flag and one.is_held]
    if not held:
        return claim.hold("no value anywhere: which surface serves the flag is unknown")
    outranking = [one for one in held if (one.surface, one.scope) != (_REDIS, GLOBAL)]
    if outranking:
        return claim.hold(
            f"the flip would not take effect: outranked by {_values(outranking)}{_mending(outranking, 'true')}"
        )
    return claim.go(f"only the Redis global key holds a value ({_values(held)})")


@gate
def flags_must_stand_in_order(its: Observation[Posture]) -> Judgement:
    """Do the flags that read true come first in the runbook's order, and does each read alike on every surface?"""
    posture = its.value
    claim = Claim("order of the flags", f"true before false, in the order {named(posture.flags)}")
    if not posture.flags:
        return claim.hold("no flag is named")
    texts = {flag: _effective(_in_force(posture, flag)) for flag in posture.flags}
    findings = [
        claim.stop(f'"{earlier}" is false, while "{later}" is true')
        for earlier, later in combinations(posture.flags, 2)
        if (texts[earlier], texts[later]) == ("false", "true")
    ]
    for flag, text in texts.items():
        alike = flag_must_read(its, flag=flag, value=text == "true")
        if text not in _TEXT.values() or alike.verdict is not Verdict.GO:
            findings.append(claim.hold(f'"{flag}": {alike.seen}'))
    return claim.against(findings, fine=named((f"{flag} {text}" for flag, text in texts.items())))


def _in_force(posture: Posture, flag: str) -> list[FlagValue]:
    changed_at = posture.changed_at.get(flag)
    own = [one for one in posture.values if one.flag == flag]
    if changed_at is None:
        return own
    return [one for one in own if one.is_held or (one.updated_at is not None and one.updated_at > changed_at)]


def _effective(held: Sequence[FlagValue], tenant: str = "") -> str | None:
    own = ((_REDIS, tenant), (_DATABASE, tenant)) if tenant else ()
    ranks = (*own, (_DATABASE, GLOBAL), (_REDIS, GLOBAL))
    texts = {(one.surface, one.scope): one.text for one in held}
    return next((texts[rank] for rank in ranks if rank in texts), None) or by_processes(held) or None


def _other_tenants(posture: Posture, held: Sequence[FlagValue]) -> str:
    platform = _effective(held)
    scopes = dict.fromkeys((*posture.tenants, *(one.scope for one in held if one.is_held and one.scope != GLOBAL)))
    others = [tenant for tenant in scopes if _effective(held, tenant) != platform]
    return f"; the platform's effective value is {platform}, another for tenant {named(others)}" if others else ""


def _place(value: FlagValue) -> str:
    if value.surface not in (_REDIS, _DATABASE):
        return value.surface
    return f"{value.surface} {GLOBAL if value.scope == GLOBAL else f'tenant {value.scope}'}"


def _values(values: Iterable[FlagValue]) -> str:
    return named(f"{_place(one)} {one.text!r}" for one in values)


def _mending(unwanted: Iterable[FlagValue], wanted: str) -> str:
    commands = dict.fromkeys(one.command.replace("{value}", wanted) for one in unwanted if one.command)
    return "; by hand: " + " · ".join(visible(command) for command in list(commands)[:_MOST_VALUES]) if commands else ""


def _besides(held: Sequence[FlagValue]) -> str:
    return f", only {_values(held)}" if held else ""
