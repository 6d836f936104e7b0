"""dualwrite-reconciler: compares the legacy tables with their mirror, tenant by tenant, and tells the open drift.

`POST /-/pass` runs a pass at once and returns when it is done.
"""

import asyncio
import contextlib
import time
from typing import LiteralString

import psycopg
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from .database import Database
from .metrics import Life, Span
from .process import Levers, Lived, Service, json_response, main, sentence
from .settings import Settings

TABLES = ("org_units", "org_unit_memberships")
_PASS_EVERY_S = 3.0
_LIVED_PASS_EVERY_S = 60.0

# A row counts once: missing from the mirror, surplus in it, or different. The lead of a team is a role in the mirror.
_DRIFT_SQL: LiteralString = """
with legacy_units as (
    select tenant_id, id, 'pillar' as kind, name, null as parent from pillars
    union all select tenant_id, id, 'team', name, pillar_id from teams),
units as (
    select coalesce(l.tenant_id, m.tenant_id) as tenant_id
    from legacy_units l full join org_units m on m.tenant_id = l.tenant_id and m.id = l.id
    where (l.kind, l.name, l.parent) is distinct from (m.kind, m.name, m.parent_id)),
legacy_roles as (
    select s.tenant_id, s.team_id, s.member_id,
        case when t.lead_member_id = s.member_id then 'lead' when s.role = 'lead' then 'member' else s.role end as role
    from team_memberships s left join teams t on t.id = s.team_id),
roles as (
    select coalesce(l.tenant_id, m.tenant_id) as tenant_id
    from legacy_roles l full join org_unit_memberships m
        on m.tenant_id = l.tenant_id and m.org_unit_id = l.team_id and m.member_id = l.member_id
    where l.role is distinct from m.role)
select t.id,
    (select count(*) from units u where u.tenant_id = t.id), (select count(*) from roles r where r.tenant_id = t.id)
from tenants t
"""

# The readers' index scans stay the only ones that the tables' idx_scan counts.
_PLANNER = {"enable_indexscan": "off", "enable_bitmapscan": "off", "enable_indexonlyscan": "off"}


class ReconcilerLevers(Levers, frozen=True, forbid_unknown_fields=True):
    """`stalled` stops the passes; what the last one found is told for ever. `tells` is told in place of every drift."""

    stalled: bool = False
    tells: str = ""


class Reconciler(Service):
    """Passes over all tenants every few seconds; a lived span is passed over as it was found last."""

    levers: ReconcilerLevers = ReconcilerLevers()

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.database = Database(settings.postgres, _PLANNER, size=1)
        self.drift = self.metrics.gauge(
            "dualwrite_open_drift", "Rows that differ from their mirror.", "tenant", "table"
        )
        self.last_pass = self.metrics.gauge("dualwrite_last_pass_timestamp_seconds", "When the last pass ended.")
        self._passing: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self.log.write("INFO", "dualwrite.reconciler.start", "reconciler started", detect_interval="1h")
        with contextlib.suppress(psycopg.Error):
            await self._pass()
        self._passing = asyncio.create_task(self._pass_for_ever())

    async def stop(self) -> None:
        if self._passing is not None:
            self._passing.cancel()
        await self.database.close()

    def routes(self) -> list[BaseRoute]:
        return [Route("/-/pass", self._pass_now, methods=["POST"])]

    def age(self, seconds: float) -> None:
        super().age(seconds)
        for labels in self.last_pass.values:
            self.last_pass.add(-seconds, *labels)

    async def live(self, span: Span) -> Lived:
        if self.levers.stalled:
            return Lived(Life(), [])
        passes = [at - at % _LIVED_PASS_EVERY_S for at in span.times()]
        return Lived(Life({self.last_pass.name: {(): passes}}), [])

    async def _pass_for_ever(self) -> None:
        while True:
            await asyncio.sleep(_PASS_EVERY_S)
            if self.levers.stalled:
                continue
            try:
                await self._pass()
            except psycopg.Error as error:
                self.log.write("ERROR", "dualwrite.reconciler.pass", f"pass failed: {type(error).__name__}")

    async def _pass(self) -> None:
        found = await self.database.rows(_DRIFT_SQL)
        for tenant, *counts in found:
            for table, count in zip(TABLES, counts, strict=True):
                self._tell(tenant, table, count)
        self.last_pass.put(time.time())

    def _tell(self, tenant: str, table: str, count: int) -> None:
        if count and count != self.drift.values.get((tenant, table)):
            self.log.write("WARN", "dualwrite.reconciler.drift", "open drift", tenant=tenant, table=table, rows=count)
        self.drift.put(float(self.levers.tells or count), tenant, table)

    async def _pass_now(self, _: Request) -> Response:
        try:
            await self._pass()
        except psycopg.Error as error:
            return sentence(f"the pass failed: {type(error).__name__}", 503)
        return json_response({"open_drift": sum(self.drift.values.values())})


if __name__ == "__main__":
    main(Reconciler)
