"""What does the reader see first? One HTML page of our own: no script, no request, light and dark, desk and phone.

It is made from the ledger and the pictures that it names, so the same ledger makes the same bytes. Cost: about 10 ms
for a stage of 12 gates.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from flipgate.core.verdict import Verdict
from flipgate.core.window import spoken
from flipgate.evidence.about import About
from flipgate.evidence.account import GateAccount, RunAccount, StepAccount
from flipgate.evidence.boxes import boxes
from flipgate.evidence.course import course, drawn_course
from flipgate.evidence.drawing import drawn
from flipgate.evidence.markup import Markup, element, table, together
from flipgate.evidence.pictures import Shown, pictures
from flipgate.evidence.records import Seen, StepJudged
from flipgate.evidence.summary import WORST_FIRST, counted, reached, run_line, standing
from flipgate.evidence.witnesses import by_server, sentence
from flipgate.evidence.writes import told

_SHOWN_CHARS = 4000
STYLE = Path(__file__).with_suffix(".css").read_text(encoding="utf-8")
_STYLE_DIGEST = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
_POLICY = f"default-src 'none'; style-src 'sha256-{_STYLE_DIGEST}'; img-src data:; base-uri 'none'; form-action 'none'"


def page(runs: Sequence[RunAccount], about: About, *, ledger: str, kept: Path) -> str:
    """How do these runs read, oldest first?

    `ledger` says where the records lie and in which state they are; in `kept` each run has its folder.
    """
    title = f"{standing(runs).value} · {reached(runs)} on {runs[-1].start.environment}"
    head = together(
        Markup('<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'),
        Markup(f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'),
        element("title", title),
        element("style", Markup(STYLE)),
    )
    body = element("body", sheet(runs, about, ledger=ledger, kept=kept))
    return f"<!doctype html>\n{element('html', element('head', head), body, lang='en')}\n"


def sheet(runs: Sequence[RunAccount], about: About, *, ledger: str, kept: Path, linked: bool = True) -> Markup:
    """What stands on that page? `linked`: names lead to what stands further down."""
    body = [_banner(runs, about, standing(runs)), boxes(runs)]
    if len(runs) > 1:
        way = element("div", drawn_course(course(runs)), class_="sheet plotted")
        both = (("The way so far", way), ("Runs", _run_table(runs, linked=linked)))
        body.append(
            element("div", *(element("section", element("h2", name), one) for name, one in both), class_="both")
        )
    for number, run in enumerate(runs, start=1):
        body.append(_run_section(run, f"{number}. {run_line(run)}" if len(runs) > 1 else "Gates", kept / run.id))
    body.append(_footer(runs, ledger))
    return element("main", *body)


def _banner(runs: Sequence[RunAccount], about: About, verdict: Verdict) -> Markup:
    newest = runs[-1]
    start = newest.start
    facts = [f"{start.environment}, tier {start.tier}", about.title, _span(runs)]
    gates = [gate for run in runs for gate in run.gates]
    in_runs = f" in {len(runs)} runs; the verdict is that of each stage's newest" if len(runs) > 1 else ""
    facts.append(f"{counted(gates) or 'no gate judged'} of {len(gates)} gates{in_runs}")
    if start.offset_s:
        facts.append(f"world aged by {spoken(start.offset_s)}")
    issue = element("a", f"tracker issue {about.tracker}", href=about.issue, rel="noreferrer") if about.issue else ""
    rehearsed = element("p", "REHEARSAL", class_="rehearsal") if start.provisioned else ""
    return element(
        "div",
        rehearsed,
        element("div", element("h1", verdict.value), element("p", reached(runs), class_="what"), class_="line"),
        element("p", " · ".join(facts), together(" · ", issue) if issue else "", class_="facts"),
        _withheld(runs),
        element("p", f"Next: {_next(newest, about)}", class_="next") if len(runs) == 1 else "",
        class_=f"banner {_tone(verdict)}",
    )


def _withheld(runs: Sequence[RunAccount]) -> Markup:
    """What is waived, what keeps it from GO, and which earlier run was STOP? A single run's gates stand right below."""
    told = [f"waived: {waived.told}" for waived in runs[-1].waived]
    told += [
        f"{run_line(run)}: credentials that can do more than read were put up with: {reason}"
        for run in runs
        if (reason := run.start.allowed.get("allow_write_capable"))
    ]
    for run in runs:
        name = f"{run_line(run)}: " if len(runs) > 1 else ""
        if run is not runs[-1] and run.verdict is Verdict.STOP:
            told.append(f"earlier {name}{counted(run.gates)}")
        if run is runs[-1] and len(runs) > 1:
            worst_ones = [gate.text.title for gate in run.gates if gate.verdict is run.verdict is not Verdict.GO]
            told += [f"{run.stage} {run.verdict.value}: {title}" for title in worst_ones]
        if run.contradicted_by:
            told.append(f"{run_line(run)} is contradicted: run {run.contradicted_by} found STOP at one of its gates")
        told += [f"{name}{reason}" for reason in run.judged.reasons]
        told += [f"{name}not judged: {gate.partition('::')[2]}" for gate in run.judged.missing]
    return element("ul", *(element("li", line) for line in told)) if told else Markup()


