"""A server that answers with exact bytes, at its own pace: what no well-behaved library would send."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class HostileServer:
    """Answers each connection with `pieces`, one every `pause_s`, and then hangs up."""

    def __init__(self, pieces: list[bytes], pause_s: float) -> None:
        self._pieces, self._pause_s, self._over = pieces, pause_s, threading.Event()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def _accept(self) -> None:
        while not self._over.is_set():
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._answer, args=(connection,))
            self._threads.append(thread)
            thread.start()

    def _answer(self, connection: socket.socket) -> None:
        with connection:
            try:
                connection.recv(65536)
                for piece in self._pieces:
                    if self._over.wait(self._pause_s):
                        return
                    connection.sendall(piece)
            except OSError:
                return

    def close(self) -> None:
        self._over.set()
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        for thread in self._threads:
            thread.join(5)


@contextmanager
def answering(*pieces: bytes, pause_s: float = 0.0) -> Iterator[str]:
    """At which address do these bytes come back?"""
    server = HostileServer(list(pieces), pause_s)
    try:
        yield server.url
    finally:
        server.close()
