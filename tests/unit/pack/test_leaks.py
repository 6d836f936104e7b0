"""Twelve credentials, leaked in every form into every place, by gates that pass, fail or crash: none comes out."""

from __future__ import annotations

import base64
import gzip
import io
import struct
import zipfile
import zlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from flipgate.config.secret import Secret
from flipgate.core.redaction import KNOWN, MASK, redacted
from flipgate.evidence.pack.scan import scan
from flipgate.evidence.pack.seal import Order, Quarantined, seal
from flipgate.evidence.pack.verify import Asked, verify
from tests.unit.pack.cutovers import cutover
from tests.unit.pack.leaks import CANARIES, OUTCOMES, leaking, shown_in
from tests.unit.plugin.conftest import Project

SINKS = {
    "terminal": "sinks/terminal.txt",
    "junit": "sinks/junit.xml",
    "log file": "sinks/log.txt",
    "pytest's Allure results": "sinks/allure",
    "ledger": "reports/dev/demo/ledger.jsonl",
    "page": "reports/dev/demo/*/index.html",
    "Allure results": "reports/dev/demo/*/allure-results",
    "pack": "reports/demo/*-dev",
}


@pytest.fixture(scope="module", params=OUTCOMES)
def leaked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A run that leaked, and its pack."""
    project = leaking(tmp_path_factory.mktemp(request.param), request.param)
    for name, value in CANARIES.items():
        Secret(value, f"env:{name}")
    root, key = project.root, Ed25519PrivateKey.generate()
    seal(Order(project.ledger, root, root / "reports", key, datetime.now(UTC)))
    return project


@pytest.mark.parametrize("sink", SINKS)
def test_none_of_the_twelve_is_shown(leaked: Project, sink: str) -> None:
    found = [path for place in leaked.root.glob(SINKS[sink]) for path in (place, *place.rglob("*")) if path.is_file()]
    assert found != []
    assert {path.name: shown_in(path.read_bytes()) for path in found if shown_in(path.read_bytes())} == {}
    assert scan({path.name: path.read_bytes() for path in found}) == ()


def test_what_was_said_is_there_but_for_them(leaked: Project) -> None:
    assert "***" in leaked.ledger.read_text()
    assert "***" in (leaked.root / "sinks" / "terminal.txt").read_text() + leaked.ledger.read_text()


def test_the_eyes_of_these_tests_see_each_of_them() -> None:
    assert shown_in("\n".join(CANARIES.values()).encode()) == list(CANARIES)


VALUE = "planted-credential-4711/+x"


def _zipped(raw: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("trace.network", raw)
    return packed.getvalue()


def _png(raw: bytes) -> bytes:
    body = b"Comment\0\0" + zlib.compress(raw)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4s", len(body), b"zTXt") + body + bytes(4)


WRAPPED = {
    "as it is": bytes,
    "gzip": gzip.compress,
    "zip": _zipped,
    "zip in gzip": lambda raw: gzip.compress(_zipped(raw)),
    "PNG text": _png,
    "split": lambda raw: raw[:9] + b"\r\n  " + raw[9:],
    "base64 of zip": lambda raw: b'"' + base64.b64encode(_zipped(raw)) + b'"',
}


@pytest.mark.parametrize("way", WRAPPED)
def test_a_planted_one_is_caught(way: str) -> None:
    Secret(VALUE, "env:PLANTED")
    filler = bytes(range(32, 127)) * 3
    hits = scan({"kept": WRAPPED[way](filler + VALUE.encode() + filler)})
    assert {hit.what for hit in hits} == {"env:PLANTED"}
    assert VALUE not in str(hits)


def test_a_pack_with_one_in_it_is_set_aside_and_is_no_pack(tmp_path: Path) -> None:
    project = cutover(tmp_path)
    late = "known-only-after-it-was-written-1"
    project.run("soak", [], said=late)
    Secret(late, "file:late")
    order = Order(project.ledger, tmp_path, tmp_path / "reports", Ed25519PrivateKey.generate(), project.now)
    with pytest.raises(Quarantined, match="file:late") as caught:
        seal(order)
    folder = caught.value.folder
    assert folder.name.startswith("quarantine-2026-11-20-dev")
    assert late not in (folder / "QUARANTINED.txt").read_text()
    assert "pack-quarantined" in {finding.code for finding in verify(folder, Asked({}, project.now)).findings}
    assert list((tmp_path / "reports" / "demo").glob("2026-*")) == []


LEAK = "q1w2"
NAMED = {
    "Authorization: Bearer q1w2": "Authorization: ***",
    "{'x-api-key': 'q1w2'}": "{'x-api-key': '***'}",
    "(('authorization', 'q1w2'),)": "(('authorization', '***'),)",
    "Set-Cookie: session=q1w2; HttpOnly": "Set-Cookie: ***",
    f"postgresql://reader:{LEAK}@db:5432/x": f"postgresql://reader:{MASK}@db:5432/x",
    "host=db password=q1w2 user=x": "host=db password=*** user=x",
    "GET /a?access_token=q1w2&b=1": "GET /a?access_token=***&b=1",
    '{"client_secret": "q1w2", "a": 1}': '{"client_secret": "***", "a": 1}',
    "a refresh without a token: 401": "a refresh without a token: 401",
    "basic authentication, renew the token": "basic authentication, renew the token",
}


@pytest.mark.parametrize("text", NAMED)
def test_what_is_called_like_one_is_masked_and_prose_is_not(text: str) -> None:
    assert redacted(text) == NAMED[text]
    assert redacted(redacted(text)) == redacted(text)


def test_a_short_one_is_named_as_not_looked_for() -> None:
    known = type(KNOWN)()
    known.learn("short", "env:SHORT")
    assert known.too_short == {"env:SHORT"}
    assert known.masked("short of time") == "short of time"


def test_masking_a_text_without_any_is_quick() -> None:
    text = "stage preflight: GO at 2026-11-20 " * 30_000
    assert redacted(text) == text
