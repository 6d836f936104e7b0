"""The messages and services of the wire contract, built from a table when imported; there is no generated code.

Everything is registered in the default pool, so that server reflection finds it.
"""

from dataclasses import dataclass

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import Message

# `name` is a string; `name=type` says another; a trailing `*` repeats. Enum values count from 0.
_TABLE = {
    "tenant": """
        message Team: id name pillar_id lead_member_id member_count=int32
        message OrgNode: id name kind member_ids=string* children=OrgNode*
        rpc TenantService.ListTeams: page_size=int32 page_token -> teams=Team* next_page_token
        rpc TenantService.GetOrgChart: -> root=OrgNode
    """,
    "member": """
        message Member: id display_name email team_id role
        rpc MemberService.ListMembers: page_size=int32 page_token -> members=Member* next_page_token
    """,
    "governance": """
        enum Verdict: VERDICT_UNSPECIFIED ALLOW DENY
        message Policy: id name layer effect
        rpc GovernanceService.Check: member_id action resource -> verdict=Verdict layers=int32 matched_policy_id
        rpc GovernanceService.ListPolicies: page_size=int32 page_token -> policies=Policy* next_page_token
    """,
    "orgunit": """
        message TreeNode: id name kind children=TreeNode*
        rpc OrgUnitService.GetTree: root_id -> root=TreeNode
    """,
    "rbac": """
        message Role: id name clearance=int32
        rpc RbacService.ListRoles: page_size=int32 page_token -> roles=Role* next_page_token
    """,
    "conflict": """
        message Conflict: id policy_a policy_b detected_at
        rpc ConflictService.ListConflicts: page_size=int32 page_token -> conflicts=Conflict* next_page_token
    """,
}

_Field = descriptor_pb2.FieldDescriptorProto
_SCALARS = {"string": _Field.TYPE_STRING, "int32": _Field.TYPE_INT32}


@dataclass(frozen=True)
class Method:
    """One unary method; its path is the same on gRPC and on the gateway."""

    service: str
    name: str
    request: type[Message]
    response: type[Message]

    @property
    def path(self) -> str:
        return f"{self.service}/{self.name}"


def message_class(full_name: str) -> type[Message]:
    """Which class holds this message?"""
    return message_factory.GetMessageClass(descriptor_pool.Default().FindMessageTypeByName(full_name))


def _add_message(file: descriptor_pb2.FileDescriptorProto, name: str, fields: str) -> str:
    enums = {enum.name for enum in file.enum_type}
    message = file.message_type.add(name=name)
    for number, written in enumerate(fields.split(), start=1):
        field_name, _, kind = written.partition("=")
        field = message.field.add(name=field_name, number=number)
        field.label = _Field.LABEL_REPEATED if kind.endswith("*") else _Field.LABEL_OPTIONAL
        kind = kind.rstrip("*") or "string"
        if kind in _SCALARS:
            field.type = _SCALARS[kind]
        else:
            field.type = _Field.TYPE_ENUM if kind in enums else _Field.TYPE_MESSAGE
            field.type_name = f".{file.package}.{kind}"
    return f".{file.package}.{name}"


def _add_rpc(file: descriptor_pb2.FileDescriptorProto, name: str, fields: str) -> None:
    service_name, _, method = name.partition(".")
    known = [service for service in file.service if service.name == service_name]
    service = known[0] if known else file.service.add(name=service_name)
    asked, _, answered = fields.partition("->")
    service.method.add(
        name=method,
        input_type=_add_message(file, f"{method}Request", asked),
        output_type=_add_message(file, f"{method}Response", answered),
    )


def _file(package: str, table: str) -> descriptor_pb2.FileDescriptorProto:
    full = f"upsquad.{package}.v1"
    file = descriptor_pb2.FileDescriptorProto(
        name=f"upsquad/{package}/v1/{package}.proto", package=full, syntax="proto3"
    )
    for line in table.strip().splitlines():
        head, _, rest = line.strip().partition(":")
        kind, name = head.split()
        if kind == "enum":
            enum = file.enum_type.add(name=name)
            for number, value in enumerate(rest.split()):
                enum.value.add(name=value, number=number)
        elif kind == "message":
            _add_message(file, name, rest)
        else:
            _add_rpc(file, name, rest)
    return file


def _register(file: descriptor_pb2.FileDescriptorProto) -> list[Method]:
    descriptor_pool.Default().AddSerializedFile(file.SerializeToString())
    return [
        Method(
            f"{file.package}.{service.name}",
            method.name,
            message_class(method.input_type.lstrip(".")),
            message_class(method.output_type.lstrip(".")),
        )
        for service in file.service
        for method in service.method
    ]


METHODS = {method.path: method for package, table in _TABLE.items() for method in _register(_file(package, table))}
