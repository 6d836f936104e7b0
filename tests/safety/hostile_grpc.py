"""gRPC servers that mean harm: in what they describe of themselves, in what they answer, in how they answer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import grpc
from google.protobuf import descriptor_pb2
from google.protobuf.descriptor_pool import DescriptorPool
from grpc_reflection.v1alpha import reflection, reflection_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2 as wire

from benchmarks.tenant_stub import PATHS, SERVICES, contract, message

NASTY = "\x1b[2J\x1b]0;title\x07\u202e\u2066\u200b\u200d\ufeff\x00\x9b31m<script>alert(1)</script>"
HEALTH = "grpc.health.v1.Health/Check"
PACKAGE, SERVICE = "upsquad.tenant.v1", "upsquad.tenant.v1.TenantService"
_Field = descriptor_pb2.FieldDescriptorProto

Reflected = Callable[[Any, grpc.ServicerContext], Iterator[bytes]]
Answer = Callable[[bytes, Any], bytes]


@contextmanager
def serving(answer: Answer, reflected: Reflected | None = None, pool: DescriptorPool | None = None) -> Iterator[str]:
    """At which address is every listing and the health answered so? Described as `reflected` says, or honestly."""
    server = grpc.server(ThreadPoolExecutor(8), options=[("grpc.max_metadata_size", 8 << 20)])
    for path in (*PATHS, HEALTH):
        service, _, method = path.partition("/")
        handler = {method: grpc.unary_unary_rpc_method_handler(answer)}
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, handler),))
    if reflected is None:
        reflection.enable_server_reflection(SERVICES, server, pool or contract())
    else:
        reflection_pb2_grpc.add_ServerReflectionServicer_to_server(_Reflection(reflected), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.stop(0).wait()


@contextmanager
def streaming(raw: bytes) -> Iterator[str]:
    """At which address is each question answered by this, over and over?"""

    def endlessly(_request: bytes, context: grpc.ServicerContext) -> Iterator[bytes]:
        while context.is_active():
            yield raw

    server = grpc.server(ThreadPoolExecutor(8))
    for path in (*PATHS, HEALTH):
        service, _, method = path.partition("/")
        handler = {method: grpc.unary_stream_rpc_method_handler(endlessly)}
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, handler),))
    reflection.enable_server_reflection(SERVICES, server, contract())
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.stop(0).wait()


class _Reflection(reflection_pb2_grpc.ServerReflectionServicer):
    def __init__(self, reflected: Reflected) -> None:
        self._reflected = reflected

    def ServerReflectionInfo(self, requests: Any, context: Any) -> Iterator[wire.ServerReflectionResponse]:  # noqa: N802
        for request in requests:
            yield from (wire.ServerReflectionResponse.FromString(raw) for raw in self._reflected(request, context))


def files(*descriptors: bytes) -> bytes:
    """The answer that holds these descriptors."""
    held = wire.FileDescriptorResponse(file_descriptor_proto=descriptors)
    return bytes(wire.ServerReflectionResponse(file_descriptor_response=held).SerializeToString())


def descriptor(name: str, *imports: str, service: bool = False, padding: int = 0, kind: str = "A") -> bytes:
    """A file that imports others, and describes the service or a message of a long name."""
    file = descriptor_pb2.FileDescriptorProto(name=name, package=PACKAGE, syntax="proto3", dependency=imports)
    if service:
        file.message_type.add(name="A")
        types = {"input_type": f".{PACKAGE}.{kind}", "output_type": f".{PACKAGE}.{kind}"}
        described = file.service.add(name="TenantService")
        for method in ("ListTeams", "GetOrgChart"):
            described.method.add(name=method, **types)
    if padding:
        file.message_type.add(name="P" + "x" * padding)
    return bytes(file.SerializeToString())


def nested(tag: bytes, depth: int) -> bytes:
    """A message in a message in a message."""
    inner = b""
    for _ in range(depth):
        inner = tag + _varint(len(inner)) + inner
    return inner


def _varint(number: int) -> bytes:
    parts = []
    while number > 0x7F:
        parts.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*parts, number])


def _chain(request: Any, _context: Any, padding: int = 0) -> Iterator[bytes]:
    if request.HasField("file_containing_symbol"):
        yield files(descriptor("0", "1", service=True))
    else:
        number = int(request.file_by_filename)
        yield files(descriptor(str(number), str(number + 1), padding=padding))


def _circle(request: Any, _context: Any) -> Iterator[bytes]:
    asked = request.file_by_filename
    yield files(descriptor("b", "a") if asked == "b" else descriptor("a", "b", service=not asked))


def _always(raw: bytes) -> Reflected:
    return lambda _request, _context: iter([raw])


def _for_ever(raw: bytes) -> Reflected:
    return lambda _request, _context: iter(lambda: raw, b"")


def _never(_request: Any, context: grpc.ServicerContext) -> Iterator[bytes]:
    yield _silent(b"", context)


_ERROR = wire.ErrorResponse(error_code=13, error_message=NASTY)
_NAMES = wire.ListServiceResponse(service=[wire.ServiceResponse(name=NASTY)])
REFLECTED: dict[str, Reflected] = {
    "no answer, and the end": lambda _request, _context: iter(()),
    "no answer, and no end": _never,
    "nothing in it": _always(b""),
    "no descriptor in it": _always(files()),
    "an error that shows": _always(wire.ServerReflectionResponse(error_response=_ERROR).SerializeToString()),
    "names instead": _always(wire.ServerReflectionResponse(list_services_response=_NAMES).SerializeToString()),
    "garbage": _always(files(b"\xff\xfe\x00" * 100)),
    "one byte": _always(files(b"\x0a")),
    "escapes for a descriptor": _always(files(NASTY.encode())),
    "nesting": _always(files(descriptor("a") + b"\x22" + _varint(20_003) + nested(b"\x1a", 5000)[:20_003])),
    "itself": _always(files(descriptor("a", "a", service=True))),
    "a circle": _circle,
    "a chain without end": _chain,
    "a chain of large files": lambda request, context: _chain(request, context, 500_000),
    "a large file": _always(files(descriptor("a", service=True, padding=3_000_000))),
    "6 MiB": _always(files(descriptor("a", service=True, padding=6 << 20))),
    "many files": _always(files(*(descriptor(f"{n}") for n in range(20_000)))),
    "many messages": _always(files(descriptor("a") + b"\x22\x03\x0a\x01m" * 150_000)),
    "another file": _always(files(descriptor("other"))),
    "an import that is another file": _always(files(descriptor("a", "b", service=True))),
    "names that show": _always(files(descriptor(NASTY.replace("\x00", ""), NASTY[:9], service=True))),
    "a type that is not there": _always(files(descriptor("a", service=True, kind="B"))),
    "a type that is a service": _always(files(descriptor("a", service=True, kind="TenantService"))),
    "one file twice": _always(files(descriptor("a", service=True), descriptor("b", service=True))),
    "over and over": _for_ever(files(descriptor("other"))),
}


def _refusing(code: grpc.StatusCode, details: str) -> Answer:
    return lambda _request, context: context.abort(code, details)


def _with_metadata(*, before: bool) -> Answer:
    def answer(_request: bytes, context: grpc.ServicerContext) -> bytes:
        large = (("x-large", "y" * (1 << 20)),)
        (context.send_initial_metadata if before else context.set_trailing_metadata)(large)
        return b""

    return answer


def _silent(_request: bytes, context: grpc.ServicerContext) -> bytes:
    """Until whoever asks has gone."""
    gone = threading.Event()
    if context.add_callback(gone.set):
        gone.wait()
    return b""


def _raw(raw: bytes) -> Answer:
    return lambda _request, _context: raw


ANSWERS: dict[str, Answer] = {
    "6 MiB": _raw(b"\x7a" + _varint(6 << 20) + b"x" * (6 << 20)),
    "nesting": _raw(b"\x0a" + _varint(20_003) + nested(b"\x2a", 5000)[:20_003]),
    "groups in groups": _raw(b"\x0b" * 50_000),
    "1 MB of metadata": _with_metadata(before=True),
    "1 MB of metadata behind": _with_metadata(before=False),
    "silence": _silent,
    "one byte": _raw(b"\x0a"),
    "cut off": _raw(b"\x0a\x40\x0a\x03abc"),
    "a length without end": _raw(b"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f"),
    "a number without end": _raw(b"\x08" + b"\xff" * 20),
    "another wire": _raw(b"\x0e\x0f\x07"),
    "no utf-8": _raw(b"\x0a\x06\x0a\x04\xff\xfe\xc0\x80\x12\x02\xff\xff"),
    "text of another kind": _raw(b"\xef\xbb\xbf{}" + NASTY.encode()),
    "a refusal that shows": _refusing(grpc.StatusCode.INTERNAL, NASTY.replace("\x00", "")),
    "a long refusal": _refusing(grpc.StatusCode.UNKNOWN, "w" * (1 << 20)),
    "credentials wanted": _refusing(grpc.StatusCode.UNAUTHENTICATED, "Bearer \x1b[8m"),
    "nothing by that name": _refusing(grpc.StatusCode.NOT_FOUND, "\u202e"),
}  # fmt: skip


def described_as(requests: str, responses: str) -> DescriptorPool:
    """The contract's services, with other messages under the same names. Fields: `name:kind`, `*` repeats."""
    pool = DescriptorPool()
    for service, methods in (
        (SERVICE, ("ListTeams", "GetOrgChart")),
        ("upsquad.member.v1.MemberService", ("ListMembers",)),
    ):
        package, _, name = service.rpartition(".")
        file = descriptor_pb2.FileDescriptorProto(name=f"{package}.proto", package=package, syntax="proto3")
        record = file.message_type.add(name="Record")
        _fields(record, "id name ratio:double count:uint64 raw:bytes", package)
        described = file.service.add(name=name)
        for method in methods:
            _fields(file.message_type.add(name=f"{method}Request"), requests, package)
            _fields(file.message_type.add(name=f"{method}Response"), responses, package)
            types = {"input_type": f".{package}.{method}Request", "output_type": f".{package}.{method}Response"}
            described.method.add(name=method, **types)
        pool.AddSerializedFile(file.SerializeToString())
    return pool


