"""What does the runbook say of itself, and which systems does an environment need for it?"""

from __future__ import annotations

import json
from collections.abc import Iterator

from flipgate.plugin.stages import STAGES
from flipgate.skeleton.boxes import sign_off
from flipgate.skeleton.plan import Plan

ENVIRONMENT = """\
# Copy to environments/{name}.toml and fill in; or add "{name}" to the runbooks of an environment that has these blocks.
# A block that is left out means that the environment has no such system: gates that need it are HOLD.
# Credentials are references, "env:NAME" or "file:PATH", of users that can only read (docs/least-privilege.md).
name = "{name}"
tier = "dev"
runbooks = ["{name}"]

# The flags' values: <key_prefix>:<flag>:<global or tenant id>.
[redis]
host = "redis.dev.example.com"
port = 6379
username = "flipgate"
password = "env:FLIPGATE_REDIS_PASSWORD"
key_prefix = "ff:{name}"
tls = true

# Tenants, and the rows that outrank the flags' keys.
[postgres]
host = "postgres.dev.example.com"
port = 5432
dbname = "platform"
user = "flipgate"
password = "env:FLIPGATE_POSTGRES_PASSWORD"
sslmode = "verify-full"

[prometheus]
url = "https://prometheus.dev.example.com"
scrape_interval_s = 15.0
targets = {{ gateway = 2 }}
token = "file:~/.config/flipgate/prometheus"

[alertmanager]
url = "https://alertmanager.dev.example.com"
watchdog = "Watchdog"
token = "file:~/.config/flipgate/alertmanager"

[gateway]
url = "https://api.dev.example.com"
token = "env:FLIPGATE_GATEWAY_TOKEN"
job = "gateway"

# Local times.
[change_window]
timezone = "UTC"
opens = "09:00"
closes = "17:00"
days = ["mon", "tue", "wed", "thu"]
"""


def environment(plan: Plan) -> str:
    """Which environment file would this runbook need?"""
    return ENVIRONMENT.format(name=plan.name)


def runbook(plan: Plan) -> str:
    """What does runbook.toml hold?"""
    return "\n".join(_runbook(plan)) + "\n"


def sections(plan: Plan) -> str:
    """What does sections.toml hold? A section for each stage."""
    told = [f'"{number}" = {_quoted(_about(stage))}' for number, stage in enumerate(plan.stages, start=1)]
    head = (
        "# Every section of the runbook: covered by a scenario's @section tag, or listed below with the reason why not."
    )
    return "\n".join((head, "[sections]", *told, "", "[uncovered]")) + "\n"


def _runbook(plan: Plan) -> Iterator[str]:
    yield f"title = {_quoted(plan.title)}"
    yield "# The number of the tracker's issue that the sign-off goes to."
    yield 'tracker = ""'
    yield "# In the order in which they are flipped."
    yield f"flags = {_quoted(list(plan.flags))}"
    for stage in plan.stages:
        yield ""
        yield f"[stages.{stage}]"
        if needs := plan.before(stage):
            yield f"needs = {_quoted(list(needs))}"
        yield f"next = {_quoted(_next(plan, stage))}"
    if boxes := sign_off(plan):
        yield ""
        yield "# A box with a stage is ticked by a GO of it; one without, by its owner's word (flipgate attest)."
        yield "[boxes]"
    for number, box in enumerate(boxes, start=1):
        ticked = f", stage = {_quoted(box.stage)}" if box.stage else ""
        yield f"{number} = {{ owner = {_quoted(box.owner)}, claim = {_quoted(box.claim)}{ticked} }}"


def _next(plan: Plan, stage: str) -> str:
    """What does the operator do after a GO?"""
    if stage == "rollback":
        return "the way back holds; find the cause, and run the preflight before another flip"
    if stage == "sign_off":
        return "every box is ticked: close the tracker"
    later = [one for one in plan.stages if one not in (*plan.before(stage), stage, "rollback")]
    then = f"run: pytest -m {later[0]}" if later else "this was the last stage"
    flip = 1 if stage == "preflight" else int(stage[-1]) if stage.startswith("before_flip_") else 0
    return f"flip {plan.flags[flip - 1]} to true by hand, then {then}" if flip else then


def _about(stage: str) -> str:
    return STAGES[stage][:1].upper() + STAGES[stage][1:]


def _quoted(value: str | list[str]) -> str:
    """How does printable text, or a list of it, stand in TOML? As in JSON."""
    return json.dumps(value, ensure_ascii=False)
