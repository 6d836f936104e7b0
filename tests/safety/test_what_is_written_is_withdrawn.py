"""A stage that writes leaves nothing behind, however it ends; and where it does, nobody can miss it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from flipgate.core.written import Written
from flipgate.evidence.records import RunJudged, Witnessed
from flipgate.evidence.verdicts import run_verdict
from tests.probes.ops_application import TEST_RECORD, USERS, Application, running, said
from tests.probes.servers import PASSWORD, PostgresServer
from tests.unit.plugin.conftest import RUNBOOK, Outcome, Project

STEPS = """

from flipgate.gates.writes import each_must_be_answered_as_wanted
from flipgate.probes.readings import writes as writing


@when("a patch is written")
def _(scene):
    return writing.patch(scene.clock, scene.writes, scene.gate.id)


@when("a patch is written by a process that dies of it")
def _(scene):
    import os
    writing.patch(scene.clock, scene.writes, scene.gate.id)
    os._exit(0)


@then("every write was answered well")
def _(its):
    return each_must_be_answered_as_wanted(its)
"""
FEATURE = """  {tag}
  Scenario: A patch can be written
    STOP: look at it.
    HOLD: look at it.

    When a patch is written{how}
    Then every write was answered well
"""
ENVIRONMENT = """
name = "dev"
tier = "dev"
runbooks = ["demo"]
allow_write_capable = "a test"
{writes}
[postgres]
host = "127.0.0.1"
port = {port}
dbname = "postgres"
user = "postgres"
password = "env:POSTGRES_PASSWORD"
[ops_view]
url = "http://{address}"
replicas = ["{address}"]
workspace = "ws"
users = {users}
deployment = "ops-view"
job = "ops-view"
requests = "r"
histogram = "h"
boot_record = "b"
[ops_view.routes]
"""
STAGE = ("-m", "preflight", "--env", "dev")
LEAVE = f'writes = "allowed"\ntest_records = ["{TEST_RECORD}"]'


@pytest.fixture
def app(httpserver: HTTPServer, postgres_server: PostgresServer) -> Iterator[Application]:
    with running(httpserver, postgres_server) as application:
        yield application


@pytest.fixture
def project(tmp_path: Path, app: Application, postgres_server: PostgresServer) -> Project:
    found = Project(tmp_path)
    (tmp_path / "features" / "demo" / "runbook.toml").write_text(RUNBOOK.replace('["a_flag"]', "[]"))
    with (tmp_path / "demo_steps.py").open("a") as steps:
        steps.write(STEPS)
    found.feature(FEATURE.format(tag="@writes", how=""))
    _declare(found, app, postgres_server, LEAVE)
    return found


def _declare(project: Project, app: Application, server: PostgresServer, writes: str) -> None:
    users = "{ " + ", ".join(f'{role} = "env:{role.upper()}"' for role in USERS) + " }"
    text = ENVIRONMENT.format(writes=writes, port=server.port, address=app.address, users=users)
    (project.root / "environments" / "dev.toml").write_text(text)


def _run(project: Project) -> Outcome:
    users = {role.upper(): user for role, user in USERS.items()}
    return project.run(*STAGE, POSTGRES_PASSWORD=PASSWORD.reveal(), **users)


def _made(app: Application) -> int:
    return int(app.database.execute("select count(*) from patches where id like 'made%'").fetchone()[0])


def _writes(outcome: Outcome) -> list[Written]:
    return [record.body for record in outcome.records if isinstance(record.body, Written)]


def _reasons(outcome: Outcome) -> str:
    ends = [record.body for record in outcome.records if isinstance(record.body, RunJudged)]
    return "; ".join(ends[-1].reasons)


def test_what_a_stage_wrote_is_gone_when_it_ends_and_listed(project: Project, app: Application) -> None:
    outcome = _run(project)
    assert outcome.status == 0, outcome.text
    assert _made(app) == 0
    assert [(one.procedure, one.status) for one in _writes(outcome) if one.status] == [
        ("create patch", 201),
        ("move patch", 200),
        ("withdraw patch", 204),
    ]
    assert f"patch made-1 for {TEST_RECORD}: create 201, move 200, withdraw 204" in outcome.text


def test_the_doors_own_count_holds_every_write(project: Project) -> None:
    counts = [r.body for r in _run(project).records if isinstance(r.body, Witnessed) and "ops_view" in r.body.system]
    assert sum(one.writes for one in counts) == 3


def test_a_record_that_cannot_be_withdrawn_is_said_loudly(project: Project, app: Application) -> None:
    app.instead["DELETE"] = lambda _: said({"error": {"code": "DB_AWAY", "message": ""}}, 500)
    outcome = _run(project)
    assert outcome.status == 10
    told = " ".join(outcome.text.split())
    assert "left behind by the suite: made-1" in told
    assert "withdraw 500; LEFT BEHIND" in told
    assert "made-1" in _reasons(outcome)


def test_what_is_left_behind_holds_by_the_records_alone(project: Project, app: Application) -> None:
    app.instead["DELETE"] = lambda _: said({"error": {"code": "DB_AWAY", "message": ""}}, 500)
    outcome = _run(project)
    silent = [record for record in outcome.records if not isinstance(record.body, RunJudged)]
    judged = run_verdict((), silent)
    assert any("made-1" in reason for reason in judged.reasons)


def test_a_crash_does_not_lose_the_list_and_the_next_run_withdraws_it(project: Project, app: Application) -> None:
    project.feature(FEATURE.format(tag="@writes", how=" by a process that dies of it"))
    crashed = _run(project)
    assert crashed.status == 10
    assert _made(app) == 1
    assert [one.id for one in _writes(crashed) if one.procedure == "create patch"] == ["", "made-1"]
    project.feature(FEATURE.format(tag="@writes", how=""))
    assert _run(project).status == 0
    assert _made(app) == 0


def test_a_write_whose_answer_was_lost_is_found_by_its_mark(project: Project, app: Application) -> None:
    def lost(request: Request) -> Response:
        del app.instead["POST"]
        app.answer(request)
        return Response("gone", 201)

    app.instead["POST"] = lost
    outcome = _run(project)
    assert outcome.status == 10
    assert _made(app) == 0
    assert [one.id for one in _writes(outcome) if one.procedure == "withdraw patch" and one.status] == ["made-1"]


def test_a_stage_that_writes_is_refused_without_the_environments_word(
    project: Project, app: Application, postgres_server: PostgresServer
) -> None:
    _declare(project, app, postgres_server, "")
    assert _run(project).status == 30
    assert app.made == 0


def test_a_gate_that_does_not_say_that_it_writes_has_no_door_to(project: Project, app: Application) -> None:
    project.feature(FEATURE.format(tag="@browser", how=""))
    outcome = _run(project)
    assert outcome.status == 10
    assert "carries no @writes" in " ".join(outcome.text.split())
    assert app.made == 0
