"""What a system may answer that means harm: each ends on time, in little memory, as no answer, and shows harmlessly."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import unicodedata
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flipgate.config import environment as blocks
from flipgate.config.secret import Secret
from flipgate.core.clock import Clock
from flipgate.core.errors import NoAnswer
from flipgate.probes.alertmanager import Alertmanager
from flipgate.probes.exposition import Exposition
from flipgate.probes.kubernetes import Kubernetes
from flipgate.probes.prometheus import Prometheus
from flipgate.probes.reports import Reports
from flipgate.probes.tracker import Tracker
from flipgate.safety import files
from flipgate.safety.http import Limits
from tests.probes.hostile import answering

TOKEN, CLOCK = Secret("token", "env:TOKEN"), Clock()
ON_TIME_S = Limits().deadline_s + 5
NASTY = "\x1b[2J\x1b]0;title\x07\u202e\u2066\u200b\x00\x9b31m<script>alert(1)</script>"
JSON, TEXT = b"application/json", b"text/plain; version=0.0.4"


def http(body: bytes, kind: bytes = JSON, *headers: bytes, status: bytes = b"200 OK") -> tuple[bytes, ...]:
    lines = [b"HTTP/1.1 " + status, b"Content-Type: " + kind, b"Content-Length: %d" % len(body), *headers]
    return (b"\r\n".join(lines) + b"\r\n\r\n" + body,)


def bomb(megabytes: int) -> bytes:
    """So many megabytes of blanks in a thousandth of it."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(packer.compress(b" " * 1_000_000) for _ in range(megabytes)) + packer.flush()


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
ANSWERS: dict[str, tuple[bytes, ...]] = {
    "nothing at all": (b"",),
    "one byte": (b"\x00",),
    "another protocol": (b"SSH-2.0-OpenSSH_9.0\r\n",),
    "escapes for a status": http(b"{}", status=b"200 " + b"\x1b[2J"),
    "empty body": http(b""),
    "byte order mark": http(b"\xef\xbb\xbf{}"),
    "utf-16": http("{}".encode("utf-16")),
    "invalid utf-8": http(b'{"a": "\xff\xfe"}'),
    "zero bytes": http(b"\0" * 1000),
    "a page for people": http(f"<html>{NASTY}</html>".encode(), b"text/html"),
    "a kind with escapes": http(b"{}", b"text/\x1b[31mred"),
    "cut off": (HEAD + b"Content-Length: 100\r\n\r\n{",),
    "trailing garbage": http(b'{"status": "success"} x'),
    "two lengths": (HEAD + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}}",),
    "length and chunks": (HEAD + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",),
    "headers without end": (HEAD + b"".join(b"X-%d: y\r\n" % number for number in range(20_000)) + b"\r\n",),
    "nesting": http(b"[" * 200_000),
    "numbers without end": http(b'{"a": ' + b"9" * 5000 + b"}"),
    "not a number": http(b'{"status": NaN}'),
    "infinity": http(b'{"status": 1e999}'),
    "equal keys": http(b'{"status": "success", "status": "error"}'),
    "lone surrogate": http(b'{"status": "\\ud800"}'),
    "another type": http(b'"text"'),
    "null": http(b"null"),
    "types astray": http(b'{"status": "success", "data": {"result": {"a": true}}, "items": 7}'),
    "an error that shows": http(f'{{"error": "{NASTY[-25:]}"}}'.encode(), status=b"500 Oh"),
    "a refusal that shows": http(NASTY.encode(), b"text/plain", status=b"400 No"),
    "a redirect": http(b"", JSON, b"Location: http://127.0.0.1:1/toggle", status=b"302 Found"),
    "a redirect with escapes": http(b"", JSON, b"Location: /\x1b[2J", status=b"307 Found"),
    "a bomb": http(bomb(50), JSON, b"Content-Encoding: gzip"),
    "rate-limited": http(b"", JSON, b"Retry-After: \x1b[2J", status=b"429 Slow"),
}  # fmt: skip
SLOW: dict[str, tuple[bytes, ...]] = {
    "byte by byte": (HEAD, b"Content-Length: 10000\r\n\r\n", *[b" "] * 9000),
    "chunk by chunk": (HEAD, b"Transfer-Encoding: chunked\r\n\r\n", *[b"1\r\n \r\n"] * 9000),
}
ASKED: dict[str, Callable[[str], object]] = {
    "prometheus": lambda url: Prometheus(
        blocks.Prometheus(url=url, scrape_interval_s=15, targets={"gateway": 1}), CLOCK
    ).rules(),
    "alertmanager": lambda url: Alertmanager(blocks.Alertmanager(url=url, watchdog="Watchdog"), CLOCK).alerts(),
    "kubernetes": lambda url: Kubernetes(
        blocks.Kubernetes(url=url, namespace="platform", token=TOKEN), CLOCK
    ).deployment("gateway"),
    "tracker": lambda url: Tracker(
        blocks.Tracker(url=url, repository="a/b", token=TOKEN), CLOCK
    ).issues([1]),
    "reconciler": lambda url: Exposition(
        "reconciler", blocks.Exporter(url=url, job="r", deployment="r"), CLOCK
    ).page(),
}  # fmt: skip


@pytest.mark.parametrize("system", ASKED)
@pytest.mark.parametrize("answer", ANSWERS)
def test_it_is_no_answer_and_shows_harmlessly(system: str, answer: str) -> None:
    with answering(*ANSWERS[answer]) as url:
        ends_harmlessly(lambda: ASKED[system](url))


