"""One gRPC port: unary handlers by path, health by name, and server reflection."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol

import grpc
import grpc.aio
from google.protobuf.message import Message
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from .contract import METHODS, Method

TENANT_HEADER = "x-upsquad-org-id"
REQUEST_HEADER = "x-request-id"


@dataclass(frozen=True)
class Caller:
    """Who asks: the tenant, and the request's id where one was given."""

    tenant: str
    request_id: str = ""


class PageRequest(Protocol):
    page_size: int
    page_token: str


class CheckRequest(Protocol):
    member_id: str
    action: str
    resource: str


class RefusedError(Exception):
    """A call that is answered with a status other than OK."""

    def __init__(self, code: grpc.StatusCode, detail: str) -> None:
        super().__init__(detail)
        self.code, self.detail = code, detail


# The request's class is made from the contract's table at import, so its type cannot be named here.
Handler = Callable[[Any, Caller], Awaitable[Message]]
Answered = Callable[[str, grpc.StatusCode], None]


class Health(health.aio.HealthServicer):  # type: ignore[misc]  # ships no types
    """What health says of this process: for the empty name, and for each service by its own."""

    def __init__(self) -> None:
        super().__init__()
        self.names: tuple[str, ...] = ("",)
        self._by_name = True

    async def say(self, *, serving: bool = True, by_name: bool = True) -> None:
        """Answers so for every name; without `by_name` only the empty one is known."""
        self._by_name = by_name
        status = health_pb2.HealthCheckResponse.SERVING if serving else health_pb2.HealthCheckResponse.NOT_SERVING
        for name in self.names:
            await self.set(name, status)

    async def Check(  # noqa: N802  the name of the wire contract
        self, request: health_pb2.HealthCheckRequest, context: "grpc.aio.ServicerContext[Message, Message]"
    ) -> health_pb2.HealthCheckResponse:
        if request.service and not self._by_name:
            await context.abort(grpc.StatusCode.NOT_FOUND, "no such service")
        return await super().Check(request, context)


async def serve_grpc(
    host: str, handlers: dict[str, Handler], own_health: Health, port: int
) -> tuple[grpc.aio.Server, int]:
    """Serves these methods on this port; health knows the empty name and each service."""
    server = grpc.aio.server()
    services = sorted({path.partition("/")[0] for path in handlers})
    for service in services:
        own = {
            METHODS[path].name: _unary(METHODS[path], run)
            for path, run in handlers.items()
            if METHODS[path].service == service
        }
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, own),))
    own_health.names = ("", *services)
    await own_health.say()
    health_pb2_grpc.add_HealthServicer_to_server(own_health, server)
    reflection.enable_server_reflection((*services, health.SERVICE_NAME, reflection.SERVICE_NAME), server)
    port = server.add_insecure_port(f"{host}:{port}")
    await server.start()
    return server, port


def _unary(method: Method, handler: Handler) -> "grpc.RpcMethodHandler[Message, Message]":
    async def call(request: Message, context: grpc.aio.ServicerContext[Message, Message]) -> Message:
        metadata = dict(context.invocation_metadata() or ())
        try:
            return await handler(request, _caller(metadata))
        except RefusedError as refused:
            await context.abort(refused.code, refused.detail)
            raise

    return grpc.unary_unary_rpc_method_handler(
        call,
        request_deserializer=method.request.FromString,
        response_serializer=lambda message: message.SerializeToString(),
    )


def _caller(metadata: dict[str, Any]) -> Caller:
    return Caller(str(metadata.get(TENANT_HEADER, "")), str(metadata.get(REQUEST_HEADER, "")))


def required_tenant(caller: Caller) -> str:
    """Which tenant is asked about? Errors: INVALID_ARGUMENT without the header."""
    if not caller.tenant:
        raise RefusedError(grpc.StatusCode.INVALID_ARGUMENT, f"{TENANT_HEADER} is required")
    return caller.tenant
