"""ops-view: the operations queue, patches, requests for information and drive batches of a workspace, over HTTP.

The flags `OPS_VIEW_DB_READ` and `OPS_VIEW_DB_WRITE` are read from the process' own environment when it starts.
"""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Collection
from datetime import datetime, timedelta
from typing import Any

import msgspec
import psycopg
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from .database import Database
from .metrics import Span
from .ops_answers import Answer, Desk, RefusedError
from .ops_load import (
    BATCH,
    BATCHES,
    BOUNDS_S,
    COARSE_BOUNDS_S,
    FLAGS,
    PATCH,
    PATCHES,
    QUEUE,
    RFI,
    RFIS,
    SLOW_S,
    Call,
    Model,
    OpsViewLevers,
    fails_at,
    latency,
)
from .ops_records import KINDS, Local, Stored
from .ops_seed import OTHER_WORKSPACE, WORKSPACE
from .process import Line, Lived, Service, main
from .settings import Settings

READ, WRITE = "OPS_VIEW_DB_READ", "OPS_VIEW_DB_WRITE"
ENVIRONMENT = "dev"
_TOLD_FAILURES = 50

Handler = Callable[[Request], Awaitable[Answer]]


class OpsView(Service):
    """Answers by the flags of its start, counts every request, and takes its latencies from a model."""

    levers: OpsViewLevers = OpsViewLevers()

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.flags = {name: os.environ.get(name) == "true" for name in (READ, WRITE)}
        self.database = Database(settings.postgres, size=4)
        self.local = Local()
        stored = Stored(self.database, self._audits, lambda: self.levers.bump)
        self.desk = Desk(
            self.database,
            reads=stored if self.flags[READ] else self.local,
            writes=stored if self.flags[WRITE] else self.local,
            levers=lambda: self.levers,
        )
        self.requests = self.metrics.counter(
            "http_requests_total", "Requests by method, route and status.", "method", "route", "code"
        )
        self.durations = self.metrics.histogram(
            "http_request_duration_seconds", "How long requests took.", BOUNDS_S, "method", "route"
        )
        self.bad_until = 0.0
        self._slow_left = 0

    async def start(self) -> None:
        try:
            await self._copy()
        except psycopg.Error as error:
            self.log.write("ERROR", "ops_view.local", f"no local copy: {type(error).__name__}")
        self.log.write("INFO", "config.flags.posture", "ops_view feature flags", **self.flags)

    async def stop(self) -> None:
        await self.database.close()

    async def behaving(self, moved: Collection[str]) -> None:
        if "slow_calls" in moved:
            self._slow_left = self.levers.slow_calls
        if self.levers.coarse_buckets:
            self.durations.rebuild(COARSE_BOUNDS_S)
        if "bad_ratio" in moved:
            self.bad_until = time.time() + self.levers.bad_s if self.levers.bad_ratio else 0.0

    def age(self, seconds: float) -> None:
        super().age(seconds)
        self.bad_until -= seconds
        self.local.age(lambda at: at - timedelta(seconds=seconds))

    def routes(self) -> list[BaseRoute]:
        desk = self.desk
        served: list[tuple[str, dict[str, Handler]]] = [
            (FLAGS, {"GET": self._flags}),
            (QUEUE, {"GET": desk.queue}),
            (PATCHES, {"GET": desk.patches.listed, "POST": desk.patches.added}),
            (RFIS, {"GET": desk.rfis.listed, "POST": desk.rfis.added}),
            (PATCH, {"PATCH": desk.patches.moved, "DELETE": desk.patches.dropped}),
            (RFI, {"PATCH": desk.rfis.moved, "DELETE": desk.rfis.dropped}),
            (BATCHES, {"POST": desk.batches.added}),
            (BATCH, {"DELETE": desk.batches.dropped}),
        ]
        own = [
            Route(route.replace(":ws", "{ws}").replace(":id", "{id}"), self._counted(route, handlers), methods=_METHODS)
            for route, handlers in served
        ]
        return [*own, Route("/{unknown:path}", self._counted("unmatched", {}), methods=_METHODS)]

    async def live(self, span: Span) -> Lived:
        model = Model(self.random, self.levers, self._error_ratio)
        life = model.life(span, self.requests.name, self.durations.name, writes=self.flags[WRITE])
        failed = sorted(model.failures)[-_TOLD_FAILURES:]
        return Lived(life, [Line(at, *_told(call)) for at, call in failed])

    def _counted(self, route: str, handlers: dict[str, Handler]) -> Callable[[Request], Awaitable[Response]]:
        async def answered(request: Request) -> Response:
            call = Call(request.method, route)
            answer = await self._answer(call, handlers, request)
            took_s = latency(self.levers, call).drawn(self.random)
            if route == QUEUE and self._slow_left:
                self._slow_left -= 1
                took_s = SLOW_S
                await asyncio.sleep(SLOW_S)
            self.requests.add(1, request.method, route, str(answer.status))
            self.durations.observe(took_s, request.method, route)
            body = b"" if answer.body is None else msgspec.json.encode(answer.body)
            headers = {"x-ops-view-environment": ENVIRONMENT, "x-ops-view-pod": self.settings.pod}
            return Response(body, answer.status, headers, media_type="application/json")

        return answered

    async def _answer(self, call: Call, handlers: dict[str, Handler], request: Request) -> Answer:
        if self.random.random() < self._error_ratio(call, time.time()):
            return self._failed(call)
        handler = handlers.get(call.method)
        if handler is None:
            return (NO_SUCH_METHOD if handlers else NO_SUCH_PATH).answer
        try:
            return await handler(request)
        except RefusedError as refused:
            return refused.answer
        except psycopg.Error:
            return self._failed(call)

    def _failed(self, call: Call) -> Answer:
        level, key, msg, fields = _told(call)
        self.log.write(level, key, msg, **fields)
        return RefusedError(500, "INTERNAL", "the request could not be served").answer

    async def _flags(self, _: Request) -> Answer:
        started = datetime.fromtimestamp(self.started_at).astimezone()
        return Answer(200, {"data": self.flags, "meta": {"pod": self.settings.pod, "started_at": started}})

    def _error_ratio(self, call: Call, at: float) -> float:
        if not fails_at(self.levers, call):
            return 0.0
        return max(self.levers.error_ratio, self.levers.bad_ratio if at <= self.bad_until else 0.0)

    def _audits(self, user: str) -> bool:
        silent = self.levers.unaudited
        return silent != "everyone" and user not in silent.split(",")

    async def _copy(self) -> None:
        """What the process holds itself is what the database held at its start."""
        stored = Stored(self.database, lambda _: True, lambda: 1)
        for kind in KINDS:
            for workspace in (WORKSPACE, OTHER_WORKSPACE):
                for record in await stored.all(kind, workspace):
                    await self.local.add(kind, record)


NO_SUCH_METHOD, NO_SUCH_PATH = RefusedError(405, "METHOD_NOT_ALLOWED"), RefusedError(404, "NOT_FOUND")
_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def _told(call: Call) -> tuple[str, str, str, dict[str, Any]]:
    """How does the log tell of a request that failed?"""
    fields = {"method": call.method, "route": call.route, "code": 500}
    return "ERROR", "http.request", f"{call.method} {call.route} failed: internal error", fields


if __name__ == "__main__":
    main(OpsView)
