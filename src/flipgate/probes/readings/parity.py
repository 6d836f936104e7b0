"""Does every tenant still get the answers that it got before the flip?"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from flipgate.core.errors import NoData
from flipgate.core.facts.parity import CaptureReading, ParityReading
from flipgate.core.observation import Observation
from flipgate.probes.baseline import FORMAT, Header
from flipgate.probes.contract import PATHS
from flipgate.probes.readings.joined import joined
from flipgate.probes.systems import Systems


def capture(systems: Systems, file: Path) -> Observation[CaptureReading]:
    """What do ListTeams, GetOrgChart and ListMembers hold for every tenant? Kept in this file.

    Shape:   the file lies in the folder of its run; the reading names it without that folder.
    Errors:  NotConfigured, Unreachable, Malformed; Ambiguous (addresses disagree); NoData (no tenants).
    """
    from flipgate.probes import parity as probe

    captured_at, tenants = systems.clock.now(), systems.database.tenants()
    ids, addresses = tuple(tenant.id for tenant in tenants.value), systems.listings.addresses
    header = Header(FORMAT, systems.environment.name, file.parent.name, captured_at, addresses, ids)
    value = probe.capture(systems.listings, header, file, _test_org(systems))
    return joined(value, "records", _asked(systems, addresses, len(ids)), tenants)


def parity(systems: Systems, file: Path) -> Observation[ParityReading]:
    """Does each tenant's each listing, at each address, hold the records of the baseline in this file?

    Shape:   at most 48 differences, those first that no later edit of the legacy row explains; all are counted.
    Errors:  NotConfigured, Unreachable, Malformed, Ambiguous; NoData (no such file, or another environment's).
    """
    from flipgate.probes import parity as probe

    tenants, test_org = systems.database.tenants(), _test_org(systems)
    ids = [tenant.id for tenant in tenants.value]
    found = probe.compare(systems.listings, file, ids, lambda records: systems.database.edited(records).value, test_org)
    header, rows = found.header, systems.database.team_rows(test_org)
    if header.environment != systems.environment.name:
        raise NoData("baseline", f"{file.name} is of the environment {header.environment}")
    addresses, known = systems.listings.addresses, frozenset(header.tenants)
    value = ParityReading(
        captured_at=header.captured_at,
        baseline_run=header.run,
        addresses=addresses,
        totals=found.totals(),
        differences=found.differences(),
        differing=found.differing,
        new_tenants=tuple(tenant for tenant in ids if tenant not in known),
        gone_tenants=tuple(sorted(known.difference(ids))),
        test_org=test_org,
        test_org_records=found.test_org_records,
        rows_legacy=rows.value,
        rows_listed=found.rows_listed,
    )
    return joined(value, "records", _asked(systems, addresses, len(ids)), tenants, rows)


def _test_org(systems: Systems) -> str:
    return systems.block("org_v23", systems.environment.org_v23).test_org


def _asked(systems: Systems, addresses: Sequence[str], tenants: int) -> Observation[None]:
    calls = tuple(f"{path} for {tenants} tenants at {', '.join(addresses)}" for path in PATHS.values())
    return Observation(None, "records", "grpc", calls, systems.clock.now())
