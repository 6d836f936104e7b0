"""The whole cutover, played by the suite for a sign-off that is asked for alone: only people's boxes are open."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.rehearsal.cutovers import HOLD, ROOT

PEOPLE = ("Box 8, DevOps", "Box 9, Principal Architect", "Box 10, Project Manager")


def test_sign_off_holds_for_exactly_the_three_boxes_of_people(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-m", "sign_off", "--env", "rehearsal"],
        cwd=ROOT,
        env={**os.environ, "FLIPGATE_REHEARSAL": f"none-{os.getpid()}", "FLIPGATE_REPORTS": str(tmp_path)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert ended.returncode == HOLD, ended.stdout + ended.stderr
    boxes = re.findall(r"^(GO|HOLD|STOP) +§9 (Box \d+, [\w ]+)", ended.stdout, re.MULTILINE)
    assert len(boxes) == 10
    assert tuple(name for verdict, name in boxes if verdict != "GO") == PEOPLE
    assert all(len(line) <= 80 for line in ended.stdout.splitlines() if not line.startswith("report"))