_KINDS = {
    "": _Field.TYPE_STRING,
    "double": _Field.TYPE_DOUBLE,
    "uint64": _Field.TYPE_UINT64,
    "bytes": _Field.TYPE_BYTES,
}


def _fields(described: Any, fields: str, package: str) -> None:
    for number, written in enumerate(fields.split(), start=1):
        name, _, kind = written.rstrip("*").partition(":")
        label = _Field.LABEL_REPEATED if written.endswith("*") else _Field.LABEL_OPTIONAL
        field = described.field.add(name=name, number=number, label=label)
        if kind == "Record":
            field.type, field.type_name = _Field.TYPE_MESSAGE, f".{package}.Record"
        else:
            field.type = _KINDS[kind]


_ASKS, _LISTS = "page_size:uint64 page_token", "teams:Record* next_page_token"
WRONG: dict[str, tuple[str, str, dict[str, Any]]] = {
    "a request of another shape": ("page_token", _LISTS, {}),
    "a page that is a text": ("page_size page_token", _LISTS, {}),
    "a token that is a number": ("page_size:uint64 page_token", "teams:Record* next_page_token:uint64", {}),
    "a record where records were": (_ASKS, "teams:Record next_page_token", {"teams": {"id": "a"}}),
    "a tree that is a record": (_ASKS, "root:Record next_page_token", {"root": {"id": "a"}}),
    "a tree that is a text": (_ASKS, "root next_page_token", {"root": "a"}),
}


def wrong(name: str) -> tuple[DescriptorPool, bytes]:
    """How is the wrong service of this name described, and what does it answer?"""
    requests, responses, content = WRONG[name]
    pool = described_as(requests, responses)
    return pool, bytes(message(pool, f"{PACKAGE}.ListTeamsResponse")(**content).SerializeToString())
