"""Which tables do the replicas really read from? A flip that changed nothing passes parity too."""

from __future__ import annotations

from flipgate.core.facts.reads import ReadsReading, ReplicaLines
from flipgate.core.judgement import Judgement, gate
from flipgate.core.observation import Observation
from flipgate.gates.claim import Claim, named, numbered

# The log lines of runbook §7.2.
SHIM_LINE = "ListTeams shim path invoked"
SHIM = "shim"
FALLBACK = "fallback to legacy"
MIRROR = ("org_units", "org_unit_memberships")


@gate
def every_replica_must_read_the_mirror(its: Observation[ReadsReading]) -> Judgement:
    """Did every replica take the shim path for our calls, and none fall back to the legacy tables?"""
    reading = its.value
    claim = Claim("reads of the mirror", f'every replica logs "{SHIM_LINE}" for each call, none "{FALLBACK}"')
    findings = _unseen(claim, reading)
    if fell := [f"{one.pod} ({_count(one, FALLBACK)} lines)" for one in reading.replicas if _count(one, FALLBACK)]:
        findings.append(claim.stop(f'"{FALLBACK}" on {named(fell)}'))
    if off := [f"{one.pod} ({_told(one)})" for one in reading.replicas if not one.messages.get(SHIM_LINE)]:
        findings.append(claim.hold(f"not in force on {named(off)}"))
    if mixed := [f"{one.pod} ({_told(one)})" for one in reading.replicas if _is_mixed(one, reading.calls)]:
        findings.append(claim.hold(f"not only the shim path on {named(mixed)}"))
    lines = sum(_count(one, SHIM_LINE) for one in reading.replicas)
    return claim.against(findings, fine=f"{numbered(lines, 'line')} on {named(one.pod for one in reading.replicas)}")


@gate
def no_error_may_name_the_shim(its: Observation[ReadsReading]) -> Judgement:
    """Did no replica log an error that names the shim, in lines that can all be read?"""
    reading = its.value
    claim = Claim("errors of the shim", f'no line of level error names the "{SHIM}"')
    findings = _unseen(claim, reading)
    told = [f"{one.pod} ({text} ×{count})" for one in reading.replicas for text, count in _errors(one)]
    if told:
        findings.append(claim.stop(f"an error that names the shim on {named(told)}"))
    if silent := [one.pod for one in reading.replicas if not one.lines]:
        findings.append(claim.hold(f"no log line at all from {named(silent)}"))
    if odd := [f"{one.pod} ({one.unreadable})" for one in reading.replicas if one.unreadable]:
        findings.append(claim.hold(f"lines that are no record on {named(odd)}"))
    lines = sum(one.lines for one in reading.replicas)
    return claim.against(
        findings, fine=f"none in {numbered(lines, 'line')} of {named(one.pod for one in reading.replicas)}"
    )


@gate
def every_replica_must_follow_the_flag(its: Observation[ReadsReading]) -> Judgement:
    """Does every replica read the tables that the flag names, the mirror's or the legacy ones?"""
    if its.value.flag_value == "true":
        return every_replica_must_read_the_mirror(its)
    if its.value.flag_value == "false":
        return no_replica_may_read_the_mirror(its)
    return Claim("tables that are read", "those that the flag names").hold("the flag's value is not known")


def no_replica_may_read_the_mirror(its: Observation[ReadsReading]) -> Judgement:
    """After the flip back: does no replica take the shim path any more, on logs that are known to arrive?"""
    reading = its.value
    claim = Claim("reads of the legacy tables", f'no replica logs "{SHIM_LINE}" for our calls')
    findings = _unseen(claim, reading)
    if on := [f"{one.pod} ({_told(one)})" for one in reading.replicas if one.messages.get(SHIM_LINE)]:
        findings.append(claim.stop(f"still in force on {named(on)}"))
    if silent := [one.pod for one in reading.replicas if not one.lines]:
        findings.append(claim.hold(f"no log line at all from {named(silent)}"))
    return claim.against(findings, fine=f"none on {named(one.pod for one in reading.replicas)}")


@gate
def mirror_tables_must_be_scanned(its: Observation[ReadsReading]) -> Judgement:
    """Second witness: did the database count scans of the mirror tables while we called?"""
    reading = its.value
    claim = Claim("scans of the mirror tables", "each is scanned while we call")
    if reading.calls < 1:
        return claim.hold("no call was made")
    grown = {table: _grown(reading, table) for table in MIRROR}
    if unknown := [table for table, scans in grown.items() if scans is None]:
        return claim.hold(f"no scan counter of {named(unknown)}, or it was reset meanwhile")
    told = named(f"{table} +{scans}" for table, scans in grown.items())
    return claim.go(told) if all(grown.values()) else claim.hold(told)


def _unseen(claim: Claim, reading: ReadsReading) -> list[Judgement]:
    findings = []
    if reading.calls < 1 or not reading.addresses:
        findings.append(claim.hold("no call was made, so there is nothing to see"))
    if len({one.pod for one in reading.replicas}) < max(len(reading.addresses), 1):
        seen = f"logs of {len(reading.replicas)} replicas for {numbered(len(reading.addresses), 'address')}"
        findings.append(claim.hold(seen))
    return findings


def _count(replica: ReplicaLines, part: str) -> int:
    return sum(count for message, count in replica.messages.items() if part.casefold() in message.casefold())


def _errors(replica: ReplicaLines) -> list[tuple[str, int]]:
    return [(text, count) for text, count in replica.errors.items() if SHIM in text.casefold()]


def _is_mixed(replica: ReplicaLines, calls: int) -> bool:
    """Some calls took another way, or a line names the shim or the legacy path in other words than it should."""
    by_shim = replica.messages.get(SHIM_LINE, 0)
    others = _count(replica, SHIM) - by_shim + _count(replica, "legacy")
    return by_shim > 0 and (by_shim < calls or others > 0)


def _told(replica: ReplicaLines) -> str:
    return named((f'"{message}" ×{count}' for message, count in replica.messages.items())) or "silent"


def _grown(reading: ReadsReading, table: str) -> int | None:
    before, after = reading.scans_before.get(table), reading.scans_after.get(table)
    return None if before is None or after is None or after < before else after - before
