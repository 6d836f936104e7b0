"""The processes of one rehearsal: started in one group, ended by its reaper."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import sys
import time
from typing import IO, TYPE_CHECKING

from flipgate.rehearsal.errors import RehearsalError

if TYPE_CHECKING:
    import pwd
    from collections.abc import Callable, Iterable
    from pathlib import Path

_READY_S = 60.0
_POLL_S = 0.02
_TOLD_LINES = 5


class Processes:
    """Starts processes into the group of a reaper, which ends what is left when this process is gone."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._reaper = subprocess.Popen(
            [sys.executable, "-m", "flipgate.rehearsal.reaper", str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            process_group=0,
        )
        self._started: dict[str, subprocess.Popen[str]] = {}

    def start(
        self, name: str, argv: list[str], *, user: pwd.struct_passwd | None = None, cwd: Path | None = None
    ) -> None:
        """Start a server; what it writes goes to out/<name>.log."""
        with self._out(name) as out:
            self._started[name] = subprocess.Popen(
                argv,
                cwd="/" if user else cwd or self._folder,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                text=True,
                process_group=self._reaper.pid,
                user=user.pw_uid if user else None,
                group=user.pw_gid if user else None,
                extra_groups=[] if user else None,
            )

    def start_service(self, name: str, argv: list[str]) -> None:
        """Start a service, which ends when the pipe to its stdin does and tells on stdout that it is ready."""
        with self._out(name) as out:
            self._started[name] = subprocess.Popen(
                argv,
                cwd=self._folder,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=out,
                text=True,
                process_group=self._reaper.pid,
            )

    def ready_lines(self, names: Iterable[str]) -> dict[str, str]:
        """What did each of these services say when it was ready?"""
        lines: dict[str, str] = {}
        deadline = time.monotonic() + _READY_S
        with selectors.DefaultSelector() as selector:
            for name in names:
                selector.register(self._stdout(name), selectors.EVENT_READ, name)
            while selector.get_map():
                events = selector.select(deadline - time.monotonic())
                if not events:
                    waiting = ", ".join(sorted(key.data for key in selector.get_map().values()))
                    raise RehearsalError(f"not ready after {_READY_S:.0f} s: {waiting}")
                for key, _ in events:
                    lines[key.data] = self._stdout(key.data).readline()
                    if not lines[key.data]:
                        raise RehearsalError(f"{key.data} ended before it was ready: {self._last_words(key.data)}")
                    selector.unregister(key.fileobj)
        return lines

    def wait_until(self, name: str, holds: Callable[[], bool]) -> None:
        """Wait until a started server does what is asked of it."""
        deadline = time.monotonic() + _READY_S
        while not holds():
            if not self.runs(name):
                raise RehearsalError(f"{name} ended before it was ready: {self._last_words(name)}")
            if time.monotonic() > deadline:
                raise RehearsalError(f"{name} was not ready after {_READY_S:.0f} s: {self._last_words(name)}")
            time.sleep(_POLL_S)

    def wait_for_end(self, name: str) -> None:
        """Wait for a program that does its work and ends; an exit status other than 0 is an error."""
        if self._started.pop(name).wait(_READY_S):
            raise RehearsalError(f"{name} failed: {self._last_words(name)}")

    def runs(self, name: str) -> bool:
        """Does this process run?"""
        return name in self._started and self._started[name].poll() is None

    def states(self) -> dict[str, str]:
        """Which processes were started, and how is each?"""
        return {
            name: f"runs as {process.pid}" if process.poll() is None else f"ended with {process.returncode}"
            for name, process in sorted(self._started.items())
        }

    def send(self, name: str, sent: signal.Signals) -> None:
        """Send a signal to one process."""
        self._started[name].send_signal(sent)

    def stop(self, name: str, sent: signal.Signals = signal.SIGTERM) -> None:
        """End one process and wait for its end."""
        if name in self._started:
            process = self._started.pop(name)
            process.send_signal(sent)
            process.wait(_READY_S)

    def end(self) -> None:
        """Let the reaper end everything, and wait until it has."""
        if self._reaper.stdin is None or self._reaper.stdout is None:
            return
        self._reaper.stdin.close()
        for process in self._started.values():
            process.wait()
        self._reaper.wait()
        self._reaper.stdout.read()

    def _out(self, name: str) -> IO[bytes]:
        return (self._folder / "out" / f"{name}.log").open("ab")

    def _stdout(self, name: str) -> IO[str]:
        stdout = self._started[name].stdout
        if stdout is None:
            raise RehearsalError(f"{name} was not started as a service")
        return stdout

    def _last_words(self, name: str) -> str:
        lines = (self._folder / "out" / f"{name}.log").read_text(errors="replace").split(os.linesep)
        return " | ".join(line for line in lines if line.strip())[-600:] if lines else "without a word"
