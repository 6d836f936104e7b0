"""A tenant service in this process whose answers a test sets, page by page."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import grpc
from google.protobuf.descriptor_pool import DescriptorPool
from grpc_reflection.v1alpha import reflection

from benchmarks.tenant_stub import PATHS, SERVICES, contract, message
from flipgate.config.environment import Service

Rows = list[dict[str, Any]]
TEAM = {"id": "t-1", "name": "Café", "pillar_id": "p-1", "lead_member_id": "m-1", "member_count": 2}


def chart(*teams: dict[str, Any]) -> dict[str, Any]:
    pillar = {"id": "p-1", "name": "Pillar", "kind": "pillar", "children": list(teams)}
    return {"id": "org", "name": "Org", "kind": "org", "children": [pillar]}


class TenantService:
    """teams, members, charts: by tenant. `spoil` may change the bytes of any answer."""

    def __init__(self, pool: DescriptorPool | None = None) -> None:
        self.teams: dict[str, Rows] = {}
        self.members: dict[str, Rows] = {}
        self.charts: dict[str, dict[str, Any]] = {}
        self.seen: list[tuple[str, str]] = []
        self.spoil: Callable[[str, bytes], bytes] = lambda _, raw: raw
        self.pool = pool or contract()

    def holding(self, *tenants: str, teams: int = 3) -> TenantService:
        for tenant in tenants:
            self.teams[tenant] = [TEAM | {"id": f"t-{number:03}", "name": f"Café {number}"} for number in range(teams)]
            self.members[tenant] = [
                {"id": f"m-{number}", "display_name": "Zoë", "team_id": "t-001"} for number in range(4)
            ]
            self.charts[tenant] = chart({"id": "t-1", "kind": "team", "member_ids": ["m-2", "m-1"]}, {"id": "t-2"})
        return self

    def answer(self, path: str, raw: bytes, tenant: str) -> bytes:
        service, _, method = path.partition("/")
        package = service.rpartition(".")[0]
        request = message(self.pool, f"{package}.{method}Request").FromString(raw)
        response = message(self.pool, f"{package}.{method}Response")
        if method == "GetOrgChart":
            found = response(root=self.charts[tenant]) if tenant in self.charts else response()
            return self.spoil(path, found.SerializeToString())
        rows = (self.teams if method == "ListTeams" else self.members)[tenant]
        start = int(base64.b64decode(request.page_token) or 0)
        end = start + request.page_size
        field = "teams" if method == "ListTeams" else "members"
        found = response(**{field: rows[start:end]}, next_page_token=_token(end) if end < len(rows) else "")
        return self.spoil(path, found.SerializeToString())

    @contextmanager
    def serving(self, services: tuple[str, ...] = SERVICES) -> Iterator[str]:
        server = grpc.server(ThreadPoolExecutor(8))
        for path in PATHS:
            service, _, method = path.partition("/")
            handler = grpc.unary_unary_rpc_method_handler(self._handler(path))
            server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, {method: handler}),))
        reflection.enable_server_reflection(services, server, self.pool)
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        try:
            yield f"127.0.0.1:{port}"
        finally:
            server.stop(0).wait()

    def _handler(self, path: str) -> Callable[[bytes, grpc.ServicerContext], bytes]:
        def answer(request: bytes, context: grpc.ServicerContext) -> bytes:
            tenant = str(dict(context.invocation_metadata()).get("x-upsquad-org-id", ""))
            self.seen.append((path, tenant))
            return self.answer(path, request, tenant)

        return answer


def _token(start: int) -> str:
    return base64.b64encode(str(start).encode()).decode()


def block(*addresses: str) -> Service:
    return Service(addresses=addresses, deployment="tenant-service")
