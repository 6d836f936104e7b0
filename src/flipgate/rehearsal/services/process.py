"""What every service has in common: it starts, tells where, lives through spans, and can be told to behave."""

import argparse
import asyncio
import contextlib
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random

import msgspec
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from flipgate.rehearsal.ports import free_port

from . import settings as settings_file
from .metrics import CONTENT_TYPE, Life, Registry, Series, Span
from .records import Log, Value
from .rpc import Handler, Health, serve_grpc
from .settings import Settings

_CUT = 4  # inside the number of the last line


class Levers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The ways in which a service can be told to misbehave; a subclass names more, and their healthy values.

    Of its page of metrics: `page` is "login" (a page for people in its place) or "cut" (its end is missing),
    `page_adds` are lines that it has too, and `renamed` ("old=new") tells a metric under another name.
    """

    page: str = ""
    page_adds: str = ""
    renamed: str = ""


class LiveRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    seconds: float
    step_s: float = 15
    first: bool = False


class LiveAnswer(msgspec.Struct, frozen=True):
    step_s: float
    series: list[Series]


@dataclass(frozen=True)
class Line:
    """A log record of the time that was lived through."""

    at: float
    level: str
    key: str
    msg: str
    fields: Mapping[str, Value]


@dataclass
class Lived:
    """What a service has to tell of a span: how its series grew, and what it logged (oldest first)."""

    life: Life
    lines: list[Line]


class Service:
    """One service of the environment; a subclass fills in the hooks it needs."""

    levers: Levers = Levers()

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.random = Random(f"{settings.seed}:{settings.pod}")  # noqa: S311  a seeded model, not a secret
        self.metrics = Registry()
        self.health = Health()
        self.log = Log(Path(settings.log_file) if settings.log_file else None)
        self.started_at = time.time()
        self._start = self.metrics.gauge(
            "process_start_time_seconds", "Start of the process since the epoch, in seconds."
        )
        self._start.put(self.started_at)

    async def start(self) -> None:
        """Connects; runs before the ready line."""

    async def stop(self) -> None:
        """Lets go of what `start` took."""

    def routes(self) -> list[BaseRoute]:
        """HTTP routes beside the ones that every service has."""
        return []

    def apps(self) -> dict[str, Starlette]:
        """Further HTTP ports, by their name in the ready line."""
        return {}

    def methods(self) -> dict[str, Handler]:
        """gRPC handlers by `package.Service/Method`; none means no gRPC port."""
        return {}

    async def live(self, span: Span) -> Lived:  # noqa: ARG002  the default lives quietly
        """What happens in a span under the present behaviour? Changes no metric by itself."""
        return Lived(Life(), [])

    async def behaving(self, moved: Collection[str]) -> None:
        """These levers have just been moved."""

    def age(self, seconds: float) -> None:
        """Moves the service's own past `seconds` back; a subclass that remembers moments adds them."""
        self.started_at -= seconds
        self._start.put(self.started_at)


class Server(uvicorn.Server):
    """uvicorn without its own signal handling: one process serves several ports and ends them together."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def main(kind: Callable[[Settings], Service]) -> None:
    """The command line of every service."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--settings", type=Path, required=True)
    service = kind(settings_file.read(parser.parse_args().settings))
    asyncio.run(_run(service))


async def _run(service: Service) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    host = service.settings.host
    await service.start()
    wanted = service.settings.ports
    sockets = {name: _bound(host, wanted.get(name) or free_port()) for name in ("http", *service.apps())}
    ports = {name: int(sock.getsockname()[1]) for name, sock in sockets.items()}
    apps = {"http": Starlette(routes=[*_own_routes(service, ports), *service.routes()]), **service.apps()}
    servers = [_server(app) for app in apps.values()]
    running = [asyncio.create_task(s.serve([sockets[name]])) for name, s in zip(apps, servers, strict=True)]
    methods = service.methods()
    grpc_server, grpc_port = (
        await serve_grpc(host, methods, service.health, wanted.get("grpc") or free_port()) if methods else (None, None)
    )
    if grpc_port is not None:
        ports["grpc"] = grpc_port
    service.log.state(service.started_at, ports)
    print(_ready(host, ports), flush=True)  # noqa: T201  the ready line is the protocol
    threading.Thread(target=_until_end_of_input, args=(loop, stop), daemon=True).start()
    await stop.wait()
    for server in servers:
        server.should_exit = True
    if grpc_server is not None:
        await grpc_server.stop(0)
    await asyncio.gather(*running)
    await service.stop()


