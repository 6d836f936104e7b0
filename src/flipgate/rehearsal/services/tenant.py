"""tenant-service: a tenant's teams, members and org chart, from the legacy tables or through the shim from the mirror.

Peers: `replicas`, how many of this deployment share the traffic (1 when left out).
"""

from collections.abc import Collection, Sequence

import grpc
import psycopg
from google.protobuf.message import Message

from .contract import METHODS, message_class
from .database import Database
from .flagged import FlaggedService
from .load import TrafficLevers, arrivals, share, spread
from .metrics import Life, Span
from .org_reads import LEGACY, MIRROR, OrgReads
from .paging import Row, page
from .process import Line, Lived, main
from .rpc import Caller, Handler, PageRequest, RefusedError, required_tenant
from .seed import TENANTS
from .settings import Settings

LIST_TEAMS = "upsquad.tenant.v1.TenantService/ListTeams"
ORG_CHART = "upsquad.tenant.v1.TenantService/GetOrgChart"
LIST_MEMBERS = "upsquad.member.v1.MemberService/ListMembers"

_SHIM = ("INFO", "tenant.listteams.shim", "ListTeams shim path invoked")
_FALLBACK = ("WARN", "tenant.listteams.shim", "ListTeams shim cannot resolve org_units: fallback to legacy")
_SHIM_ERROR = ("tenant.listteams.shim", "ancestor_path of an org unit is broken")
_LEGACY = ("INFO", "tenant.listteams.legacy", "ListTeams legacy path")

# The planner's own choice is nearly always the index; this makes the tables' idx_scan a sure witness of these reads.
_PLANNER = {"enable_seqscan": "off"}


class TenantLevers(TrafficLevers, frozen=True, forbid_unknown_fields=True):
    """`stale_flags` keeps the flag values this process has; `silent` logs no call, `shim_errors` an error with each.

    On either path: `blank_tenant` is one that gets no teams; `shuffled`, another order inside each page, is no bug.
    The others are bugs of the shim, seen on its path only.
    """

    stale_flags: bool = False
    empty_list_teams: bool = False
    last_page_missing: bool = False
    single_page: bool = False
    last_team_twice: bool = False
    shuffled: bool = False
    blank_tenant: str = ""
    fallback_to_legacy: bool = False
    shim_errors: bool = False
    silent: bool = False


