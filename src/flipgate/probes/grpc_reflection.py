"""Which messages and services does a gRPC server describe?

Its descriptors are asked for file by file and checked before they are used: a pool that asks a server by itself follows
whatever that imports, and a circle or an endless chain of imports ends the process.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from graphlib import CycleError, TopologicalSorter

import grpc
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import DecodeError
from grpc_reflection.v1alpha import reflection_pb2 as wire

from flipgate.core.errors import Malformed, NoData, Unreachable, visible
from flipgate.safety.grpc import ANSWER_S, ReadChannel

REFLECTION = "grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"
_MOST_FILES = 100
_LARGEST = 1024 * 1024
_NOT_FOUND = grpc.StatusCode.NOT_FOUND.value[0]


def described(channel: ReadChannel, source: str, paths: Iterable[str]) -> DescriptorPool:
    """Which pool holds the services of these methods, "package.Service/Method", with all that they are made of?

    Errors:  grpc.RpcError; NoData (a service that is not served); Malformed (no descriptors, a circle of imports, more
             than a hundred files or a megabyte of them); Unreachable (all together took longer than one call may).
    """
    asking = _Asking(channel, source)
    for service, path in {path.partition("/")[0]: path for path in paths}.items():
        asking.take(wire.ServerReflectionRequest(file_containing_symbol=service), path)
    while lacking := asking.lacking():
        asking.take(wire.ServerReflectionRequest(file_by_filename=lacking), lacking)
    return asking.pool()


class _Asking:
    """What one server has described so far, by the names of its files."""

    def __init__(self, channel: ReadChannel, source: str) -> None:
        self._source, self._ends = source, time.monotonic() + ANSWER_S
        encode, decode = wire.ServerReflectionRequest.SerializeToString, wire.ServerReflectionResponse.FromString
        self._call = channel.stream_stream(f"/{REFLECTION}", encode, decode)
        self._files: dict[str, FileDescriptorProto] = {}
        self._bytes = 0

    def take(self, request: wire.ServerReflectionRequest, wanted: str) -> None:
        """Keep the files that come in answer to this; a file that was asked for by name has to be among them."""
        left_s = self._ends - time.monotonic()
        if left_s <= 0:
            raise Unreachable(self._source, f"describes itself for longer than {ANSWER_S:g} s", "reflection")
        replies = self._call(iter([request]), timeout=left_s)
        reply = next(replies, None)
        replies.cancel()
        for raw in self._raws(reply, wanted):
            self._keep(raw)
        if request.file_by_filename and request.file_by_filename not in self._files:
            raise Malformed(self._source, f"is asked for {visible(wanted)} and describes something else", "reflection")

    def lacking(self) -> str:
        """Which file is imported and not there? "" for none."""
        imported = (name for file in self._files.values() for name in file.dependency)
        return next((name for name in imported if name not in self._files), "")

    def pool(self) -> DescriptorPool:
        """Imports first."""
        found = DescriptorPool()
        try:
            order = TopologicalSorter(
                {name: list(file.dependency) for name, file in self._files.items()}
            ).static_order()
            for name in order:
                found.AddSerializedFile(self._files[name].SerializeToString())
        except CycleError as error:
            circle = " imports ".join(visible(str(name), 60) for name in error.args[1])
            raise Malformed(self._source, f"describes files in a circle: {circle}", "reflection") from None
        except (TypeError, ValueError) as error:
            raise Malformed(self._source, f"describes no usable files: {visible(str(error))}", "reflection") from None
        return found

    def _raws(self, reply: wire.ServerReflectionResponse | None, wanted: str) -> tuple[bytes, ...]:
        if reply is not None and reply.HasField("file_descriptor_response"):
            return tuple(reply.file_descriptor_response.file_descriptor_proto)
        if reply is not None and reply.HasField("error_response"):
            error = reply.error_response
            if error.error_code == _NOT_FOUND:
                raise NoData(self._source, f"serves no {visible(wanted)}", "reflection")
            told = f"error {error.error_code}: {visible(error.error_message)}"
            raise Malformed(self._source, f"does not describe {visible(wanted)}: {told}", "reflection")
        raise Malformed(self._source, f"does not describe {visible(wanted)}", "reflection")

    def _keep(self, raw: bytes) -> None:
        self._bytes += len(raw)
        try:
            file = FileDescriptorProto.FromString(raw)
        except DecodeError as error:
            raise Malformed(self._source, f"no descriptor: {visible(str(error))}", "reflection") from None
        self._files.setdefault(file.name, file)
        if len(self._files) > _MOST_FILES or self._bytes > _LARGEST:
            told = f"{len(self._files)} files and {self._bytes} bytes of descriptors, and more are imported"
            raise Malformed(self._source, told, "reflection")