def _next(run: RunAccount, about: About) -> str:
    if run.verdict is Verdict.GO:
        return about.next_after(run.start.stage) or "this stage is done"
    if run.judged.ready_at is not None:
        return f"run this stage again at {_utc(run.judged.ready_at):%H:%M:%S} UTC"
    return f"do not go on; do what the {run.verdict.value} below says"


def _run_table(runs: Sequence[RunAccount], *, linked: bool) -> Markup:
    rows = [
        element(
            "tr",
            element("td", _badge(run.verdict), class_="verdict"),
            element("td", f"{number}. ", element("a", run.stage, href=f"#{run.id}" if linked else "")),
            element("td", _time(run.began_at), class_="time", data_name="began"),
            element("td", counted(run.gates), " · contradicted" if run.contradicted_by else "", data_name="gates"),
            class_=_tone(run.standing),
        )
        for number, run in enumerate(runs, start=1)
    ]
    return table(("verdict", "stage", "began", "gates"), rows)


def _run_section(run: RunAccount, name: str, folder: Path) -> Markup:
    by_severity = sorted(run.gates, key=lambda gate: WORST_FIRST.index(gate.verdict))
    listed = table(
        ("verdict", "section", "gate", "seen", "limit and window"), [_gate_row(gate) for gate in by_severity]
    )
    steps = element("div", *(_gate_details(gate, folder) for gate in run.gates), class_="sheet")
    return together(
        element("section", element("h2", name), listed, _plots(run), id=run.id),
        element("section", element("h3", "Steps and observations"), steps),
    )


def _plots(run: RunAccount) -> Markup:
    """What was measured over time, side by side."""
    drawings = [drawn(plot) for gate in run.gates for plot in gate.plots]
    return element("div", *(element("div", one, class_="sheet plotted") for one in drawings), class_="plots")


def _gate_row(gate: GateAccount) -> Markup:
    first = gate.deciding[0] if gate.deciding else None
    more = len(gate.deciding) - 1
    seen = f"{first.subject}: {first.seen}" if first else "not judged"
    aside = element("div", f"and {more} more below", class_="aside") if more > 0 else ""
    return element(
        "tr",
        element("td", _badge(gate.verdict), class_="verdict"),
        element("td", f"§{gate.text.section}" if gate.text.section else "", class_="section"),
        element("td", gate.text.title, _actions(gate)),
        element("td", seen, aside, data_name="seen"),
        element("td", *_limit(first), data_name="limit and window") if first else element("td"),
        class_=_tone(gate.verdict),
    )


def _limit(step: StepJudged) -> tuple[str, ...]:
    return step.limit, element("div", step.window, class_="aside") if step.window else ""


def _actions(gate: GateAccount) -> Markup:
    return together(*(element("div", line, class_="do") for line in gate.advice))


