"""A tenant service that answers from memory, as fast as Python can: the contract's three listings, with reflection.

python -m benchmarks.tenant_stub    serves on a free port, which it prints, until its standard input ends.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import grpc.aio
from google.protobuf import descriptor_pb2
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass
from grpc_reflection.v1alpha import reflection

_Field = descriptor_pb2.FieldDescriptorProto

# message -> fields; `name:type` where it is no string, `*` repeats
_MESSAGES = {
    "upsquad.tenant.v1": {
        "Team": "id name pillar_id lead_member_id member_count:int32",
        "OrgNode": "id name kind member_ids* children:OrgNode*",
        "ListTeamsRequest": "page_size:int32 page_token",
        "ListTeamsResponse": "teams:Team* next_page_token",
        "GetOrgChartRequest": "",
        "GetOrgChartResponse": "root:OrgNode",
    },
    "upsquad.member.v1": {
        "Member": "id display_name email team_id role",
        "ListMembersRequest": "page_size:int32 page_token",
        "ListMembersResponse": "members:Member* next_page_token",
    },
}
_SERVICES = {
    "upsquad.tenant.v1": ("TenantService", ("ListTeams", "GetOrgChart")),
    "upsquad.member.v1": ("MemberService", ("ListMembers",)),
}
PATHS = tuple(
    f"{package}.{service}/{method}" for package, (service, methods) in _SERVICES.items() for method in methods
)
SERVICES = tuple(f"{package}.{service}" for package, (service, _) in _SERVICES.items())


def contract(without: str = "") -> DescriptorPool:
    """The messages and services of the listings, in a pool of their own; one field may be left out."""
    pool = DescriptorPool()
    for package, messages in _MESSAGES.items():
        file = descriptor_pb2.FileDescriptorProto(name=f"{package}.proto", package=package, syntax="proto3")
        for name, fields in messages.items():
            _message(file, name, [field for field in fields.split() if field != without])
        service, methods = _SERVICES[package]
        described = file.service.add(name=service)
        for method in methods:
            names = {"input_type": f".{package}.{method}Request", "output_type": f".{package}.{method}Response"}
            described.method.add(name=method, **names)
        pool.AddSerializedFile(file.SerializeToString())
    return pool


def _message(file: descriptor_pb2.FileDescriptorProto, name: str, fields: list[str]) -> None:
    message = file.message_type.add(name=name)
    for number, written in enumerate(fields, start=1):
        field_name, _, kind = written.rstrip("*").partition(":")
        label = _Field.LABEL_REPEATED if written.endswith("*") else _Field.LABEL_OPTIONAL
        field = message.field.add(name=field_name, number=number, label=label, type=_Field.TYPE_STRING)
        if kind == "int32":
            field.type = _Field.TYPE_INT32
        elif kind:
            field.type, field.type_name = _Field.TYPE_MESSAGE, f".{file.package}.{kind}"


def message(pool: DescriptorPool, name: str) -> Any:
    """The class of a message, by its full name."""
    return GetMessageClass(pool.FindMessageTypeByName(name))


def answers(pool: DescriptorPool) -> dict[str, bytes]:
    """One answer a method: 20 teams, their chart, 40 members."""
    names = ("upsquad.tenant.v1.Team", "upsquad.tenant.v1.OrgNode", "upsquad.member.v1.Member")
    team, node, member = (message(pool, name) for name in names)
    teams = [team(id=f"team-{i:04}", name=f"Équipe {i}", pillar_id=f"p-{i % 3}", member_count=2) for i in range(20)]
    staff = [[f"m-{i}", f"m-{i + 20}"] for i in range(20)]
    nodes = [node(id=t.id, name=t.name, kind="team", member_ids=own) for t, own in zip(teams, staff, strict=True)]
    members = [
        member(id=f"m-{i}", display_name=f"Name {i}", email=f"m{i}@t.example", team_id=f"team-{i % 20:04}")
        for i in range(40)
    ]
    found = {
        "ListTeams": message(pool, "upsquad.tenant.v1.ListTeamsResponse")(teams=teams),
        "GetOrgChart": message(pool, "upsquad.tenant.v1.GetOrgChartResponse")(root=node(id="org", children=nodes)),
        "ListMembers": message(pool, "upsquad.member.v1.ListMembersResponse")(members=members),
    }
    return {path: found[path.rpartition("/")[2]].SerializeToString() for path in PATHS}


async def serve() -> None:
    pool, server = contract(), grpc.aio.server()
    for path, raw in answers(pool).items():
        service, _, method = path.partition("/")
        handler: Any = grpc.unary_unary_rpc_method_handler(_constant(raw))
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, {method: handler}),))
    reflection.enable_server_reflection(SERVICES, server, pool)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    print(port, flush=True)  # noqa: T201  the port is the protocol
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await server.stop(0)


def _constant(raw: bytes) -> Any:
    async def answer(_request: bytes, _context: Any) -> bytes:
        return raw

    return answer


if __name__ == "__main__":
    asyncio.run(serve())
