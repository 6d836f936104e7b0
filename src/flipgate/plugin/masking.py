"""Where does pytest let text out, and is every credential masked there?

Terminal, tracebacks, captured output, log records, junit and Allure results of pytest's own plugins. What the suite
itself writes down is masked where it is recorded.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Generator
from types import TracebackType
from typing import Any, TextIO

import pytest

from flipgate.core.redaction import redacted


class Masked:
    """A text stream that lets no credential through; in all else it is the stream that it wraps."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write this text as it may be read; its own length is the answer, as callers expect."""
        self._stream.write(redacted(text))
        return len(text)

    def writelines(self, lines: list[str]) -> None:
        """Write these lines as they may be read."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@pytest.hookimpl(tryfirst=True)
def pytest_configure() -> None:
    """From here on: before the terminal's reporter takes hold of its stream."""
    sys.stdout, sys.stderr = _masked(sys.stdout), _masked(sys.stderr)
    sys.excepthook = _crash
    logging.setLogRecordFactory(_record)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """The streams are as they were; a crash after this is masked still."""
    logging.setLogRecordFactory(logging.LogRecord)
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        setattr(sys, name, stream._stream if isinstance(stream, Masked) else stream)  # noqa: SLF001


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_makereport(call: pytest.CallInfo[None]) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """The error's own words, traceback and captured output: the innermost, so that every other plugin gets them so."""
    if call.excinfo is not None:
        error = call.excinfo.value
        error.args = tuple(redacted(word) if isinstance(word, str) else word for word in error.args)
    report = yield
    report.sections = [(name, redacted(text)) for name, text in report.sections]
    told = str(report.longrepr) if report.longrepr is not None else ""
    if redacted(told) != told:
        report.longrepr = redacted(told)
    return report


def _masked(stream: TextIO) -> Any:
    return stream if isinstance(stream, Masked) else Masked(stream)


def _record(*args: Any, **kwargs: Any) -> logging.LogRecord:
    record = logging.LogRecord(*args, **kwargs)
    record.msg, record.args = redacted(record.getMessage()), None
    if record.exc_info and record.exc_info[0]:
        record.exc_text = redacted("".join(traceback.format_exception(*record.exc_info))).rstrip()
    return record


def _crash(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    sys.stderr.write(redacted("".join(traceback.format_exception(kind, error, trace))))
