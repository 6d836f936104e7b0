"""What does a gRPC service answer at each of its addresses, in messages that it describes itself?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import grpc
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import DecodeError, Message
from google.protobuf.message_factory import GetMessageClass

from flipgate.core.errors import Ambiguous, Malformed, NoData, visible
from flipgate.probes.grpc_reflection import described
from flipgate.safety.addresses import Address
from flipgate.safety.grpc import ReadChannel, channel, replica, replicas, unreachable
from flipgate.safety.procedures import TENANT

if TYPE_CHECKING:
    from flipgate.config.environment import Service

# A tenant, and the fields of the request.
Question = tuple[str, Mapping[str, object]]


@dataclass(frozen=True)
class Method:
    """One method, "package.Service/Method", with the classes of its messages."""

    path: str
    request: type[Message]
    response: type[Message]

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]


class GrpcCalls:
    """Asks one service, address by address; what a name resolves to is looked up once."""

    def __init__(self, block: Service) -> None:
        self.block = block
        self._addresses: tuple[Address, ...] = ()

    @property
    def addresses(self) -> tuple[Address, ...]:
        """Which addresses have to be asked?

        Errors: Unreachable.
        """
        self._addresses = self._addresses or replicas(self.block)
        return self._addresses

    def methods(self, paths: Iterable[str]) -> dict[str, Method]:
        """Which messages have these methods, by path? Every address has to describe them alike.

        Source:  server reflection.
        Cost:    all that an address describes takes no longer than one call may.
        Errors:  Unreachable; NoData (a method that is not served); Malformed; Ambiguous (addresses disagree).
        """
        wanted = tuple(paths)
        described = {str(address): self._described(address, wanted) for address in self.addresses}
        files = {frozenset(files) for _, files in described.values()}
        if len(files) > 1:
            raise Ambiguous("grpc", f"{', '.join(described)} describe {', '.join(wanted)} differently", "reflection")
        return next(iter(described.values()))[0]

    def call(
        self, address: Address, method: Method, tenant: str, fields: Mapping[str, object], times: int = 1
    ) -> Message:
        """What does this address answer, the last of so many times?

        Errors: Unreachable, Malformed.
        """
        return self.answers(address, method, [(tenant, fields)] * times)[-1]

    def answers(self, address: Address, method: Method, asked: Iterable[Question]) -> list[Message]:
        """What does this address answer to each of these, one after the other?

        Errors: Unreachable, Malformed.
        """
        with self._asking(address, method.path) as opened:
            call = opened.unary_unary(f"/{method.path}")
            source = replica(self.block, address)
            raws = [call(request(method, fields, source), metadata=((TENANT, tenant),)) for tenant, fields in asked]
        return [decoded(method, raw, replica(self.block, address)) for raw in raws]

    def _described(self, address: Address, paths: tuple[str, ...]) -> tuple[dict[str, Method], list[bytes]]:
        with self._asking(address, "reflection") as opened:
            pool = described(opened, replica(self.block, address), paths)
        found = {path: _method(pool, path, replica(self.block, address)) for path in paths}
        return {path: method for path, (method, _) in found.items()}, [file for _, file in found.values()]

    @contextmanager
    def _asking(self, address: Address, asked: str) -> Iterator[ReadChannel]:
        opened = channel(self.block, address)
        try:
            yield opened
        except grpc.RpcError as error:
            raise unreachable(replica(self.block, address), asked, error) from error
        finally:
            opened.close()


def request(method: Method, fields: Mapping[str, object], source: str) -> bytes:
    """Which bytes ask with these fields?

    Errors: Malformed where the service describes a request without them.
    """
    try:
        return method.request(**fields).SerializeToString()
    except (TypeError, ValueError) as error:
        told = f"describes a request that does not take {', '.join(fields)}: {visible(str(error))}"
        raise Malformed(source, told, method.path) from error


def decoded(method: Method, raw: bytes, source: str) -> Message:
    """Which message do these bytes hold?

    Errors: Malformed.
    """
    try:
        return method.response.FromString(raw)
    except DecodeError as error:
        raise Malformed(source, f"no {method.response.DESCRIPTOR.full_name}: {error}", method.path) from error


def _method(pool: DescriptorPool, path: str, source: str) -> tuple[Method, bytes]:
    service, _, name = path.partition("/")
    try:
        found = pool.FindServiceByName(service)
        method = found.methods_by_name[name]
        classes = GetMessageClass(method.input_type), GetMessageClass(method.output_type)
        return Method(path, *classes), found.file.serialized_pb
    except KeyError:
        raise NoData(source, f"serves no {path}", "reflection") from None
    except (AttributeError, TypeError, ValueError) as error:
        raise Malformed(source, f"describes {path} in no usable way: {visible(str(error))}") from error
