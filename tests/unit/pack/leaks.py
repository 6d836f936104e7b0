"""A project whose sentences leak twelve credentials in every way that they can, and where they might come out."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from tests.unit.plugin.conftest import Project

CANARIES = {f"CANARY_{number}": f"k{number:02}/+&<\"'é-{number * 7919:08x}-canary" for number in range(12)}
OUTCOMES = {"pass": 0, "fail": 20, "crash": 10}
HEAD = "@demo @sign_off @section:9 @owner:founder\nFeature: Leaks\n\n"
FEATURE = """  Scenario: Box 1, Founder: nothing leaks
    STOP: rotate every credential.

    When a system that shows its credentials is read, to {outcome}
    Then its credentials are shown, to {outcome}
"""
STEPS = """


import base64, html, json, logging, os
from urllib.parse import quote
from flipgate.config.references import secret

HELD = [secret(f"env:{name}") for name in sorted(os.environ) if name.startswith("CANARY_")]


def leaked():
    values = [one.reveal() for one in HELD]
    whole = " ".join(values)
    return " ".join([
        whole,
        " ".join(f"https://h.invalid/?q={quote(value, safe='')}" for value in values),
        " ".join(base64.b64encode(b"u" * number + value.encode()).decode() for number, value in enumerate(values)),
        json.dumps(values), html.escape(whole), whole.encode().hex(),
        f"authorization: Bearer {values[0]}", f"postgresql://u:{values[1]}@h/d",
    ])


@when("a system that shows its credentials is read, to {outcome:w}")
def _(scene, outcome):
    text = leaked()
    print(text)
    logging.getLogger("driver").warning("asked %s", text)
    scene.file("answer.txt")
    if outcome == "crash":
        raise RuntimeError(text)
    return Observation(TableState(text, True, 5, None), "rows", text, (text,), datetime.now(UTC))


@then("its credentials are shown, to {outcome:w}")
def _(its, outcome):
    verdict = Verdict.GO if outcome == "pass" else Verdict.STOP
    return Judgement(verdict, leaked(), leaked(), leaked())
"""


def leaking(root: Path, outcome: str) -> Project:
    """The project, after a run that leaked all it could, each sink in a file of its own under `sinks`."""
    project = Project(root)
    with (root / "demo_steps.py").open("a") as steps:
        steps.write(STEPS.replace("{outcome:w}", "{outcome:name}"))
    runbook = root / "features" / "demo" / "runbook.toml"
    runbook.write_text(runbook.read_text() + "[stages.sign_off]\n")
    project.feature(FEATURE.replace("{outcome}", f'"{outcome}"'), head=HEAD)
    sinks = root / "sinks"
    sinks.mkdir()
    files = (f"--junitxml={sinks}/junit.xml", f"--alluredir={sinks}/allure", f"--log-file={sinks}/log.txt")
    ended = project.run("-m", "sign_off", "--env", "dev", "--showlocals", "-rA", *files, **CANARIES)
    (sinks / "terminal.txt").write_text(ended.text)
    assert ended.status == OUTCOMES[outcome], ended.text
    return project


def forms(value: str) -> Iterator[bytes]:
    """As what would a reader recognise it? Written apart from what masks it."""
    raw = value.encode()
    yield raw
    yield from (quote(value, safe="").encode(), json.dumps(value)[1:-1].encode(), html.escape(value).encode())
    yield raw.hex().encode()
    for before in range(3):
        yield base64.b64encode(b"u" * before + raw)[4:-4]


def shown_in(raw: bytes) -> list[str]:
    """Which of the twelve can be read here?"""
    return [name for name, value in CANARIES.items() if any(form in raw for form in forms(value))]
