"""Threads that read the same kind of answer for the first time, at the same moment, all read it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import msgspec
import pytest

from flipgate.safety.reply import Reply

THREADS, KINDS = 8, 100
REPLY = Reply("a server", "GET /", 200, {}, b'{"rows": [{"name": "a"}], "by_name": {"b": {"name": "b"}}}')


@pytest.fixture(autouse=True)
def _threads_take_turns_often() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def _unmet(number: int) -> type[msgspec.Struct]:
    row = msgspec.defstruct(f"Row{number}", [("name", str)])
    return msgspec.defstruct(f"Answer{number}", [("rows", list[row]), ("by_name", dict[str, row])])  # type: ignore[valid-type]


def test_a_kind_of_answer_is_met_by_many_threads_at_once() -> None:
    with ThreadPoolExecutor(THREADS) as pool:
        for kind in map(_unmet, range(KINDS)):
            together = Barrier(THREADS)

            def read(kind: type[msgspec.Struct] = kind, together: Barrier = together) -> msgspec.Struct:
                together.wait()
                return REPLY.json(kind)

            answers = [answer.result() for answer in [pool.submit(read) for _ in range(THREADS)]]
            assert answers == [answers[0]] * THREADS
