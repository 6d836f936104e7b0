"""Where does a provisioned environment come from, and what does it say of itself?

The environment file's `provision` command prints one JSON object (endpoints, identity, clock) and then answers
requests, one JSON line each; it ends, and tears down what it started, when its input closes. The suite never flips
anything: it names the stage that it is about to run, and whoever rehearses the operator brings the world there.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from flipgate.core.errors import Refused, visible

HANDED_DOWN = "FLIPGATE_PROVISIONED"
READY_WITHIN_S = 60.0
ANSWER_WITHIN_S = 120.0


class Provisioned:
    """A provisioned environment for the length of a run."""

    def __init__(self, command: Sequence[str]) -> None:
        self.printed: dict[str, object] = {}
        handed_down = os.environ.get(HANDED_DOWN)
        self._process = None if handed_down else _started(command)
        try:
            line = Path(handed_down).read_text(encoding="utf-8") if handed_down else self._line(READY_WITHIN_S)
            self.printed = _parsed(line)
        except BaseException:
            self.close()
            raise

    @property
    def instance(self) -> str:
        """Which world is this? Told apart from every earlier one."""
        return str(self.printed.get("instance", ""))

    @property
    def offset_s(self) -> float:
        """By how much has this world aged? Stated by whoever provisioned it."""
        clock = self.printed.get("clock")
        offset = clock.get("offset_s", 0.0) if isinstance(clock, Mapping) else 0.0
        return float(offset)

    @property
    def ours(self) -> bool:
        """Did this run start it? One that runs for somebody else is never moved on."""
        return self._process is not None and not self.printed.get("attached", False)

    def bring_to(self, stage: str) -> None:
        """Let whoever rehearses the operator bring the world to the moment of this stage.

        Errors: Refused, with the answer's own sentence.
        """
        self._ask({"stage": stage})

    def advance(self, seconds: float) -> None:
        """Let the world age by so much: what waiting is elsewhere.

        Errors: Refused, with the answer's own sentence.
        """
        self._ask({"advance_s": seconds})

    def _ask(self, request: Mapping[str, object]) -> None:
        assert self._process is not None and self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError as error:
            raise Refused("the provision command has ended; run it by itself to see why") from error
        answer = _parsed(self._line(ANSWER_WITHIN_S))
        if answer.get("ok") is not True:
            raise Refused(f"the provisioned environment refused {request}: {visible(str(answer.get('error')))}")
        self.printed["clock"] = answer.get("clock", self.printed.get("clock"))

    def close(self) -> None:
        """Let it tear down what it started; returns when it has."""
        if self._process is None:
            return
        if self._process.stdin:
            self._process.stdin.close()
        try:
            self._process.wait(timeout=READY_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _line(self, within_s: float) -> str:
        assert self._process is not None and self._process.stdout is not None
        late = threading.Timer(within_s, self._process.kill)
        late.start()
        try:
            line = self._process.stdout.readline()
        finally:
            late.cancel()
        if not line:
            raise Refused("the provision command printed nothing; run it by itself to see why")
        return line


def _started(command: Sequence[str]) -> subprocess.Popen[str]:
    beside = Path(sys.executable).parent / command[0]
    program = str(beside) if beside.exists() else shutil.which(command[0])
    if program is None:
        raise Refused(f"the provision command {command[0]!r} is not installed here; `make setup` installs it")
    return subprocess.Popen(
        [program, *command[1:]], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    )


def _parsed(line: str) -> dict[str, object]:
    try:
        tree = json.loads(line)
    except ValueError as error:
        raise Refused(f"the provision command printed no JSON: {visible(line)}") from error
    if not isinstance(tree, dict):
        raise Refused(f"the provision command printed no JSON object: {visible(line)}")
    return tree
