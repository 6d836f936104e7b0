"""What does a flow of the portal show, and what does the API answer for the same list?"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from flipgate.core.errors import Malformed, NoData
from flipgate.probes.connect import Connect
from flipgate.safety.browser import Visit, visit
from flipgate.safety.reply import JSON

if TYPE_CHECKING:
    from playwright.async_api import Locator

    from flipgate.config.environment import Gateway, Portal, PortalFlow

# Runbook §7.3: the four flows, and the method behind each.
METHODS = {
    "ListMembers": "upsquad.member.v1.MemberService/ListMembers",
    "ListTeams": "upsquad.tenant.v1.TenantService/ListTeams",
    "Org Chart": "upsquad.tenant.v1.TenantService/GetOrgChart",
    "Governance policy list": "upsquad.governance.v1.GovernanceService/ListPolicies",
}
_DEADLINE_S, _POLL_S = 40.0, 0.05
_PAGE_SIZE, _MOST_PAGES = 100, 1000
# Text as it stands in the document: what is rendered has its blanks folded.
_READ = """(records, [attribute, name]) => records.map(record => {
    const named = name ? record.querySelector(`[data-testid="${name}"]`)?.textContent : "";
    const id = attribute ? record.getAttribute(attribute) : "";
    return [id ?? "", named || record.innerText.split("\\n")[0].trim()];
})"""

Row = tuple[str, str]


class _Record(msgspec.Struct, rename="camel"):
    id: str
    name: str = ""
    display_name: str = ""
    children: list[_Record] = []


class _Answer(msgspec.Struct, rename="camel"):
    members: list[_Record] = []
    teams: list[_Record] = []
    policies: list[_Record] = []
    root: _Record | None = None
    next_page_token: str = ""


@dataclass(frozen=True)
class Walk:
    """One visit of a flow: its rows (id and name) over all pages, its picture, and what was noted on the way."""

    url: str
    rows: tuple[Row, ...]
    pages: int
    visit: Visit
    picture: bytes


def listed(gateway: Gateway, flow: str, tenant: str) -> tuple[Row, ...]:
    """Which records does the API list for this flow, over all pages? Id and name of each.

    Errors: Unreachable, Malformed, NoData.
    """
    if flow not in METHODS:
        raise NoData("portal", f"no flow is called {flow!r}; there are: {', '.join(METHODS)}")
    connect, rows, token = Connect(gateway), list[Row](), ""
    for _ in range(_MOST_PAGES):
        fields = {} if flow == "Org Chart" else {"pageSize": _PAGE_SIZE, "pageToken": token}
        answer = connect.call(METHODS[flow], tenant, fields).wanted(JSON).json(_Answer)
        rows += _rows([*answer.members, *answer.teams, *answer.policies, *([answer.root] if answer.root else [])])
        if not answer.next_page_token:
            return tuple(rows)
        token = answer.next_page_token
    raise Malformed("gateway", "its pages never end", METHODS[flow])


async def walk(portal: Portal, gateway: Gateway, flow: str, known: frozenset[Row], patience_s: float) -> Walk:
    """What does a browser see on all pages of this flow?

    A page has arrived once nothing is asked for any more and it shows records that are known, twice the same; what
    has not arrived when the patience is over is taken as it is.
    Errors: NoData for a flow that the environment does not describe; Unreachable.
    """
    if flow not in portal.flows:
        raise NoData("portal", f"the environment describes no flow {flow!r}")
    async with visit(portal, gateway, _DEADLINE_S) as seen:
        turner = _Turner(seen, portal.flows[flow], known, patience_s)
        url = portal.url.rstrip("/") + turner.flow.path
        await seen.page.goto(url, wait_until="commit")
        pages = [await turner.arrived(before=())]
        picture = await seen.picture()
        while len(pages) < _MOST_PAGES and await turner.leads_on():
            pages.append(await turner.arrived(before=pages[-1]))
        return Walk(url, tuple(row for page in pages for row in page), len(pages), seen, picture)


@dataclass(frozen=True)
class _Turner:
    """Turns the pages of one flow's list."""

    seen: Visit
    flow: PortalFlow
    known: frozenset[Row]
    patience_s: float

    async def arrived(self, before: tuple[Row, ...]) -> tuple[Row, ...]:
        """Which rows does the page show, another one than before?"""
        records = _found(_found(self.seen.page.locator("body"), self.flow.listing), self.flow.record)
        how = [self.flow.record_id or "", (self.flow.record_name or "").removeprefix("test-id:")]
        ends, last = time.monotonic() + self.patience_s, tuple[Row, ...]()
        while True:
            rows = tuple([(one, name) for one, name in await records.evaluate_all(_READ, how)])
            here = bool(rows) and rows != before and self.known.issuperset(rows) and not self.seen.pending
            if (here and rows == last) or time.monotonic() > ends:
                return rows
            last = rows
            await asyncio.sleep(_POLL_S)

    async def leads_on(self) -> bool:
        """Is there another page? Then it is on its way."""
        if self.flow.next_page is None:
            return False
        button = _found(self.seen.page.locator("body"), self.flow.next_page)
        if await button.count() != 1 or not await button.is_visible() or not await button.is_enabled():
            return False
        await button.click()
        return True


def _found(within: Locator, how: str) -> Locator:
    kind, _, rest = how.partition(":")
    if kind == "test-id":
        return within.get_by_test_id(rest)
    role, _, name = rest.partition(":")
    # The set of roles is Playwright's own; one that it does not know finds nothing.
    return within.get_by_role(role, name=name, exact=True) if name else within.get_by_role(role)  # type: ignore[arg-type]


def _rows(records: list[_Record]) -> Iterator[Row]:
    waiting = [*records]
    while waiting:
        record = waiting.pop()
        waiting += record.children
        yield record.id, record.name or record.display_name
