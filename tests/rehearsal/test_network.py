"""Every wire is transparent, and broken only as it is told to be."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from flipgate.rehearsal.errors import RehearsalError
from flipgate.rehearsal.network import Network
from flipgate.rehearsal.place import Place
from flipgate.rehearsal.ports import free_port
from flipgate.rehearsal.processes import Processes
from flipgate.rehearsal.wire import Broken

ANSWER = bytes(range(256)) * 8
LONG = 8_000_000
PATIENCE_S = 20.0
ECHO = "echo"


def _served(listener: socket.socket) -> None:
    """Answers each `?` with the answer, and `!` with a long one."""
    while True:
        try:
            caller, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=_answered, args=(caller,), daemon=True).start()


def _answered(caller: socket.socket) -> None:
    with caller:
        try:
            while asked := caller.recv(1):
                caller.sendall(ANSWER if asked == b"?" else b"x" * LONG)
        except OSError:
            return


@pytest.fixture(scope="module")
def network() -> Iterator[Network]:
    place = Place(f"test-network-{os.getpid()}")
    listener = place.claim()
    processes = Processes(place.folder)
    network = Network(place, processes)
    try:
        network.start()
        yield network
    finally:
        listener.close()
        processes.end()


@pytest.fixture(scope="module")
def echo(network: Network) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_served, args=(listener,), daemon=True).start()
        yield network.through(ECHO, f"127.0.0.1:{listener.getsockname()[1]}")
        listener.shutdown(socket.SHUT_RDWR)


@contextmanager
def _connected(address: str) -> Iterator[socket.socket]:
    host, _, port = address.rpartition(":")
    with socket.create_connection((host, int(port)), timeout=PATIENCE_S) as connection:
        yield connection


def _ask(connection: socket.socket, length: int = len(ANSWER), asked: bytes = b"?") -> bytes:
    """What comes back, up to so many bytes?"""
    connection.sendall(asked)
    got = b""
    while len(got) < length and (piece := connection.recv(1 << 20)):
        got += piece
    return got


def test_a_healthy_wire_changes_nothing(echo: str) -> None:
    with _connected(echo) as connection:
        assert [_ask(connection) for _ in range(3)] == [ANSWER] * 3
        assert _ask(connection, LONG, b"!") == b"x" * LONG


def test_the_same_address_has_one_wire(network: Network) -> None:
    port = free_port()
    assert network.through("nobody", f"127.0.0.1:{port}") == network.through("nobody", f"127.0.0.1:{port}")


def test_a_system_that_is_down_resets_its_callers(network: Network) -> None:
    port = free_port()
    with _connected(network.through("down", f"127.0.0.1:{port}")) as connection, pytest.raises(ConnectionError):
        _ask(connection)


def test_latency_delays_each_answer(network: Network, echo: str) -> None:
    with network.broken(ECHO, Broken(latency_s=0.3)), _connected(echo) as connection:
        asked_at = time.monotonic()
        assert _ask(connection) == ANSWER
        assert time.monotonic() - asked_at >= 0.3


def test_slow_bytes_arrive_one_by_one(network: Network, echo: str) -> None:
    with network.broken(ECHO, Broken(byte_every_s=0.05)), _connected(echo) as connection:
        asked_at = time.monotonic()
        assert _ask(connection, 5) == ANSWER[:5]
        assert time.monotonic() - asked_at >= 0.2


def test_a_cut_connection_is_reset(network: Network, echo: str) -> None:
    cut = network.broken(ECHO, Broken(cut_after_bytes=0))
    with cut, _connected(echo) as connection, pytest.raises(ConnectionResetError):
        _ask(connection)


def test_a_truncated_answer_ends_as_if_that_were_all(network: Network, echo: str) -> None:
    with network.broken(ECHO, Broken(ends_after_bytes=100)), _connected(echo) as connection:
        assert _ask(connection) == ANSWER[:100]


def test_a_half_open_connection_stands_and_answers_nothing(network: Network, echo: str) -> None:
    with network.broken(ECHO, Broken(half_open=True)), _connected(echo) as connection:
        connection.settimeout(0.3)
        with pytest.raises(TimeoutError):
            _ask(connection)


def test_something_in_between_answers_instead(network: Network, echo: str) -> None:
    with network.broken(ECHO, Broken(instead="sign in first")), _connected(echo) as connection:
        assert _ask(connection) == b"sign in first"


def test_an_open_connection_is_broken_and_a_new_one_is_whole_after_it(network: Network, echo: str) -> None:
    with _connected(echo) as connection:
        assert _ask(connection) == ANSWER
        with network.broken(ECHO, Broken(half_open=True)):
            connection.sendall(b"?")
            connection.settimeout(0.3)
            with pytest.raises(TimeoutError):
                connection.recv(1)
            connection.settimeout(PATIENCE_S)
        with pytest.raises(ConnectionResetError):
            connection.recv(1)
    with _connected(echo) as connection:
        assert _ask(connection) == ANSWER


def test_a_wire_that_nobody_handed_out_cannot_be_broken(network: Network, echo: str) -> None:
    with pytest.raises(RehearsalError, match="no wire"), network.broken("nowhere", Broken(half_open=True)):
        assert echo
    with pytest.raises(RehearsalError, match="no wire"), network.broken(ECHO, Broken(half_open=True), number=1):
        assert echo
