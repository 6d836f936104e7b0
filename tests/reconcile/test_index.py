"""The folder's page shows 30 days, and tells a day without a report from a clean one."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from datetime import timedelta
from pathlib import Path

from tests.reconcile.test_daily_report import CLEAN, DAY, DRIFTING, put

SVG = re.compile(r"<svg.*</svg>", re.DOTALL)


def bars(folder: Path) -> list[tuple[str, float, str]]:
    """Class, height and words of each bar, oldest first."""
    (text,) = SVG.findall((folder / "index.html").read_text())
    drawn = ET.fromstring(text)  # noqa: S314  drawn by ourselves
    return [(bar.get("class", ""), float(bar.get("height", "")), bar[0].text or "") for bar in drawn.iter("rect")]


def test_each_of_30_days_is_a_bar(tmp_path: Path) -> None:
    for back in (3, 2, 1):
        put(tmp_path, DAY - timedelta(days=back), DRIFTING if back == 2 else CLEAN)
    put(tmp_path, DAY)
    seen = bars(tmp_path)
    assert [kind for kind, _, _ in seen] == ["none"] * 26 + ["pass", "fail", "pass", "pass"]
    assert seen[-3][2] == f"{DAY - timedelta(days=2)}: FAIL, rows that differ: 10"
    assert seen[-3][1] > 20 * seen[-1][1] > 0
    text = (tmp_path / "index.html").read_text()
    assert "PASS 3, FAIL 1, without a report that can be read 26; rows that differ, at most: 10," in text
    assert f'<a href="{DAY}.md">' in text


def test_a_file_that_cannot_be_read_is_no_clean_day(tmp_path: Path) -> None:
    (tmp_path / f"{DAY - timedelta(days=20)}.md").write_text("lost")
    put(tmp_path, DAY)
    assert bars(tmp_path)[9][2] == f"{DAY - timedelta(days=20)}: unreadable, rows that differ: 0"
    assert bars(tmp_path)[9][0] == "none"
