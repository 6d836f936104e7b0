"""Whatever is done to a pack is found, by a code of its own; an honest one is never blamed."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

import pytest

from flipgate.core.verdict import Verdict
from flipgate.evidence.pack.envelope import Envelope
from flipgate.evidence.pack.keys import key_id
from flipgate.evidence.pack.reasons import REASONS
from flipgate.evidence.pack.seal import Order, seal
from flipgate.evidence.pack.verify import Asked, verify
from tests.unit.pack.cutovers import cutover, pictured
from tests.unit.pack.forger import Forger
from tests.unit.pack.tamperings import TAMPERINGS
from tests.unit.pack.tricks import Tampering

DOCS = Path(__file__).parents[3] / "docs" / "evidence-pack.md"


@pytest.mark.parametrize(("tampered", "code"), [row[1:] for row in TAMPERINGS], ids=[row[0] for row in TAMPERINGS])
def test_it_is_found(forger: Forger, tampered: Tampering, code: str) -> None:
    assert forger.codes() == set()
    tampered(forger)
    assert code in forger.codes()
    assert forger.verified().verdict is Verdict.STOP


def test_the_table_is_long_and_every_code_means_one_thing() -> None:
    assert len(TAMPERINGS) >= 40
    assert len({code for _, _, code in TAMPERINGS}) >= 40


def test_an_honest_pack_holds_and_says_go(made: Forger) -> None:
    verified = made.verified()
    assert verified.findings == ()
    assert verified.verdict is Verdict.GO


def test_it_is_verified_from_a_copy_that_nobody_wrote_to(forger: Forger) -> None:
    assert forger.verified() == forger.verified()


def test_a_pack_of_another_environment_is_named(made: Forger) -> None:
    assert made.codes(environment="staging") == {"other-environment"}


def test_a_rehearsal_signs_off_nothing_else_and_says_so_everywhere(rehearsed: Forger) -> None:
    assert rehearsed.codes() == set()
    assert rehearsed.codes(environment="dev") == {"other-environment"}
    for name in ("report.html", "comment.md", "README.md"):
        assert "REHEARSAL" in rehearsed.file(name).read_text()


def test_an_edited_comment_of_the_tracker_is_found(made: Forger) -> None:
    posted = made.file("comment.md").read_text()
    assert made.codes(posted=posted.replace("\n", "\r\n")) == set()
    assert made.codes(posted=posted.replace("GO", "HOLD", 1)) == {"posted-differs"}


def test_without_a_key_nobodys_signature_counts(made: Forger) -> None:
    verified = verify(made.pack, Asked({}, made.sealed_at))
    assert [finding.code for finding in verified.findings] == ["key-none"]


def test_a_sign_off_of_the_day_before_yesterday_is_stale(tmp_path: Path, made: Forger) -> None:
    project = cutover(tmp_path)
    late = project.now + timedelta(hours=25)
    pack = seal(Order(project.ledger, tmp_path, tmp_path / "reports", made.key, late))
    assert Forger(pack, made.key, late).codes() == {"seal-stale"}


def test_a_second_pack_of_a_day_leaves_the_first_alone(tmp_path: Path, made: Forger) -> None:
    project = cutover(tmp_path)
    order = Order(project.ledger, tmp_path, tmp_path / "reports", made.key, project.now)
    first, second = seal(order), seal(order)
    assert (first.name, second.name) == ("2026-11-20-dev", "2026-11-20-dev-2")
    assert Forger(second, made.key, project.now).codes() == set()


def test_a_thousand_files_are_verified_in_two_seconds(tmp_path: Path, made: Forger) -> None:
    project = cutover(tmp_path)
    named = [f"portal-{number}.png" for number in range(1000)]
    run = project.run("soak", [pictured(named[0])], looks=[pictured(name) for name in named])
    for name in named:
        project.picture(run, name)
    pack = seal(Order(project.ledger, tmp_path, tmp_path / "reports", made.key, project.now))
    begun = time.process_time()
    assert Forger(pack, made.key, project.now).codes() == set()
    assert time.process_time() - begun <= 2.0
    assert len([path for path in pack.rglob("*") if path.is_file()]) > 1000


def test_every_code_is_documented() -> None:
    text = DOCS.read_text()
    assert [code for code in REASONS if f"`{code}`" not in text] == []


@pytest.mark.parametrize("raw", [b"", b"[]", b"null", b"{}", b"\xff", b"[" * 100_000])
def test_what_is_no_envelope_is_found_and_breaks_nothing(raw: bytes, made: Forger) -> None:
    public = made.key.public_key()
    assert Envelope(raw, {key_id(public): public}).findings != ()
