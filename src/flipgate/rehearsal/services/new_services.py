"""orgunit-service, rbac-service and conflict-service: one read each; the deployment's name says which.

They answer from the start; the gateway's gate is what keeps them dark while new_services_enabled is false.
"""

from collections.abc import Collection
from datetime import UTC
from typing import LiteralString

import grpc
import psycopg
from google.protobuf.message import Message

from .contract import METHODS, message_class
from .flagged import FlaggedService
from .paging import Row, page
from .process import Levers, main
from .rpc import Caller, Handler, PageRequest, RefusedError, required_tenant
from .settings import Settings

GET_TREE = "upsquad.orgunit.v1.OrgUnitService/GetTree"
LIST_ROLES = "upsquad.rbac.v1.RbacService/ListRoles"
LIST_CONFLICTS = "upsquad.conflict.v1.ConflictService/ListConflicts"

_UNITS_SQL: LiteralString = "select id, name, kind, parent_id from org_units where tenant_id = %s order by id"
_ROLES_SQL: LiteralString = """
    select id, name, clearance from roles where tenant_id = %s and id > %s order by id limit %s"""
_CONFLICTS_SQL: LiteralString = """
    select id, policy_a, policy_b, detected_at from policy_conflicts
    where tenant_id = %s and id > %s order by id limit %s"""


class NewServiceLevers(Levers, frozen=True, forbid_unknown_fields=True):
    """`not_serving` and `unknown_name` are what health says; the others spoil the answers, whatever health says.

    `restless`: the last role is there at every second call only. `shuffled`, roles in another order, spoils nothing.
    """

    not_serving: bool = False
    unknown_name: bool = False
    read_fails: bool = False
    last_record_missing: bool = False
    restless: bool = False
    shuffled: bool = False


class NewService(FlaggedService):
    """One of the three; asks the database for every answer."""

    levers: NewServiceLevers = NewServiceLevers()

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self._has_moved = False
        self.requests = self.metrics.counter(
            "grpc_requests_total", "Calls by method and gRPC status.", "method", "code"
        )

    async def behaving(self, moved: Collection[str]) -> None:  # noqa: ARG002  health is told whole
        await self.health.say(serving=not self.levers.not_serving, by_name=not self.levers.unknown_name)

    def methods(self) -> dict[str, Handler]:
        path, handler = {
            "orgunit-service": (GET_TREE, self._get_tree),
            "rbac-service": (LIST_ROLES, self._list_roles),
            "conflict-service": (LIST_CONFLICTS, self._list_conflicts),
        }[self.settings.name]
        return {path: self._counted(path, handler)}

    def _counted(self, path: str, handler: Handler) -> Handler:
        async def counted(request: object, caller: Caller) -> Message:
            code = grpc.StatusCode.OK
            try:
                return await (_failing if self.levers.read_fails else handler)(request, caller)
            except RefusedError as refused:
                code = refused.code
                raise
            except psycopg.Error as error:
                code = grpc.StatusCode.INTERNAL
                raise RefusedError(code, "the database did not answer") from error
            finally:
                self.requests.add(1, METHODS[path].name, code.name)

        return counted

    async def _get_tree(self, _: object, caller: Caller) -> Message:
        tenant = required_tenant(caller)
        slugs = await self.database.rows("select slug from tenants where id = %s", (tenant,))
        if not slugs:
            raise RefusedError(grpc.StatusCode.NOT_FOUND, "no such tenant")
        below: dict[str, list[Row]] = {}
        for unit in await self.database.rows(_UNITS_SQL, (tenant,)):
            below.setdefault(unit[3] or tenant, []).append(unit)
        return METHODS[GET_TREE].response(root=_node((tenant, slugs[0][0], "org"), below))

    async def _list_roles(self, request: PageRequest, caller: Caller) -> Message:
        tenant, asked = required_tenant(caller), page(request)
        kept, token = asked.cut(await self.database.rows(_ROLES_SQL, (tenant, asked.after, asked.probe)))
        self._has_moved = self.levers.restless and not self._has_moved
        if (self.levers.last_record_missing or self._has_moved) and not token:
            kept = kept[:-1]
        if self.levers.shuffled:
            kept = kept[::-1]
        role = message_class("upsquad.rbac.v1.Role")
        roles = [role(id=row[0], name=row[1], clearance=row[2]) for row in kept]
        return METHODS[LIST_ROLES].response(roles=roles, next_page_token=token)

    async def _list_conflicts(self, request: PageRequest, caller: Caller) -> Message:
        tenant, asked = required_tenant(caller), page(request)
        kept, token = asked.cut(await self.database.rows(_CONFLICTS_SQL, (tenant, asked.after, asked.probe)))
        conflict = message_class("upsquad.conflict.v1.Conflict")
        conflicts = [
            conflict(id=row[0], policy_a=row[1], policy_b=row[2], detected_at=row[3].astimezone(UTC).isoformat())
            for row in kept
        ]
        return METHODS[LIST_CONFLICTS].response(conflicts=conflicts, next_page_token=token)


async def _failing(_request: object, _caller: Caller) -> Message:
    raise RefusedError(grpc.StatusCode.INTERNAL, "the read replica is gone")


def _node(unit: Row, below: dict[str, list[Row]]) -> Message:
    children = [_node(child, below) for child in below.get(unit[0], [])]
    node = message_class("upsquad.orgunit.v1.TreeNode")
    return node(id=unit[0], name=unit[1], kind=unit[2], children=children)


if __name__ == "__main__":
    main(NewService)
