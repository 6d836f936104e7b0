"""Did what the suite wrote itself come out as its procedure wants, in the answer, the row and the audit trail?"""

from __future__ import annotations

from collections.abc import Iterator

from flipgate.core.facts.writes import Attempt, Attempts, BatchReading, Transition, TransitionsReading
from flipgate.core.judgement import Judgement, gate
from flipgate.core.observation import Observation
from flipgate.gates.claim import Claim, named, numbered, utc

_WANTED = {"made": "made", "forbidden": "refused with 403", "stale": "refused with 409"}
_TRANSITION = "transition"


@gate
def each_must_be_answered_as_wanted(its: Observation[Attempts]) -> Judgement:
    """Was each write made that has to be, and refused that may not be?

    STOP: a server's error, or a write that was made and may not be. A write that is refused and has to be made, or that
    is refused in another way than it should, is HOLD: the request may be at fault.
    """
    claim = Claim(f"answers to {its.value.procedure}", "each as the procedure wants it")
    findings = [_answered(claim, one) for one in its.value.attempts]
    if not any(one.wants == "made" for one in its.value.attempts):
        findings.append(claim.hold("nothing was written"))
    return claim.against(findings, fine=named(f"{one.what}: {_WANTED[one.wants]}" for one in its.value.attempts))


@gate
def each_version_must_be_bumped(its: Observation[Attempts]) -> Judgement:
    """Did every transition that was made bump its record's version by exactly one, in the answer and in the row?"""
    claim = Claim(f"versions of {its.value.procedure}", "one more with every transition")
    moved = [one for one in its.value.attempts if one.wants == "made" and one.sent_version and _is_made(one)]
    findings = [claim.stop(_versions(one)) for one in moved if not _is_bumped(one)]
    if not moved:
        findings.append(claim.hold("no transition was made"))
    return claim.against(findings, fine=named(map(_versions, moved)))


@gate
def each_row_must_hold_the_answer(its: Observation[Attempts]) -> Judgement:
    """Does every row stand as the write to it was answered?"""
    claim = Claim(f"rows of {its.value.procedure}", "state and version as answered")
    made = [one for one in its.value.attempts if _is_made(one)]
    told = [f"{one.what}: answered {one.state} v{one.version}, row {_row(one)}" for one in made]
    findings = [claim.stop(text) for one, text in zip(made, told, strict=True) if not _holds(one)]
    if not made:
        findings.append(claim.hold("nothing was written"))
    return claim.against(findings, fine=named(told))


@gate
def refused_must_leave_the_row(its: Observation[Attempts]) -> Judgement:
    """Is every row byte for byte what it was before a write to it that has to be refused?"""
    claim = Claim(f"rows of {its.value.procedure}", "unchanged by what has to be refused")
    refused = [one for one in its.value.attempts if one.wants != "made"]
    findings = []
    for one in refused:
        if one.before is None:
            findings.append(claim.hold(f"{one.what}: there was no row to change"))
        elif one.after != one.before:
            findings.append(claim.stop(f"{one.what}: {one.before.state} v{one.before.version} became {_row(one)}"))
    if not refused:
        findings.append(claim.hold("nothing was refused"))
    return claim.against(findings, fine=named(f"{one.what}: still {_row(one)}" for one in refused))


@gate
def each_must_come_from(its: Observation[Attempts], *, source: str) -> Judgement:
    """Did every write that was made say that it went there?"""
    claim = Claim(f"where {its.value.procedure} went", source)
    made = [one for one in its.value.attempts if _is_made(one)]
    elsewhere = [f"{one.what}: {one.source or 'not said'}" for one in made if one.source != source]
    if not made:
        return claim.hold("nothing was written")
    return claim.hold(named(elsewhere)) if elsewhere else claim.go(f"{source}, {numbered(len(made), 'write')}")


@gate
def each_transition_must_leave_one_event(its: Observation[Attempts]) -> Judgement:
    """Did every transition made here leave exactly one event: of its states, its version, its actor?"""
    claim = Claim("audit events", "one for each transition made here")
    moved = [one for one in its.value.attempts if _is_made(one) and one.sent_version]
    findings = [claim.stop(f"{one.what}: {_events(one)}") for one in moved if not _is_told_once(one)]
    if not moved:
        findings.append(claim.hold("no transition was made"))
    return claim.against(findings, fine=named(f"{one.what}: {_events(one)}" for one in moved))


