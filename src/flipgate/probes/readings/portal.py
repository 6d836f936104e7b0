"""What does one flow of the portal show its users?"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from flipgate.core.errors import Ambiguous, visible
from flipgate.core.facts.portal import FlowSeen, PageSeen, Picture, SuiteSeen
from flipgate.core.observation import Observation
from flipgate.probes.systems import Systems

if TYPE_CHECKING:
    from flipgate.config.environment import Portal, PortalFlow
    from flipgate.probes.portal import Row, Walk

PATIENCE_S = 6.0
_NAMED = 20


def flow_seen(
    systems: Systems, flow: str, flipped_at: datetime, picture: Path, patience_s: float = PATIENCE_S
) -> Observation[FlowSeen]:
    """What does this flow show beside what the API answers, or what does the portal team's own suite say of it?

    Source:  a browser, and the gateway before it and, where they differ, after it; the suite's report instead where
             the environment names one. The picture is written to that path.
    Cost:    about 2 s; a page that does not show what it should is given up after the patience.
    Errors:  NotConfigured, NoData, Unreachable, Malformed; Ambiguous where the API's own answer changed meanwhile.
    """
    portal = systems.block("portal", systems.environment.portal)
    if portal.suite_report:
        return _by_suite(systems, portal, flow, flipped_at)
    return _by_browser(systems, portal, flow, picture, patience_s)


def _by_browser(systems: Systems, portal: Portal, flow: str, picture: Path, patience_s: float) -> Observation[FlowSeen]:
    from flipgate.probes.portal import METHODS, listed, walk
    from flipgate.safety.loop import finished

    gateway = systems.block("gateway", systems.environment.gateway)
    org = systems.block("org_v23", systems.environment.org_v23)
    wanted = portal.flows.get(flow)
    rows = _comparable(wanted, listed(gateway, flow, org.test_org))
    seen = finished(walk(portal, gateway, flow, frozenset(rows), patience_s))
    if Counter(seen.rows) != Counter(rows) and _comparable(wanted, listed(gateway, flow, org.test_org)) != rows:
        raise Ambiguous("gateway", "the API's answer changed while the page was looked at: look again", METHODS[flow])
    asked = (f"GET {seen.url}", f"POST {METHODS[flow]}")
    value = FlowSeen(flow, page=_page(seen, rows, picture))
    return Observation(value, "records", "browser + gateway", asked, systems.clock.now())


def _comparable(flow: PortalFlow | None, rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """Where the page says no ids, records are told apart by their names."""
    return rows if flow is None or flow.record_id else tuple(("", name) for _, name in rows)


def _page(seen: Walk, rows: tuple[Row, ...], picture: Path) -> PageSeen:
    shown, listed = Counter(seen.rows), Counter(rows)
    missing, added = list((listed - shown).elements()), list((shown - listed).elements())
    return PageSeen(
        url=seen.url,
        pages=seen.pages,
        shown=len(seen.rows),
        listed=len(rows),
        missing=len(missing),
        missing_names=tuple(_told(row) for row in missing[:_NAMED]),
        added=len(added),
        added_names=tuple(_told(row) for row in added[:_NAMED]),
        requests=seen.visit.requests,
        pending=len(seen.visit.pending),
        console_errors=tuple(seen.visit.errors[:_NAMED]),
        failed_requests=tuple(f"{request}: {why}" for request, why in seen.visit.failed.items())[:_NAMED],
        refused=tuple(seen.visit.refused.values())[:_NAMED],
        picture=_kept(seen.picture, picture),
        unpictured="" if seen.picture else "the page shows the token, so no picture of it was kept",
    )


def _kept(content: bytes, file: Path) -> Picture | None:
    if not content:
        return None
    file.write_bytes(content)
    return Picture(file.name, f"sha256:{hashlib.sha256(content).hexdigest()}")


def _told(row: Row) -> str:
    return visible(" ".join(filter(None, row)))


def _by_suite(systems: Systems, portal: Portal, flow: str, flipped_at: datetime) -> Observation[FlowSeen]:
    from flipgate.probes.suite_report import SOURCE, read

    path = Path(portal.suite_report or "").expanduser()
    began_at, tests, errors = read(path)
    described = portal.flows.get(flow)
    pattern = re.compile(
        described.suite_title if described and described.suite_title else _loosely(flow), re.IGNORECASE
    )
    own = tuple(one for one in tests if pattern.search(one[0]))
    value = FlowSeen(flow, suite=SuiteSeen(systems.clock.to_world(began_at), flipped_at, own, errors))
    return Observation(value, "tests", SOURCE, (f"read {path.name}",), systems.clock.now())


def _loosely(flow: str) -> str:
    """Which titles speak of this flow, however its words are joined? "Org Chart" is in "org-chart › renders"."""
    words = re.findall(r"[A-Z]+[a-z]*|[a-z]+", flow)
    return r"[\s_-]*".join(map(re.escape, words))