def _ready(host: str, ports: Mapping[str, int]) -> str:
    addresses = {name: f"{host}:{port}" for name, port in ports.items()}
    return msgspec.json.encode({"ready": True, "grpc": None, **addresses}).decode()


def _bound(host: str, port: int) -> socket.socket:
    # asyncio switches Nagle's algorithm off only where the protocol is named; with it every answer waits 40 ms.
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind((host, port))
    sock.listen(512)
    sock.settimeout(0)
    return sock


def _server(app: Starlette) -> Server:
    config = uvicorn.Config(
        app, log_config=None, access_log=False, lifespan="off", ws="none", timeout_graceful_shutdown=1
    )
    return Server(config)


def _until_end_of_input(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    # Not through sys.stdin: its lock, held here, would abort the interpreter when SIGTERM ends it.
    while os.read(0, 4096):
        pass
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(stop.set)


def json_response(content: object, status: int = 200) -> Response:
    """An answer in JSON."""
    return Response(msgspec.json.encode(content), status, media_type="application/json")


def sentence(text: str, status: int) -> Response:
    """An answer of one plain line."""
    return Response(text + "\n", status, media_type="text/plain")


def _own_routes(service: Service, ports: Mapping[str, int]) -> list[BaseRoute]:
    async def metrics(_: Request) -> Response:
        return _page(service.metrics.exposition(), service.levers)

    async def behave(request: Request) -> Response:
        return await _behave(service, request)

    async def live(request: Request) -> Response:
        return await _live(service, request, ports)

    return [
        Route("/metrics", metrics),
        Route("/-/live", live, methods=["POST"]),
        Route("/-/behave", behave, methods=["GET", "POST"]),
    ]


def _page(text: str, levers: Levers) -> Response:
    if levers.page == "login":
        return HTMLResponse("<!doctype html><title>Sign in</title><form><input name=user></form>")
    old, _, new = levers.renamed.partition("=")
    told = (text.replace(old, new) if old else text) + levers.page_adds
    return Response(told[:-_CUT] if levers.page == "cut" else told, headers={"content-type": CONTENT_TYPE})


def _renamed(series: list[Series], levers: Levers) -> list[Series]:
    old, _, new = levers.renamed.partition("=")
    return [msgspec.structs.replace(one, name=one.name.replace(old, new)) for one in series] if old else series


async def _behave(service: Service, request: Request) -> Response:
    if request.method == "POST":
        try:
            moved = msgspec.json.decode(await request.body(), type=dict[str, msgspec.Raw])
            kept = {
                key: msgspec.Raw(msgspec.json.encode(value))
                for key, value in msgspec.structs.asdict(service.levers).items()
            }
            service.levers = msgspec.json.decode(msgspec.json.encode({**kept, **moved}), type=type(service.levers))
        except (msgspec.ValidationError, msgspec.DecodeError) as error:
            return sentence(f"{service.settings.name} has no such behaviour: {error}", 400)
        await service.behaving(moved.keys())
    return json_response(service.levers)


async def _live(service: Service, request: Request, ports: Mapping[str, int]) -> Response:
    try:
        asked = msgspec.json.decode(await request.body(), type=LiveRequest)
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        return sentence(f"{service.settings.name} cannot live through this: {error}", 400)
    if asked.seconds <= 0 or asked.step_s <= 0:
        return sentence(f"{service.settings.name} lives forwards only", 400)
    service.age(asked.seconds)
    span = Span(asked.seconds, asked.step_s, asked.first, ends_at=time.time())
    lived = await service.live(span)
    series = _renamed(service.metrics.live(lived.life, span.steps), service.levers)
    service.log.age(asked.seconds)
    for line in lived.lines:
        service.log.write(line.level, line.key, line.msg, at=line.at, **line.fields)
    service.log.state(service.started_at, dict(ports))
    return json_response(LiveAnswer(asked.step_s, series))
