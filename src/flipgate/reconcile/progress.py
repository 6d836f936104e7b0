"""How far is a long run? On a terminal a bar, elsewhere a line now and then."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TextIO

EVERY_S = 10.0
Told = Callable[[int, int], None]


@contextmanager
def progress(stream: TextIO, every_s: float = EVERY_S) -> Iterator[Told]:
    """Whom does the comparison tell how many tenants are done, and of how many?"""
    with _bar(stream) if stream.isatty() else _lines(stream, every_s) as told:
        yield told


@contextmanager
def _bar(stream: TextIO) -> Iterator[Told]:
    from rich import progress as rich
    from rich.console import Console

    columns = (rich.TextColumn("comparing tenants"), rich.BarColumn(), rich.MofNCompleteColumn())
    with rich.Progress(*columns, rich.TimeElapsedColumn(), console=Console(file=stream), transient=True) as shown:
        task = shown.add_task("", total=None)
        # The database joins before it answers: until then the bar says that it works, not how far it is.
        yield lambda done, of: shown.update(task, completed=done, total=of if done else None)


@contextmanager
def _lines(stream: TextIO, every_s: float) -> Iterator[Told]:
    lines = _Lines(stream, every_s)
    teller = threading.Thread(target=lines.tell, daemon=True)
    teller.start()
    try:
        yield lines.reached
    finally:
        lines.ended.set()
        teller.join()


@dataclass
class _Lines:
    stream: TextIO
    every_s: float
    ended: threading.Event = field(default_factory=threading.Event)
    began: float = field(default_factory=time.monotonic)
    _done: tuple[int, int] | None = None

    def reached(self, done: int, of: int) -> None:
        self._done = done, of

    def tell(self) -> None:
        while not self.ended.wait(self.every_s):
            done, of = self._done or (0, 0)
            where = f"{done} of {of} tenants" if self._done else "asking the database"
            self.stream.write(f"reconcile: {where}, {time.monotonic() - self.began:.0f} s\n")
            self.stream.flush()
