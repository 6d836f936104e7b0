"""Do queue and lists show each role what is theirs, all of it, from where the flags say?

An empty list obeys every rule, so each claim but the count's holds where nothing was shown.
"""

from __future__ import annotations

from collections.abc import Iterator

from flipgate.core.facts.lists import Counts, ListsAnswer, ListsReading, QueueAnswer, QueueReading
from flipgate.core.judgement import Judgement, gate
from flipgate.core.observation import Observation
from flipgate.gates.claim import Claim, named, numbered, percent

_EXACT = 10**9  # sentences carry nine decimals; 5 % has no exact binary form
_SOURCE = {"true": "db", "false": "local"}


@gate
def none_may_fail(its: Observation[QueueReading | ListsReading]) -> Judgement:
    """Has no replica failed with a 5xx?"""
    claim = Claim("answers of the replicas", "no 5xx")
    answers = its.value.answers
    if not answers:
        return claim.hold("no replica was asked")
    failed = [f"{one.status} at {one.address}{_failed(one)}" for one in answers if one.status >= 500]
    if failed:
        return claim.stop(named(failed))
    odd = [f"{one.status} at {one.address}" for one in answers if one.status != 200]
    return claim.hold(named(odd)) if odd else claim.go(f"200 from {named(sorted({one.address for one in answers}))}")


@gate
def total_must_be_above(its: Observation[QueueReading], *, least: int) -> Judgement:
    """Does the queue hold more than this, at every replica, and show something of it?"""
    claim = Claim(f"queue of {its.value.role}", f"more than {numbered(least, 'item')} at every replica")
    findings = []
    for one in its.value.answers:
        if one.counts is None:
            findings.append(claim.hold(f"{one.address} gave no counts ({one.status})"))
        elif one.total <= least:
            findings.append(claim.stop(f"{numbered(one.total, 'item')} at {one.address}"))
        elif one.total != one.counts.total or one.items > one.total or not one.items:
            findings.append(claim.hold(f"{_told(one)} at {one.address}: these contradict each other"))
    if not its.value.answers:
        findings.append(claim.hold("no replica was asked"))
    return claim.against(findings, fine=named(f"{_told(one)} at {one.address}" for one in its.value.answers))


@gate
def counts_must_be_near_the_rows(its: Observation[QueueReading], *, within_ratio: float) -> Judgement:
    """Are the queue's counts near those of the rows, counted right before and right after it was read?"""
    reading = its.value
    claim = Claim(f"queue of {reading.role}", f"within {percent(within_ratio)} of the rows of the workspace")
    if not reading.answers or not reading.before.total or not reading.after.total:
        return claim.hold("no replica was asked, or the workspace holds no row")
    findings = []
    for one in reading.answers:
        if one.counts is None:
            findings.append(claim.hold(f"{one.address} gave no counts ({one.status})"))
            continue
        shown = Counts(one.counts.patches, one.counts.rfis)
        findings += [claim.hold(f"{one.address}: {off}") for off in _off(shown, one.total, reading, within_ratio)]
    rows = f"{numbered(reading.after.patches, 'patch')} and {numbered(reading.after.rfis, 'rfi')}"
    return claim.against(findings, fine=f"{named(map(_told, reading.answers))}; rows: {rows}")


@gate
def none_may_be_foreign(its: Observation[ListsReading], *, role: str) -> Judgement:
    """Is each item that this role was shown theirs to see: the analyst's own, the verifier's that awaits one?"""
    claim = Claim(f"what {role} is shown", _RULES.get(role, "nothing but what is theirs"))
    answers = [one for one in its.value.answers if one.role == role]
    if role not in _RULES or not answers:
        return claim.hold(f"{role} was not asked for, or no rule is known")
    findings = [claim.stop(f"{named(one.foreign)} at {one.address}") for one in answers if one.foreign]
    if empty := [one.address for one in answers if not one.items]:
        findings.append(claim.hold(f"nothing was shown at {named(empty)}, which proves nothing"))
    return claim.against(findings, fine=named(f"{numbered(one.items, 'item')} at {one.address}" for one in answers))


@gate
def each_must_show(its: Observation[ListsReading], *, least: int) -> Judgement:
    """Was every role shown at least so many items at every replica?"""
    claim = Claim("items shown", f"at least {least} to every role at every replica")
    answers = its.value.answers
    if not answers or least < 1:
        return claim.hold("nobody was asked, or for nothing")
    few = [one for one in answers if one.items < least]
    if few and all(one.status == 200 for one in few):
        return claim.stop(named(map(_shown, few)))
    return claim.hold(named(map(_shown, few))) if few else claim.go(named(map(_shown, answers)))