class TenantService(FlaggedService):
    """Answers from where each tenant's flag says, and logs which way every ListTeams took."""

    levers: TenantLevers = TenantLevers()

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings, Database(settings.postgres, _PLANNER))
        self.requests = self.metrics.counter(
            "tenant_requests_total", "Calls by method and gRPC status.", "method", "code"
        )

    async def behaving(self, moved: Collection[str]) -> None:
        if "stale_flags" in moved:
            await self.flags.freeze(frozen=self.levers.stale_flags, scopes=[tenant.id for tenant in TENANTS])

    def methods(self) -> dict[str, Handler]:
        handlers: dict[str, Handler] = {
            LIST_TEAMS: self._list_teams,
            ORG_CHART: self._org_chart,
            LIST_MEMBERS: self._list_members,
        }
        return {path: self._counted(path, handler) for path, handler in handlers.items()}

    async def live(self, span: Span) -> Lived:
        grown: dict[tuple[str, ...], list[int]] = {
            (METHODS[path].name, "OK"): arrivals(
                self.random, self.levers.requests_per_minute * share(self.settings, path), span
            )
            for path in (LIST_TEAMS, ORG_CHART, LIST_MEMBERS)
        }
        return Lived(Life({self.requests.name: grown}), await self._lines(span))

    async def _lines(self, span: Span) -> list[Line]:
        calls_per_minute = self.levers.requests_per_minute * share(self.settings, LIST_TEAMS)
        if not calls_per_minute or self.levers.silent:
            return []
        moments = spread(span, at_most=200, apart_s=60 / calls_per_minute)
        paths = {tenant.id: await self._path(tenant.id) for tenant in TENANTS}
        told = [TENANTS[index % len(TENANTS)].id for index in range(len(moments))]
        return [Line(at, *paths[tenant], {"tenant": tenant}) for at, tenant in zip(moments, told, strict=True)]

    def _counted(self, path: str, handler: Handler) -> Handler:
        async def counted(request: PageRequest, caller: Caller) -> Message:
            code = grpc.StatusCode.OK
            try:
                return await handler(request, caller)
            except RefusedError as refused:
                code = refused.code
                raise
            except psycopg.Error as error:
                code = grpc.StatusCode.INTERNAL
                raise RefusedError(code, "the database did not answer") from error
            finally:
                self.requests.add(1, METHODS[path].name, code.name)

        return counted

    async def _swung(self, tenant: str) -> bool:
        return await self.flags.on("read_from_org_units", tenant)

    async def _path(self, tenant: str) -> tuple[str, str, str]:
        if not await self._swung(tenant):
            return _LEGACY
        return _FALLBACK if self.levers.fallback_to_legacy else _SHIM

    async def _reads(self, tenant: str) -> OrgReads:
        return MIRROR if await self._path(tenant) == _SHIM else LEGACY

    async def _list_teams(self, request: PageRequest, caller: Caller) -> Message:
        tenant, asked = required_tenant(caller), page(request)
        path = await self._path(tenant)
        level, key, msg = path
        if not self.levers.silent:
            self.log.write(level, key, msg, tenant=tenant, request_id=caller.request_id)
        if self.levers.shim_errors:
            self.log.write("ERROR", *_SHIM_ERROR, tenant=tenant, request_id=caller.request_id)
        if tenant == self.levers.blank_tenant or (path == _SHIM and self.levers.empty_list_teams):
            return METHODS[LIST_TEAMS].response()
        sql = MIRROR if path == _SHIM else LEGACY
        rows = await self.database.rows(sql.teams, (tenant, asked.after, asked.probe + asked.size))
        kept, token = asked.cut(rows)
        if path == _SHIM:
            if self.levers.single_page or (self.levers.last_page_missing and len(rows) <= 2 * asked.size):
                token = ""
            kept = [*kept, *(kept[-1:] if self.levers.last_team_twice else ())]
        if self.levers.shuffled:
            kept = kept[::-1]
        team = message_class("upsquad.tenant.v1.Team")
        return METHODS[LIST_TEAMS].response(teams=[_message(team, row) for row in kept], next_page_token=token)

    async def _list_members(self, request: PageRequest, caller: Caller) -> Message:
        tenant, asked = required_tenant(caller), page(request)
        reads = await self._reads(tenant)
        kept, token = asked.cut(await self.database.rows(reads.members, (tenant, asked.after, asked.probe)))
        member = message_class("upsquad.member.v1.Member")
        return METHODS[LIST_MEMBERS].response(members=[_message(member, row) for row in kept], next_page_token=token)

    async def _org_chart(self, _: object, caller: Caller) -> Message:
        tenant = required_tenant(caller)
        reads = await self._reads(tenant)
        slugs = await self.database.rows("select slug from tenants where id = %s", (tenant,))
        if not slugs:
            raise RefusedError(grpc.StatusCode.NOT_FOUND, "no such tenant")
        node = message_class("upsquad.tenant.v1.OrgNode")
        staff: dict[str, list[str]] = {}
        for team, member in await self.database.rows(reads.memberships, (tenant,)):
            staff.setdefault(team, []).append(member)
        teams: dict[str, list[Message]] = {}
        for team, name, pillar, *_rest in await self.database.rows(reads.teams, (tenant, "", None)):
            teams.setdefault(pillar, []).append(node(id=team, name=name, kind="team", member_ids=staff.get(team, [])))
        pillars = [
            node(id=pillar, name=name, kind="pillar", children=teams.get(pillar, []))
            for pillar, name in await self.database.rows(reads.pillars, (tenant,))
        ]
        return METHODS[ORG_CHART].response(root=node(id=tenant, name=slugs[0][0], kind="org", children=pillars))


def _message(kind: type[Message], row: Row) -> Message:
    """A record whose columns are the message's fields, in their order."""
    names: Sequence[str] = [field.name for field in kind.DESCRIPTOR.fields]
    return kind(**dict(zip(names, row, strict=True)))


if __name__ == "__main__":
    main(TenantService)
