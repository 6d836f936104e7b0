"""The gateway: Connect unary JSON in front of the gRPC services, with the gate of §12.1 before authentication.

Peers: `token` and `admin_token`, the bearer tokens that are let in; `replicas`, how many of this deployment share the
traffic (1 when left out); a gRPC address (or several, comma-separated, taken in turn) under
`tenant-service`, `context-engine`, `orgunit-service`, `rbac-service` and `conflict-service` where these exist;
`environment`, what the gateway says of itself (`dev` when left out).
"""

import itertools
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from http import HTTPStatus

import grpc
import grpc.aio
from google.protobuf import json_format
from google.protobuf.message import Message
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from .contract import METHODS, Method
from .database import Database
from .flagged import FlaggedService
from .load import MIX, NEW_MIX, TrafficLevers, arrivals, share
from .metrics import Life, Span
from .process import Lived, json_response, main, sentence
from .refresh import PATH as REFRESH
from .refresh import Refresh
from .rpc import REQUEST_HEADER, TENANT_HEADER
from .settings import Settings

_BACKENDS = {
    "upsquad.tenant.v1.TenantService": "tenant-service",
    "upsquad.member.v1.MemberService": "tenant-service",
    "upsquad.governance.v1.GovernanceService": "context-engine",
    "upsquad.orgunit.v1.OrgUnitService": "orgunit-service",
    "upsquad.rbac.v1.RbacService": "rbac-service",
    "upsquad.conflict.v1.ConflictService": "conflict-service",
}
_GATED = tuple(
    name for name in _BACKENDS if name.rpartition(".")[2] in {"OrgUnitService", "RbacService", "ConflictService"}
)

_GATE = "new_services_enabled"
_PAGE = "<!doctype html><title>{0}</title><h1>{0}</h1>"
_INSTEAD: dict[str, Callable[[], Response]] = {
    "gate_404": lambda: sentence(f"not served: {_GATE}=false", HTTPStatus.NOT_FOUND),
    "raw_404": lambda: sentence("404 page not found", HTTPStatus.NOT_FOUND),
    "proxy_page": lambda: HTMLResponse(_PAGE.format("Welcome")),
    "only_get": lambda: sentence("405 method not allowed", HTTPStatus.METHOD_NOT_ALLOWED),
    "error_in_200": lambda: json_response({"error": {"code": "internal", "message": "relation is missing"}}),
    "key_twice": lambda: Response('{"roles": [], "roles": []}', media_type="application/json"),
    "bad_gateway": lambda: HTMLResponse(_PAGE.format("502 Bad Gateway"), HTTPStatus.BAD_GATEWAY),
}

# The Connect protocol's HTTP status of each code that is not 500.
_HTTP = {
    "cancelled": 499,
    "invalid_argument": 400,
    "deadline_exceeded": 504,
    "not_found": 404,
    "already_exists": 409,
    "permission_denied": 403,
    "resource_exhausted": 429,
    "failed_precondition": 400,
    "aborted": 409,
    "out_of_range": 400,
    "unimplemented": 501,
    "unavailable": 503,
    "unauthenticated": 401,
}
# The portal's page comes from another origin.
_FROM_BROWSERS = Middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["POST"], allow_headers=["*"])
_HTTP_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
_DEADLINE_S = 10.0


class GatewayLevers(TrafficLevers, frozen=True, forbid_unknown_fields=True):
    """`error_ratio` of all requests (of `error_service` alone, where named) answer `error_code`.

    `bad_minute` is that ratio for the next minute only (or the next `bad_s`), lived or real. `instead` is what answers
    in place of the new services once their gate is open, such as "gate_404" or "raw_404". `refresh_for_all` lets
    everybody refresh. `stranger_code` is told to whoever has no token.
    """

    error_ratio: float = 0.0
    error_service: str = ""
    error_code: str = "unavailable"
    stranger_code: str = "unauthenticated"
    instead: str = ""
    refresh_for_all: bool = False
    bad_minute: float = 0.0
    bad_s: float = 60.0
    stale_flags: bool = False


@dataclass(frozen=True)
class Backend:
    stubs: Iterator[grpc.aio.UnaryUnaryMultiCallable[Message, Message]]
    method: Method