@gate
def refused_must_leave_no_event(its: Observation[Attempts]) -> Judgement:
    """Did no write that was refused leave an event?"""
    claim = Claim("audit events", "none for what was refused")
    refused = [one for one in its.value.attempts if one.wants != "made"]
    findings = [claim.stop(f"{one.what}: {_events(one)}") for one in refused if one.events]
    if not refused:
        findings.append(claim.hold("nothing was refused"))
    return claim.against(findings, fine=f"none for {numbered(len(refused), 'refused write')}")


@gate
def each_of_the_newest_must_have_one_event(its: Observation[TransitionsReading], *, transitions: int) -> Judgement:
    """Has each of the newest transitions exactly one event?"""
    claim = Claim("audit events", f"one for each of the newest {transitions} transitions")
    found = its.value.transitions[:transitions]
    findings = [claim.stop(_transition(one)) for one in found if one.events != 1]
    if len(found) < max(transitions, 1):
        findings.append(claim.hold(f"{numbered(len(found), 'transition')} since the flip"))
    return claim.against(findings, fine=named(map(_transition, found)))


@gate
def second_must_be_a_duplicate(its: Observation[BatchReading]) -> Judgement:
    """Was the first sending made, and the second answered as a duplicate of it?"""
    claim = Claim(f"batch {its.value.file}, {its.value.revision}", "the second sending is a duplicate of the first")
    answers = its.value.answers
    if len(answers) != 2:
        return claim.hold(f"{numbered(len(answers), 'answer')}")
    first, second = answers
    seen = named(f"{one.status} {one.id or 'no id'}, duplicate {one.duplicate}" for one in answers)
    if first.status >= 500 or second.status >= 500:
        return claim.stop(seen)
    if first.status != 201 or first.duplicate is not False or not first.id:
        return claim.hold(seen)
    if second.status == 201 or (second.id and second.id != first.id):
        return claim.stop(seen)
    return claim.go(seen) if second.status == 200 and second.id and second.duplicate else claim.hold(seen)


@gate
def database_must_hold_one_batch(its: Observation[BatchReading]) -> Judgement:
    """Does the database hold one row of this file and revision, the one that was answered?"""
    claim = Claim(f"rows of {its.value.file}, {its.value.revision}", "one, of the id that was answered")
    rows, answered = its.value.rows, {one.id for one in its.value.answers if one.id}
    if len(rows) > 1:
        return claim.stop(named(rows))
    return claim.go(named(rows)) if rows and {*rows} == answered else claim.hold(named(rows) or "none")


def _answered(claim: Claim, one: Attempt) -> Judgement:
    seen = f"{one.what}: {one.status} {one.code}".strip()
    if one.status >= 500 or (one.wants != "made" and 200 <= one.status < 300):
        return claim.stop(seen)
    codes = {"made": one.status in (200, 201), "forbidden": one.status == 403, "stale": one.status == 409}
    fine = codes[one.wants] and (one.wants != "stale" or one.code == "STALE_VERSION")
    fine = fine and (one.wants != "forbidden" or one.code == "FORBIDDEN_TRANSITION")
    return claim.go(seen) if fine else claim.hold(f"{seen}; {_WANTED[one.wants]} is wanted")


def _is_made(one: Attempt) -> bool:
    return one.wants == "made" and one.status in (200, 201)


def _is_bumped(one: Attempt) -> bool:
    answered = one.version == one.sent_version + 1
    return answered and one.after is not None and one.after.version == one.version


def _holds(one: Attempt) -> bool:
    return one.after is not None and (one.after.state, one.after.version) == (one.state, one.version) and _reached(one)


def _reached(one: Attempt) -> bool:
    return one.state == one.to_state


def _is_told_once(one: Attempt) -> bool:
    if len(one.events) != 1 or one.before is None:
        return False
    event = one.events[0]
    told = (event.kind, event.actor, event.from_state, event.to_state, event.version)
    return told == (_TRANSITION, one.role, one.before.state, one.state, one.version)


def _row(one: Attempt) -> str:
    return f"{one.after.state} v{one.after.version}" if one.after else "gone"


def _versions(one: Attempt) -> str:
    return f"{one.what}: v{one.sent_version} to v{one.version}, row {_row(one)}"


def _events(one: Attempt) -> str:
    return named(_told(one)) or "no event"


def _told(one: Attempt) -> Iterator[str]:
    for event in one.events:
        yield f"{event.kind} {event.from_state} → {event.to_state} v{event.version} by {event.actor}"


def _transition(one: Transition) -> str:
    return f"{one.record} {one.to_state} v{one.version} at {utc(one.at)}: {numbered(one.events, 'event')}"