@gate
def each_must_show_the_rows(its: Observation[ListsReading]) -> Judgement:
    """Is every row that is a role's shown to it, and nothing that is no row?"""
    claim = Claim("items shown", "every row that is the role's, and no other")
    findings = [claim.hold(problem) for one in its.value.answers for problem in _differences(one)]
    if not its.value.answers or not its.value.rows:
        findings.append(claim.hold("nobody was asked, or the workspace holds no row"))
    fine = f"{named(map(_shown, its.value.answers))}, of {numbered(its.value.rows, 'row')}"
    return claim.against(findings, fine=fine)


@gate
def each_must_be_in_the_state_of_its_row(its: Observation[ListsReading]) -> Judgement:
    """Is every record shown in the state and version of its row? What no row holds lives in one process alone."""
    claim = Claim("records shown", "in the state and version of their rows")
    findings = [claim.hold("nobody was asked")] if not its.value.answers else []
    for one in its.value.answers:
        if one.diverging or one.unknown:
            what = [*one.diverging, *(f"{record} has no row" for record in one.unknown)]
            findings.append(claim.stop(f"{named(what)} at {one.address}"))
        if not one.items or one.status != 200:
            findings.append(claim.hold(f"{_shown(one)}, status {one.status}"))
    return claim.against(findings, fine=f"{named(map(_shown, its.value.answers))}")


@gate
def each_must_come_from(its: Observation[QueueReading | ListsReading], *, source: str) -> Judgement:
    """Did every answer come from there: the database, or the process's local copy?"""
    claim = Claim("source of the answers", source)
    seen = {f"{one.address}": _sources(one) for one in its.value.answers}
    elsewhere = [f"{address} {named(found) or 'says nothing'}" for address, found in seen.items() if found != (source,)]
    if not seen:
        return claim.hold("no replica was asked")
    return claim.hold(named(elsewhere)) if elsewhere else claim.go(f"{source} at {named(seen)}")


@gate
def each_must_come_from_where_its_flags_say(its: Observation[QueueReading]) -> Judgement:
    """Did each replica answer from the database where its own flag of reads is on, else from its local copy?"""
    claim = Claim("source of the answers", "the database where reads are on, else the local copy")
    told = [(one, f"{one.source or 'nothing'} at {one.address}, reads {one.served}") for one in its.value.answers]
    wrong = [text for one, text in told if not one.source or one.source != _SOURCE.get(one.served)]
    if not told:
        return claim.hold("no replica was asked")
    return claim.hold(named(wrong)) if wrong else claim.go(named(text for _, text in told))


_RULES = {"analyst": "nothing but their own", "verifier": "nothing but what awaits a verifier"}


def _off(shown: Counts, total: int, reading: QueueReading, within_ratio: float) -> Iterator[str]:
    triples = (
        ("total", total, reading.before.total, reading.after.total),
        ("patches", shown.patches, reading.before.patches, reading.after.patches),
        ("rfis", shown.rfis, reading.before.rfis, reading.after.rfis),
    )
    for name, count, before, after in triples:
        if all(abs(count - rows) * _EXACT > round(within_ratio * _EXACT) * rows for rows in (before, after)):
            yield f"{name} {count}, rows {before}" + (f" to {after}" if after != before else "")


def _differences(one: ListsAnswer) -> Iterator[str]:
    where = f"to {one.role} at {one.address}"
    if one.status != 200:
        yield f"{one.failed} failed with {one.status} {where}"
    if one.missing:
        yield f"not shown {where}: {named(one.missing)}"
    if one.unknown:
        yield f"shown {where}, and no row: {named(one.unknown)}"


def _sources(one: QueueAnswer | ListsAnswer) -> tuple[str, ...]:
    return one.sources if isinstance(one, ListsAnswer) else (one.source,) if one.source else ()


def _failed(one: QueueAnswer | ListsAnswer) -> str:
    return f" ({one.failed} for {one.role})" if isinstance(one, ListsAnswer) else ""


def _told(one: QueueAnswer) -> str:
    counts = one.counts or Counts(0, 0)
    return f"{one.total} in all, {counts.patches} patches, {counts.rfis} rfis, {one.items} shown"


def _shown(one: ListsAnswer) -> str:
    return f"{numbered(one.items, 'item')} to {one.role} at {one.address}"
