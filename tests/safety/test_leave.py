"""What a run may do beyond reading: nothing, unless the environment's file says so, and then it is on record."""

from __future__ import annotations

from pathlib import Path

import pytest

from flipgate.evidence.records import RunStart, Witnessed
from tests.probes.servers import PASSWORD, RedisServer
from tests.safety.least_privilege import redis_reader
from tests.unit.plugin.conftest import GO, Project

STAGE = ("-m", "preflight", "--env", "dev")
WRITING = GO.replace("  Scenario:", "  @writes\n  Scenario:", 1)
HEAD = 'name = "dev"\ntier = "{tier}"\nrunbooks = ["demo"]\n'


@pytest.fixture
def project(tmp_path: Path) -> Project:
    found = Project(tmp_path)
    found.feature(GO)
    return found


def declare(project: Project, *lines: str, tier: str = "dev", redis: tuple[int, str] | None = None) -> None:
    text = HEAD.format(tier=tier) + "\n".join(lines) + "\n"
    if redis:
        port, user = redis
        text += f'[redis]\nhost = "127.0.0.1"\nport = {port}\nusername = "{user}"\n'
        text += 'password = "env:REDIS_PASSWORD"\nkey_prefix = "ff:orgv23"\n'
    (project.root / "environments" / "dev.toml").write_text(text)


def test_a_stage_is_refused_with_a_credential_that_could_write(project: Project, redis_server: RedisServer) -> None:
    declare(project, redis=(redis_server.port, "everything"))
    outcome = project.run(*STAGE, REDIS_PASSWORD=PASSWORD.reveal())
    assert (outcome.status, outcome.records) == (30, ())
    assert "everything changes keys (SET is not refused); and 12 more" in outcome.text
    assert "flipgate doctor --env dev" in outcome.text


def test_it_is_put_up_with_for_a_reason_that_stays_on_record(project: Project, redis_server: RedisServer) -> None:
    declare(project, 'allow_write_capable = "ticket OPS-12"', redis=(redis_server.port, "everything"))
    outcome = project.run(*STAGE, REDIS_PASSWORD=PASSWORD.reveal())
    assert outcome.status == 0
    start = outcome.records[0].body
    assert isinstance(start, RunStart)
    assert start.allowed["allow_write_capable"] == "ticket OPS-12"
    assert "everything changes keys" in start.allowed["write_capable"]
    (page,) = project.root.glob("reports/dev/demo/*/index.html")
    assert "put up with: ticket OPS-12" in page.read_text()


def test_a_reader_may_begin_and_its_run_says_what_it_did(project: Project, redis_server: RedisServer) -> None:
    block = redis_reader(redis_server)
    redis_server.admin.execute_command("ACL", "SETUSER", "default", "resetpass", f">{PASSWORD.reveal()}")
    try:
        declare(project, redis=(redis_server.port, block.username))
        outcome = project.run(*STAGE, REDIS_PASSWORD=PASSWORD.reveal())
    finally:
        keeper = redis_server.admin
        keeper.connection_pool.connection_kwargs["password"] = PASSWORD.reveal()
        keeper.execute_command("ACL", "SETUSER", "default", "nopass")
    assert outcome.status == 0
    witnesses = [record.body for record in outcome.records if isinstance(record.body, Witnessed)]
    assert [(one.system, one.writes, one.server) for one in witnesses] == [
        (f"redis 127.0.0.1:{redis_server.port}", 0, {})
    ]
    assert f"did     {witnesses[0].calls} calls to 1 system, 0 writes by the suite" in outcome.text


def test_a_system_that_is_away_is_hold_and_refuses_nothing(project: Project) -> None:
    declare(project, redis=(1, "everything"))
    outcome = project.run(*STAGE, REDIS_PASSWORD=PASSWORD.reveal())
    assert (outcome.status, "refused:" in outcome.text) == (10, False)


@pytest.mark.parametrize(
    ("tier", "lines", "words", "status"),
    [
        ("dev", (), (), 30),
        ("dev", ('writes = "allowed"', 'test_records = ["t-1"]'), (), 0),
        ("prod", ('writes = "allowed"', 'test_records = ["t-1"]'), (), 30),
        ("prod", (), ("--writes-on-prod",), 30),
        ("prod", ('writes = "allowed"', 'test_records = ["t-1"]'), ("--writes-on-prod",), 0),
    ],
)
def test_gates_that_write_need_leave_and_on_prod_twice(
    project: Project, tier: str, lines: tuple[str, ...], words: tuple[str, ...], status: int
) -> None:
    project.feature(WRITING)
    declare(project, *lines, tier=tier)
    outcome = project.run(*STAGE, *words)
    assert outcome.status == status
    assert ("change test records" in outcome.text) == (status == 30)


def test_an_exploratory_run_leaves_them_out(project: Project) -> None:
    project.feature(WRITING)
    declare(project, 'writes = "allowed"', 'test_records = ["t-1"]')
    outcome = project.run("features", "--env", "dev")
    assert outcome.status == 10
    assert [record.kind for record in outcome.records if record.kind in ("step", "gate_end")] == []