def _gate_details(gate: GateAccount, folder: Path) -> Markup:
    lasted = (
        spoken((gate.ended_at - gate.began_at).total_seconds()) if gate.began_at and gate.ended_at else "not played"
    )
    owner = f" · owner {gate.text.owner}" if gate.text.owner else ""
    head = element(
        "summary", _badge(gate.verdict), gate.text.title, " ", element("span", f"· {lasted}{owner}", class_="aside")
    )
    told: set[str] = set()
    steps = [_step(step, told, folder) for step in gate.steps]
    steps += [
        element(
            "div", _badge(Verdict.HOLD), element("div", f"{step.keyword} {step.text}: did not run"), class_="step hold"
        )
        for step in gate.not_run
    ]
    where = element("p", element("code", gate.text.id), class_="aside")
    return element("details", head, element("div", where, *steps, class_="inner"), class_=_tone(gate.verdict))


def _step(step: StepAccount, told: set[str], folder: Path) -> Markup:
    """An observation that several steps judge is shown once, at the first of them."""
    judged = step.judged
    seen = step.seen if step.seen and step.seen.sha256 not in told else None
    told.add(judged.observation)
    body = element(
        "div",
        element("div", element("span", judged.keyword, class_="keyword"), f" {judged.text}"),
        _figures(judged),
        _observation(seen) if seen else "",
        *(_picture(shown) for shown in pictures(seen, folder)) if seen else (),
    )
    return element("div", element("div", _badge(judged.verdict)), body, class_=f"step {_tone(judged.verdict)}")


def _figures(judged: StepJudged) -> Markup:
    rows = {
        "seen": f"{judged.subject}: {judged.seen}",
        "limit": judged.limit,
        "window": judged.window,
        "source": judged.source,
        "ready at": _time(judged.ready_at) if judged.ready_at else "",
        "gate": judged.judge,
    }
    pairs = [together(element("dt", name), element("dd", text)) for name, text in rows.items() if text]
    return element("dl", *pairs)


def _observation(seen: Seen) -> Markup:
    text = msgspec.json.format(bytes(seen.observation), indent=2).decode()
    rest = len(text) - _SHOWN_CHARS
    shown = text[:_SHOWN_CHARS] + (f"\n… {rest} characters more in the ledger" if rest > 0 else "")
    head = element("summary", f"observation {seen.fact} · ", element("code", seen.sha256[:19]))
    return element("details", head, element("pre", shown))


def _picture(shown: Shown) -> Markup:
    if not shown.content:
        return element("p", f"{shown.name} is gone, or is not what was seen", class_="aside")
    image = element("img", src=shown.data_uri, alt=f"screenshot {shown.name}")
    return element("figure", image, element("figcaption", shown.name, class_="aside"))


def _footer(runs: Sequence[RunAccount], ledger: str) -> Markup:
    lines = [element("p", ledger)]
    for run in runs:
        record = element("code", run.last_digest)
        lines.append(element("p", f"run {run.id}, machine time {_time(run.began_machine_at)}, last record ", record))
        lines.append(_did(run))
    versions = ", ".join(f"{name} {number}" for name, number in sorted(runs[-1].start.versions.items()))
    lines.append(element("p", versions or "versions not recorded"))
    lines.append(element("p", "This page shows the ledger; the ledger is the evidence."))
    return element("footer", *lines)


def _did(run: RunAccount) -> Markup:
    """What the suite itself did there, by its own count and by the servers'."""
    rows = [
        element("tr", *(element("td", str(one)) for one in (of.system, of.calls, of.writes, of.refused, by_server(of))))
        for of in run.witnesses
    ]
    names = ("system", "calls", "writes", "refused", "what the server counted")
    wrote = element("ul", *(element("li", one) for one in told(run.writes))) if run.writes else ""
    return element("details", element("summary", sentence(run.witnesses)), table(names, rows) if rows else "", wrote)


def _span(runs: Sequence[RunAccount]) -> str:
    """Of a cutover that took days the end has its own date."""
    began, ended = _utc(runs[0].began_at), _utc(runs[-1].ended_at)
    day = f"{ended:%Y-%m-%d} " if ended.date() != began.date() else ""
    return f"{_time(began)} to {day}{ended:%H:%M:%S}"


def _badge(verdict: Verdict) -> Markup:
    return element("span", verdict.value, class_=f"badge {_tone(verdict)}")


def _tone(verdict: Verdict) -> str:
    return verdict.value.lower()


def _time(moment: datetime) -> str:
    return f"{_utc(moment):%Y-%m-%d %H:%M:%S} UTC"


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)
