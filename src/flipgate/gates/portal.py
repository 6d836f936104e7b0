"""Does the portal show its users what the API answers? Where the portal team's suite is the source, it decides."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from flipgate.core.facts.portal import FlowSeen, PageSeen, SuiteSeen
from flipgate.core.judgement import Judgement, gate
from flipgate.core.observation import Observation
from flipgate.gates.claim import Claim, named, numbered, utc

OfPage = Callable[[PageSeen], Iterable[Judgement]]
Told = Callable[[PageSeen], str]
_NAMED = 3
_UNDECIDED = {"flaky": "passed only on a retry", "skipped": "skipped"}


@gate
def content_must_be_the_apis(its: Observation[FlowSeen]) -> Judgement:
    """Does the page show exactly the records that the API lists, over all pages?"""
    claim = Claim(f"content of {its.value.flow}", "every record that the API lists, and no other")
    return _judged(claim, its, lambda page: _content(claim, page), _shown)


@gate
def console_must_be_clean(its: Observation[FlowSeen]) -> Judgement:
    """Did the page log no error, and let none go uncaught?"""
    claim = Claim(f"console of {its.value.flow}", "no error")
    return _judged(claim, its, lambda page: _complaints(claim, page), lambda _: "no error")


@gate
def requests_must_succeed(its: Observation[FlowSeen]) -> Judgement:
    """Did every request of the page to the portal's own origin succeed?"""
    claim = Claim(f"requests of {its.value.flow}", "none to the portal's own origin fails")
    return _judged(claim, its, lambda page: _failed(claim, page), lambda page: f"none of {page.requests} failed")


@gate
def picture_must_be_kept(its: Observation[FlowSeen]) -> Judgement:
    """Is there a screenshot for whoever reads the evidence?"""
    claim = Claim(f"screenshot of {its.value.flow}", "kept beside the ledger")

    def unpictured(page: PageSeen) -> Iterator[Judgement]:
        if page.picture is None:
            yield claim.hold(page.unpictured or "none was taken")

    return _judged(claim, its, unpictured, lambda page: page.picture.picture if page.picture else "none")


def _judged(claim: Claim, its: Observation[FlowSeen], of_page: OfPage, fine: Told) -> Judgement:
    flow = its.value
    if flow.suite is not None:
        return claim.against(_by_suite(claim, flow.suite, its.taken_at), fine=_passed(flow.suite))
    if flow.page is None:
        return claim.hold("the page was not looked at")
    return claim.against(of_page(flow.page), fine=fine(flow.page))


def _content(claim: Claim, page: PageSeen) -> Iterator[Judgement]:
    if page.listed == 0:
        yield claim.hold("the API lists nothing, so a page without content proves nothing")
    if not page.missing and not page.added and page.shown == page.listed:
        return
    told = f"{page.shown} of {numbered(page.listed, 'record')} shown over {numbered(page.pages, 'page')}"
    if page.missing:
        told += f"; {page.missing} missing: {_first(page.missing_names)}"
    if page.added:
        told += f"; {page.added} not in the API: {_first(page.added_names)}"
    if page.pending:
        yield claim.hold(f"{told}; {numbered(page.pending, 'request')} still without an answer")
    else:
        yield claim.stop(told)


def _first(names: tuple[str, ...]) -> str:
    return named(names[:_NAMED]) + (" …" if len(names) > _NAMED else "")


def _complaints(claim: Claim, page: PageSeen) -> Iterator[Judgement]:
    if page.console_errors and page.refused:
        told = named(page.console_errors)
        yield claim.hold(f"{told}; which may be for what the suite refused: {named(page.refused)}")
    else:
        yield from _stopped(claim, page.console_errors, "error")


def _failed(claim: Claim, page: PageSeen) -> Iterator[Judgement]:
    if page.requests == 0:
        yield claim.hold("the page made no request")
    yield from _stopped(claim, page.failed_requests, "failed request")


def _stopped(claim: Claim, found: tuple[str, ...], word: str) -> Iterator[Judgement]:
    if found:
        yield claim.stop(f"{numbered(len(found), word)}: {named(found)}")


def _shown(page: PageSeen) -> str:
    return f"{numbered(page.shown, 'record')} over {numbered(page.pages, 'page')}, the API's own"


def _by_suite(claim: Claim, suite: SuiteSeen, taken_at: datetime) -> Iterator[Judgement]:
    if suite.began_at <= suite.not_before:
        yield claim.hold(f"the portal's suite ran at {utc(suite.began_at)}, before the flip at {utc(suite.not_before)}")
    if suite.began_at > taken_at:
        yield claim.hold(f"the portal's suite says it ran at {utc(suite.began_at)}, which is in the future")
    if not suite.tests:
        yield claim.hold("no test of this flow in the report of the portal's suite")
    if suite.errors:
        yield claim.hold(f"{numbered(suite.errors, 'error')} of the portal's suite outside its tests")
    for title, outcome in suite.tests:
        if outcome == "unexpected":
            yield claim.stop(f'the portal\'s suite: "{title}" failed')
        elif outcome != "expected":
            yield claim.hold(f'the portal\'s suite: "{title}" {_UNDECIDED.get(outcome, outcome)}')


def _passed(suite: SuiteSeen) -> str:
    return f"by the portal's own suite of {utc(suite.began_at)}: {numbered(len(suite.tests), 'test')} passed"