class Gateway(FlaggedService):
    """Lets calls through to the backends, or says why not, and counts every one of them."""

    levers: GatewayLevers = GatewayLevers()

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings, Database(settings.postgres, size=1))
        self.requests = self.metrics.counter(
            "gateway_requests_total", "Requests by HTTP status and service.", "code", "service"
        )
        self.refresh = Refresh(settings, self.flags, self.database)
        self.backends: dict[str, Backend] = {}
        self.bad_until = 0.0

    async def start(self) -> None:
        self.backends = _backends(self.settings)
        await super().start()

    async def behaving(self, moved: Collection[str]) -> None:
        if "stale_flags" in moved:
            await self.flags.freeze(frozen=self.levers.stale_flags)
        self.refresh.is_for_all = self.levers.refresh_for_all
        if "bad_minute" in moved:
            self.bad_until = time.time() + self.levers.bad_s if self.levers.bad_minute else 0.0

    def age(self, seconds: float) -> None:
        super().age(seconds)
        self.bad_until -= seconds

    def routes(self) -> list[BaseRoute]:
        return [
            Route(f"/{REFRESH}", self.refresh.answer, methods=_HTTP_METHODS),
            Route("/{procedure:path}", self._counted, methods=_HTTP_METHODS, middleware=[_FROM_BROWSERS]),
        ]

    async def live(self, span: Span) -> Lived:
        grown: dict[tuple[str, ...], list[float]] = {}
        for path in MIX | NEW_MIX if await self.flags.on(_GATE) else MIX:
            calls = arrivals(self.random, self.levers.requests_per_minute * share(self.settings, path), span)
            owed = 0.0
            for step, (count, at) in enumerate(zip(calls, span.times(), strict=True)):
                ratio = self._error_ratio(_short(METHODS[path].service), at)
                owed += count * ratio
                failed = min(count, int(owed))
                owed -= failed
                for code, number in (("200", count - failed), (str(_HTTP[self.levers.error_code]), failed)):
                    if number:
                        grown.setdefault((code, _short(METHODS[path].service)), [0.0] * span.steps)[step] += number
        return Lived(Life({self.requests.name: grown}), [])

    async def _counted(self, request: Request) -> Response:
        procedure = request.path_params["procedure"]
        service = procedure.partition("/")[0]
        response = await self._answer(request, procedure, service)
        response.headers["x-upsquad-environment"] = self.settings.peers.get("environment", "dev")
        self.requests.add(1, str(response.status_code), _short(service) if service in _BACKENDS else "unknown")
        return response

    async def _answer(self, request: Request, procedure: str, service: str) -> Response:
        """The gate comes before authentication, and both before the call."""
        if self.random.random() < self._error_ratio(_short(service), time.time()):
            return _error(self.levers.error_code, "the upstream connection was lost")
        if service in _GATED and (instead := await self._instead(service)):
            return instead
        if procedure not in METHODS:
            return sentence("404 page not found", HTTPStatus.NOT_FOUND)
        if request.method != "POST":
            return sentence("405 method not allowed", HTTPStatus.METHOD_NOT_ALLOWED)
        if request.headers.get("authorization") != f"Bearer {self.settings.peer('token')}":
            return json_response({"code": self.levers.stranger_code}, _HTTP[self.levers.stranger_code])
        return await self._call(self.backends.get(procedure), request)

    async def _instead(self, service: str) -> Response | None:
        """What answers in place of a new service, where anything does?"""
        if not await self.flags.on(_GATE):
            return sentence(f"{service} is not served: {_GATE}=false", HTTPStatus.NOT_FOUND)
        return _INSTEAD[self.levers.instead]() if self.levers.instead else None

    def _error_ratio(self, service: str, at: float) -> float:
        bad = self.levers.bad_minute if at <= self.bad_until else 0.0
        steady = self.levers.error_ratio if self.levers.error_service in ("", service) else 0.0
        return max(steady, bad)

    async def _call(self, backend: Backend | None, request: Request) -> Response:
        if backend is None:
            return _error("unavailable", "no backend serves this yet")
        try:
            asked = json_format.Parse(await request.body() or b"{}", backend.method.request())
        except json_format.ParseError as error:
            return _error("invalid_argument", str(error))
        passed = [(name, request.headers[name]) for name in (TENANT_HEADER, REQUEST_HEADER) if name in request.headers]
        try:
            answered = await next(backend.stubs)(asked, metadata=passed, timeout=_DEADLINE_S)
        except grpc.aio.AioRpcError as error:
            return _error(error.code().name.lower(), error.details() or "")
        return json_response(json_format.MessageToDict(answered))


def _backends(settings: Settings) -> dict[str, Backend]:
    channels = {
        name: [grpc.aio.insecure_channel(address.strip()) for address in settings.peers[name].split(",")]
        for name in set(_BACKENDS.values()) & set(settings.peers)
    }
    return {
        path: Backend(
            itertools.cycle([_stub(channel, method) for channel in channels[_BACKENDS[method.service]]]), method
        )
        for path, method in METHODS.items()
        if _BACKENDS[method.service] in channels
    }


def _stub(channel: grpc.aio.Channel, method: Method) -> grpc.aio.UnaryUnaryMultiCallable[Message, Message]:
    return channel.unary_unary(
        f"/{method.path}",
        request_serializer=lambda message: message.SerializeToString(),
        response_deserializer=method.response.FromString,
    )


def _short(service: str) -> str:
    return service.rpartition(".")[2]


def _error(code: str, message: str) -> Response:
    return json_response(
        {"code": "canceled" if code == "cancelled" else code, "message": message}, _HTTP.get(code, 500)
    )


if __name__ == "__main__":
    main(Gateway)