@pytest.mark.parametrize("answer", SLOW)
def test_a_slow_answer_is_left_at_the_deadline(answer: str) -> None:
    with answering(*SLOW[answer], pause_s=0.02) as url:
        ends_harmlessly(lambda: ASKED["alertmanager"](url))


def ends_harmlessly(ask: Callable[[], object]) -> None:
    began = time.monotonic()
    with pytest.raises(NoAnswer) as caught:
        ask()
    assert time.monotonic() - began < ON_TIME_S
    assert harmful(str(caught.value)) == []


def harmful(text: str) -> list[str]:
    return [char for char in text if char != " " and unicodedata.category(char)[0] in "CZ"]


def a_fifo(path: Path) -> None:
    os.mkfifo(path)


def a_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))


def a_sparse_file(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(1 << 30)


FILES: dict[str, Callable[[Path], object]] = {
    "a pipe": a_fifo,
    "a gigabyte of nothing": a_sparse_file,
    "a link": lambda path: path.symlink_to("/etc/hostname"),
    "a loop": lambda path: path.symlink_to(path),
    "a folder": lambda path: path.mkdir(),
    "a device": lambda path: path.symlink_to("/dev/zero"),
    "zero bytes": lambda path: path.write_bytes(b"\0" * 100),
    "not text": lambda path: path.write_bytes(b"\xff\xfe\xff"),
    "escapes": lambda path: path.write_text(NASTY),
    "empty": lambda path: path.write_bytes(b""),
    "one byte": lambda path: path.write_bytes(b"#"),
    "a byte order mark": lambda path: path.write_bytes(b"\xef\xbb\xbf# Dual-write reconciliation"),
    "utf-16": lambda path: path.write_text("# Dual-write reconciliation", encoding="utf-16"),
    "a socket": a_socket,
    "tables without end": lambda path: path.write_text("|" * 900_000),
    "numbers without end": lambda path: path.write_text(f"| Gate | PASS |\n| Drift | {'9' * 5000} |"),
}


def told_of_reports(folder: Path) -> str:
    try:
        return repr(Reports(blocks.Reports(directory=str(folder)), CLOCK).folder(1, []).value)
    except NoAnswer as error:
        return str(error)


@pytest.mark.parametrize("what", FILES)
def test_a_report_that_is_none_is_never_a_pass(tmp_path: Path, what: str) -> None:
    today = datetime.now(UTC).date()
    FILES[what](tmp_path / f"{today}.md")
    began = time.monotonic()
    told = told_of_reports(tmp_path)
    assert harmful(told) == []
    assert "PASS" not in told
    assert time.monotonic() - began < ON_TIME_S


NAMES = [
    "",
    ".",
    "..",
    "../x",
    "/etc/passwd",
    "a/b",
    "nul\0",
    "x" * 300,
    "new\nline",
    "-rf",
    NASTY,
    "CON",
    "\udcff",
    "~",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_leads_elsewhere_or_shows_is_no_answer(tmp_path: Path, name: str) -> None:
    ends_harmlessly(lambda: files.regular(tmp_path, name, "reports"))


@pytest.mark.parametrize(
    "written", ["%G-W%V-%u.md", "%Y%m%d.md", " %Y-%m-%d.md", "%Y-%m-%d.MD", "%Y-%m-%d.md\n", "-%Y-%m-%d.md"]
)
def test_a_day_has_one_name(tmp_path: Path, written: str) -> None:
    """Another way to write today's date would put a second file in place of the day's own."""
    now = datetime.now(UTC)
    (tmp_path / f"{now:{written}}").write_text("another")
    assert Reports(blocks.Reports(directory=str(tmp_path)), CLOCK).folder(1, []).value.reports == ()


@pytest.mark.parametrize(
    "name", [b"\xff\xfe.md", b"\x1b[2J.md", "\u202e.md".encode(), b"a\nb.md", b"-rf.md", b"y" * 255]
)
def test_beside_names_that_mean_harm_a_folder_is_read(tmp_path: Path, name: bytes) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_text("x")
    assert harmful(told_of_reports(tmp_path)) == []


LARGE = """
from tests.probes.hostile import answering
from tests.safety.test_hostile_input import ASKED, HEAD, bomb, http
from flipgate.core.errors import NoAnswer
from pathlib import Path
million = b" " * 1_000_000
answers = [
    http(bomb(300), b"application/json", b"Content-Encoding: gzip"),
    (HEAD + b"Content-Length: 100000000\\r\\n\\r\\n", *[million] * 100),
    (HEAD + b"Transfer-Encoding: chunked\\r\\n\\r\\n", *[b"f4240\\r\\n" + million + b"\\r\\n"] * 100),
]
refused = 0
for pieces in answers:
    for ask in ASKED.values():
        with answering(*pieces) as url:
            try:
                ask(url)
            except NoAnswer:
                refused += 1
peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
print(refused, int(peak.split()[1]) // 1024)
"""


def test_the_largest_answers_are_left_in_little_memory() -> None:
    """300 MB out of 0.3 MB, 100 MB, and 100 MB in chunks, of each system."""
    words = [sys.executable, "-c", LARGE]
    told = subprocess.run(words, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True, timeout=240)
    refused, peak_mb = map(int, told.stdout.split())
    assert refused == 3 * len(ASKED)
    assert peak_mb < 256
