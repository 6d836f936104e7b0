"""One file for the tracker: every run in it, no request out of it, and something to read where Allure is missing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect

from flipgate.core.errors import Refused
from flipgate.core.verdict import Verdict
from flipgate.evidence.allure_html import quiet
from flipgate.evidence.report import report, written
from tests.unit.evidence.conftest import Visit
from tests.unit.evidence.cutover import CASCADE, Cutover, Told

GREEN = [gate for gate in CASCADE if gate.verdict is Verdict.GO]
PAYLOAD = '"><img src=x onerror="alert(1)"></script><script>alert(2)</script>[a](javascript:alert(3))![i](http://127.0.0.1:9/i.png)\x1b[2J\u202e'
HOSTILE = Told(
    f"Title {PAYLOAD}",
    PAYLOAD,
    Verdict.STOP,
    PAYLOAD,
    PAYLOAD,
    PAYLOAD,
    feature=PAYLOAD,
    advice=f"STOP: SET a:*:b_c*: {PAYLOAD}",
)


def command(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "flipgate.cli", *words],
        cwd=root,
        env={"PATH": os.environ["PATH"], "HOME": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_three_runs_of_one_stage_are_all_shown_in_allure(with_allure: Cutover, visit: Visit) -> None:
    with_allure.run("after_flip_1", CASCADE)
    with_allure.run("after_flip_1", CASCADE)
    with_allure.run("after_flip_1", GREEN)
    page = visit.open_steps(report(with_allure.ledger))
    for name in ("1 after_flip_1 STOP", "2 after_flip_1 STOP", "3 after_flip_1 GO"):
        expect(page.get_by_text(name).first).to_be_visible()
    expect(page.get_by_text("2 STOP, 4 HOLD, 27 GO").first).to_be_visible()
    assert "Retries 1" not in page.inner_text("body")


def test_allures_page_asks_nothing_of_anyone(with_allure: Cutover, visit: Visit) -> None:
    with_allure.run("after_flip_1", CASCADE)
    made = report(with_allure.ledger)
    page = visit.open_steps(made)
    page.get_by_text("The p95 of governance checks keeps its limit").first.click()
    expect(page.get_by_text("Then its value is not above 7 ms").first).to_be_visible()
    assert visit.requests == []
    assert "googletagmanager" not in made.read_text()


def test_a_report_opens_on_its_first_page_and_leads_to_every_step_and_back(with_allure: Cutover, visit: Visit) -> None:
    with_allure.run("after_flip_1", CASCADE)
    page = visit.open(report(with_allure.ledger))
    heading = page.get_by_role("heading", name="STOP", exact=True)
    expect(heading).to_be_visible()
    page.get_by_text("Every step").click()
    expect(heading).to_be_hidden()
    expect(page.get_by_text("1 after_flip_1 STOP").first).to_be_visible()
    page.get_by_text("First page").click()
    expect(heading).to_be_visible()


def test_the_browser_of_these_tests_sees_a_request(visit: Visit, tmp_path: Path) -> None:
    (tmp_path / "asks.html").write_text('<img src="http://127.0.0.1:9/pixel"><script>alert("here")</script>')
    visit.open(tmp_path / "asks.html")
    assert visit.requests == ["http://127.0.0.1:9/pixel"]
    assert visit.dialogs == ["here"]


def test_the_analytics_script_is_cut_and_the_rest_stays() -> None:
    loader = '<script async src="https://www.example.invalid/gtag/js?id=G-1"></script>'
    setup = "<script>\n function gtag(){dataLayer.push(arguments);}\n gtag('js', new Date());\n</script>"
    told = quiet(f"<html><head>{loader}\n{setup}<script>report()</script></head></html>")
    assert "gtag" not in told
    assert "<script>report()</script>" in told
    assert "default-src 'none'" in told


def test_hostile_text_is_inert_in_allure(with_allure: Cutover, visit: Visit) -> None:
    with_allure.run("after_flip_1", [HOSTILE])
    page = visit.open_steps(report(with_allure.ledger))
    page.get_by_text("Title ").first.click()
    page.get_by_text("seen, limit, window, source").first.click()
    expect(page.get_by_text("verdict STOP").first).to_be_visible()
    for frame in page.frames:
        assert frame.locator("img[src=x], script:has-text('alert')").count() == 0, frame.content()
        assert frame.locator('a[href^="javascript:"]').count() == 0
    assert any("STOP: SET a:*:b_c*: " in frame.inner_text("body") for frame in page.frames[1:])
    assert page.get_by_text("missed").count() == 0
    assert (visit.dialogs, visit.requests) == ([], [])


def test_hostile_text_is_inert_in_the_page(cutover: Cutover, visit: Visit) -> None:
    run = cutover.run("after_flip_1", [HOSTILE])
    page = visit.open(written(cutover.ledger, run, cutover.written_to(run)))
    assert page.locator("img, script").count() == 0
    assert '<img src=x onerror="alert(1)">' in page.inner_text("body")
    assert "\\x1b[2J\\u202e" in page.inner_text("body")
    assert (visit.dialogs, visit.requests) == ([], [])


@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_fits_its_screen_and_its_style_is_let_in(cutover: Cutover, visit: Visit, width: int) -> None:
    run = cutover.run("after_flip_1", CASCADE)
    visit.page.set_viewport_size({"width": width, "height": 844})
    page = visit.open(written(cutover.ledger, run, cutover.written_to(run)))
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).fontWeight") == "700"
    box = page.locator("h1").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] < 200


def test_without_allure_the_page_stands_in(cutover: Cutover) -> None:
    cutover.run("preflight", GREEN)
    cutover.run("after_flip_1", CASCADE)
    made = report(cutover.ledger)
    assert made.name == "report.html"
    text = made.read_text()
    assert "<script" not in text
    assert "earlier" not in text
    assert all(name in text for name in ("1. preflight GO", "2. after_flip_1 STOP"))


def test_allures_page_is_made_at_once_where_that_is_asked_for(with_allure: Cutover) -> None:
    run = with_allure.run("preflight", GREEN)
    script = (
        "import sys; from pathlib import Path; from flipgate.evidence.report import written; "
        "print(written(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])).name)"
    )
    words = [sys.executable, "-c", script, str(with_allure.ledger), run, str(with_allure.written_to(run))]
    for asked, name in (("", "index.html"), ("allure", "report.html")):
        environ = {"PATH": os.environ["PATH"], "FLIPGATE_REPORT": asked}
        ended = subprocess.run(words, env=environ, capture_output=True, text=True, check=True)
        assert ended.stdout.strip() == name


def test_an_earlier_stop_is_not_hidden_by_a_later_go(cutover: Cutover) -> None:
    cutover.run("after_flip_1", CASCADE)
    cutover.run("after_flip_1", GREEN)
    text = report(cutover.ledger).read_text()
    assert "<h1>GO</h1>" in text
    assert "earlier after_flip_1 STOP 00:12:00: 1 STOP, 2 HOLD, 9 GO" in text


def test_only_the_newest_instance_is_gathered(cutover: Cutover) -> None:
    cutover.run("preflight", CASCADE, instance="first")
    second = cutover.run("preflight", GREEN, instance="second")
    made = report(cutover.ledger)
    assert made == cutover.written_to(second) / "report.html"
    assert "<h1>GO</h1>" in made.read_text()


def test_one_run_can_be_asked_for(cutover: Cutover) -> None:
    first = cutover.run("preflight", CASCADE)
    cutover.run("preflight", GREEN)
    assert report(cutover.ledger, [first]) == cutover.written_to(first) / "report.html"
    with pytest.raises(Refused, match="no run nowhere"):
        report(cutover.ledger, ["nowhere"])


def test_the_command_prints_the_path_last(cutover: Cutover) -> None:
    first = cutover.run("preflight", GREEN)
    cutover.run("after_flip_1", CASCADE)
    ended = command(cutover.root, "report", "--env", "dev")
    assert ended.returncode == 0
    assert ended.stderr == "Allure is not installed here: npm ci; the plain page stands in\n"
    assert Path(ended.stdout.splitlines()[-1]) == cutover.ledger.parent / f"cutover-{first}" / "report.html"


@pytest.mark.parametrize("name", ["nope", "../dev", ""])
def test_an_environment_without_a_ledger_is_refused_in_one_sentence(cutover: Cutover, name: str) -> None:
    cutover.run("preflight", GREEN)
    ended = command(cutover.root, "report", "--env", name)
    assert ended.returncode == 30
    assert ended.stderr == f"refused: 0 ledgers for --env {name}; there are: --env dev --runbook org_v23\n"
