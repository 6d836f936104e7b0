"""The folder's index page: the drift of the last 30 days as a picture, and the days behind it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from flipgate.core.errors import Refused
from flipgate.reconcile.days import Day, Past

NAME = "index.html"
DAYS = 30
_WIDTH, _HEIGHT, _LEFT, _TOP, _BOTTOM = 720, 200, 48, 28, 30
_STEP = (_WIDTH - _LEFT - 8) / DAYS
_LEAST = 3.0  # a zero that was measured is seen too
_CLASSES = {"PASS": "pass", "FAIL": "fail"}
_PAGE = """<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Reconciliation reports to {today}</title>
<style>
body{{font:15px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#16191d;background:#fff}}
svg{{width:100%;height:auto;font-size:12px}}
.pass{{fill:#116b3a;color:#116b3a}}.fail{{fill:#b01e1e;color:#b01e1e}}
.none{{fill:none;stroke:#59626d;stroke-dasharray:2 2}}.soft{{fill:#59626d;color:#59626d}}
table{{border-collapse:collapse}}td,th{{padding:.15rem .8rem .15rem 0;text-align:left}}
@media(prefers-color-scheme:dark){{body{{color:#e8ebee;background:#191d21}}a{{color:#8ab8ff}}
.pass{{fill:#5fd28e;color:#5fd28e}}.fail{{fill:#ff8a80;color:#ff8a80}}.soft{{fill:#9aa5b1;color:#9aa5b1}}}}
</style>
<h1>Reconciliation reports</h1>
<p>{told}</p>
{picture}
<table>
<tr><th>Date<th>Gate<th>Rows that differ</tr>
{rows}
</table>
</html>
"""


def page(past: Past, today: Day) -> str:
    """How do the last 30 days look, this one included? A file that cannot be read is a day without a report."""
    days = [today, *(_day(past, today, back) for back in range(1, DAYS))]
    return _PAGE.format(
        today=today.date,
        told=_told(days),
        picture=_picture(list(reversed(days))),
        rows="\n".join(map(_row, days)),
    )


def _day(past: Past, today: Day, back: int) -> Day:
    day = today.date - timedelta(days=back)
    try:
        return past.day(day)
    except Refused:
        return Day(day, "unreadable")


def _told(days: Sequence[Day]) -> str:
    counts = {word: sum(day.gate == word for day in days) for word in ("PASS", "FAIL")}
    without = len(days) - sum(counts.values())
    worst = max(days, key=lambda day: day.drift)
    most = f"rows that differ, at most: {worst.drift}, on {worst.date}" if worst.drift else "no row differs on any day"
    return (
        f"{days[-1].date} to {days[0].date}: PASS {counts['PASS']}, FAIL {counts['FAIL']}, without a report that can"
        f" be read {without}; {most}."
    )


def _picture(days: Sequence[Day]) -> str:
    top = max(*(day.drift for day in days), 1)
    ground = _HEIGHT - _BOTTOM
    bars = "\n".join(_bar(number, day, top) for number, day in enumerate(days))
    ticks = "\n".join(
        f'<text class="soft" x="{_x(number):.1f}" y="{ground + 18}">{day.date:%d %b}</text>'
        for number, day in enumerate(days)
        if number % 7 == (DAYS - 1) % 7 and number
    )
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="Rows that differ, by day">\n'
        f'<text class="soft" x="{_LEFT}" y="16">Rows that differ, by day (none allowed)</text>\n'
        f'<text class="soft" x="{_LEFT - 8}" y="{_TOP + 4}" text-anchor="end">{top}</text>\n'
        f'<text class="soft" x="{_LEFT - 8}" y="{ground + 4}" text-anchor="end">0</text>\n'
        f'<path class="soft" stroke="currentColor" d="M{_LEFT} {ground}H{_WIDTH - 8}"/>\n{bars}\n{ticks}\n</svg>'
    )


def _bar(number: int, day: Day, top: int) -> str:
    room = _HEIGHT - _BOTTOM - _TOP
    kind = _CLASSES.get(day.gate, "none")
    height = room if kind == "none" else max(day.drift / top * room, _LEAST)
    place = f'x="{_x(number):.1f}" y="{_TOP + room - height:.1f}" width="{_STEP - 4:.1f}" height="{height:.1f}"'
    return f'<rect class="{kind}" {place}><title>{day.date}: {day.gate}, rows that differ: {day.drift}</title></rect>'


def _x(number: int) -> float:
    return _LEFT + number * _STEP + 2


def _row(day: Day) -> str:
    kind = _CLASSES.get(day.gate)
    if kind is None:
        return f'<tr><td>{day.date}<td class="soft">{day.gate}<td></tr>'
    return f'<tr><td><a href="{day.date}.md">{day.date}</a><td class="{kind}">{day.gate}<td>{day.drift}</tr>'
