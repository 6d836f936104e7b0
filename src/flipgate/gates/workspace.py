"""Is in the database what has to be there before writes go to it, and is there a way back?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise

from flipgate.core.facts.workspace import Backup, BackupsReading, Held, MigrationHistory, Migrations
from flipgate.core.judgement import Judgement, gate
from flipgate.core.observation import Observation
from flipgate.core.window import spoken
from flipgate.gates.claim import Claim, named, numbered, utc


@gate
def migration_must_be_applied(its: Observation[Migrations], *, version: str) -> Judgement:
    """Does the database say that this migration is applied?"""
    claim = Claim(f"migration {version}", "applied")
    at = its.value.applied.get(version)
    if at is None:
        return claim.hold(f"not applied; applied are {named(sorted(its.value.applied)) or 'none'}")
    return claim.hold(f"applied in the future, at {utc(at)}") if at > its.taken_at else claim.go(f"at {utc(at)}")


@gate
def must_hold(its: Observation[Held], *, least: int, kind: str) -> Judgement:
    """Does the workspace hold at least so many of this kind?"""
    claim = Claim(f"{kind} of workspace {its.value.workspace}", f"at least {least}")
    count = its.value.counts.get(kind, 0)
    return claim.go(f"{count}") if count >= max(least, 1) else claim.hold(f"{count}")


@gate
def backup_must_be_younger_than_the_flip(its: Observation[BackupsReading]) -> Judgement:
    """Was a whole backup of this database taken since the flip? One from before it lacks what was done since."""
    reading, flip = its.value, its.value.flip
    claim = Claim(f"backup of {reading.database}", f'whole, taken after the flip of "{flip.flag}"')
    if flip.at is None:
        return claim.hold("when it was flipped is unknown")
    good = [one for one in reading.backups if not list(_faults(one, reading, flip.at, its.taken_at))]
    if good:
        newest = max(good, key=lambda one: one.taken_at)
        return claim.go(f"{newest.kind} {newest.id} at {utc(newest.taken_at)}, {newest.size} bytes")
    faults = [f"{one.id}: {', '.join(_faults(one, reading, flip.at, its.taken_at))}" for one in reading.backups]
    return claim.hold(f"none: {named([*faults, *reading.unreadable])}" if faults or reading.unreadable else "none")


@gate
def schema_must_stay_or_go_back_within(
    its: Observation[MigrationHistory], *, first: str, second: str, limit_s: float
) -> Judgement:
    """Are both migrations still applied or, where one went back, is it known to have taken less than this?

    Earlier runs saw it applied and then gone: it took at most what lies between those two sights.
    """
    reading, versions = its.value, (first, second)
    claim = Claim("schema", f"{first} and {second} still applied, or gone within {spoken(limit_s)}")
    gone = [version for version in versions if version not in reading.now.applied]
    if not gone:
        return claim.go(f"{first} and {second} are still applied: nothing of the schema went back")
    findings, told = [], []
    for version in gone:
        sights = [*((sight.at, version in sight.versions) for sight in reading.earlier), (its.taken_at, False)]
        spans = [(since, until) for (since, was), (until, is_) in pairwise(sights) if was and not is_]
        if not spans:
            findings.append(claim.hold(f"{version} is not applied, and no earlier run saw it applied"))
            continue
        took_s = (spans[-1][1] - spans[-1][0]).total_seconds()
        told.append(f"{version} went back within {spoken(took_s)}")
        if took_s >= limit_s:
            findings.append(claim.hold(f"{version} was last seen {spoken(took_s)} before it was gone"))
    return claim.against(findings, fine=named(told))


def _faults(one: Backup, reading: BackupsReading, flipped_at: datetime, now: datetime) -> Iterator[str]:
    if one.database != reading.database:
        yield f"of {one.database}"
    if not one.complete or one.size <= 0:
        yield f"not whole ({numbered(one.size, 'byte')})"
    if one.taken_at <= flipped_at:
        yield f"taken at {utc(one.taken_at)}, before the flip"
    if one.taken_at > now:
        yield f"taken in the future, at {utc(one.taken_at)}"
