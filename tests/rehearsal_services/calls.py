"""Calls of the gRPC services as a client makes them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import grpc

from flipgate.rehearsal.services.contract import METHODS

LIST_TEAMS = "upsquad.tenant.v1.TenantService/ListTeams"
ORG_CHART = "upsquad.tenant.v1.TenantService/GetOrgChart"
LIST_MEMBERS = "upsquad.member.v1.MemberService/ListMembers"
CHECK = "upsquad.governance.v1.GovernanceService/Check"
LIST_POLICIES = "upsquad.governance.v1.GovernanceService/ListPolicies"


class Client:
    def __init__(self, channel: grpc.Channel) -> None:
        self.channel = channel

    def call(self, path: str, tenant: str = "", **asked: object) -> Any:
        method = METHODS[path]
        stub: Any = self.channel.unary_unary(
            f"/{path}",
            request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=method.response.FromString,
        )
        metadata = (("x-upsquad-org-id", tenant),) if tenant else ()
        return stub(method.request(**asked), metadata=metadata, timeout=5)

    def pages(self, path: str, tenant: str, page_size: int = 100) -> Iterator[Any]:
        token = ""
        while True:
            page = self.call(path, tenant, page_size=page_size, page_token=token)
            yield page
            token = page.next_page_token
            if not token:
                return

    def refused(self, path: str, tenant: str = "", **asked: object) -> str:
        """With which status is this call refused?"""
        try:
            self.call(path, tenant, **asked)
        except grpc.RpcError as error:
            return str(error.code().name)
        return "OK"


@contextmanager
def client(address: str) -> Iterator[Client]:
    with grpc.insecure_channel(address) as channel:
        yield Client(channel)
