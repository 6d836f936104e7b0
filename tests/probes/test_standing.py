"""What changes while a stage is judged withholds its GO and is named: real servers, real stage runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from flipgate.evidence.records import RunJudged
from tests.probes.org_database import fill
from tests.probes.servers import PASSWORD, PostgresServer, RedisServer, running_redis
from tests.unit.plugin.conftest import GO, HEAD, Outcome, Project

SYSTEMS = """
allow_write_capable = "the servers of a test, asked by who made them"

[redis]
host = "127.0.0.1"
port = {redis}
username = "everything"
password = "env:TEST_PASSWORD"
key_prefix = "ff:orgv23"

[postgres]
host = "127.0.0.1"
port = {postgres}
dbname = "postgres"
user = "postgres"
password = "env:TEST_PASSWORD"
"""
MEANWHILE = GO.replace("a table of 5 rows is read", "something happens meanwhile")
KEY = "ff:orgv23:a_flag:global"
# Known from its command line on, so that it is still known after a restart.
ANYBODY = ("--user", "everything", "on", "nopass", "~*", "&*", "+@all", "--enable-debug-command", "yes")


@pytest.fixture
def redis_server() -> Iterator[RedisServer]:
    with running_redis(*ANYBODY) as server:
        server.admin.set(KEY, "false")
        yield server


@pytest.fixture
def project(tmp_path: Path, redis_server: RedisServer, postgres_server: PostgresServer) -> Project:
    fill(postgres_server, "insert into tenants values ('a', 'A', '2026-01-01 00:00Z')")
    made = Project(tmp_path)
    with (tmp_path / "environments" / "dev.toml").open("a") as environment:
        environment.write(SYSTEMS.format(redis=redis_server.port, postgres=postgres_server.port))
    made.feature(MEANWHILE, head=HEAD)
    return made


def run(project: Project, happens: str) -> Outcome:
    project.step("when", "something happens meanwhile", f"{happens}\n    return table(5)")
    return project.run("-m", "preflight", "--env", "dev", TEST_PASSWORD=PASSWORD.reveal())


def to_redis(server: RedisServer, *words: str) -> str:
    return f"import redis; redis.Redis(port={server.port}).execute_command(*{words!r})"


def to_postgres(server: PostgresServer, sql: str) -> str:
    door = f"import psycopg; psycopg.connect(host='127.0.0.1', port={server.port}, dbname='postgres', user='postgres'"
    return f"{door}, autocommit=True).execute({sql!r})"


def withheld(outcome: Outcome) -> str:
    """Why is it HOLD, though its one gate is GO?"""
    end = outcome.records[-1].body
    assert isinstance(end, RunJudged)
    assert (outcome.status, "1 GO of 1 gates" in outcome.text) == (10, True), outcome.text
    (reason,) = end.reasons
    return reason


@pytest.mark.row("A17")
def test_a_stage_over_which_nothing_changes_is_go(project: Project) -> None:
    assert run(project, "pass").status == 0


@pytest.mark.row("A17")
def test_a_flag_that_is_flipped_while_a_stage_runs_is_named(project: Project, redis_server: RedisServer) -> None:
    reason = withheld(run(project, to_redis(redis_server, "SET", KEY, "true")))
    assert reason == 'changed while the stage ran: "a_flag" in redis (global): false before, true after'


@pytest.mark.row("A17")
def test_a_tenants_own_key_counts_too(project: Project, redis_server: RedisServer) -> None:
    reason = withheld(run(project, to_redis(redis_server, "SET", "ff:orgv23:a_flag:a", "true")))
    assert '"a_flag" in redis (a): absent before, true after' in reason


@pytest.mark.row("A17")
def test_an_unrelated_flag_may_change(project: Project, redis_server: RedisServer) -> None:
    assert run(project, to_redis(redis_server, "SET", "ff:orgv23:another_flag:global", "true")).status == 0


@pytest.mark.row("A17")
def test_a_row_is_named_with_both_its_times(project: Project, postgres_server: PostgresServer) -> None:
    row = "insert into platform_feature_flags values ('a_flag', 'global', true, '2026-05-04 12:00Z', 'op')"
    reason = withheld(run(project, to_postgres(postgres_server, row)))
    assert '"a_flag" in database (global): absent before, true since 2026-05-04T12:00:00+00:00 after' in reason


@pytest.mark.row("K17")
def test_a_server_that_restarts_while_a_stage_runs_is_named(project: Project, redis_server: RedisServer) -> None:
    reason = withheld(run(project, to_redis(redis_server, "SET", KEY, "false") + _restarted(redis_server)))
    assert reason.startswith("changed while the stage ran: redis: ")


@pytest.mark.row("K17")
def test_a_server_that_is_gone_at_the_end_leaves_it_unknown(project: Project, redis_server: RedisServer) -> None:
    end = run(project, to_redis(redis_server, "SHUTDOWN", "NOSAVE")).records[-1].body
    assert isinstance(end, RunJudged)
    assert end.verdict.value == "HOLD"
    assert [reason.partition(":")[0] for reason in end.reasons] == [
        "whether flags stood still is not known",
        "whether redis stood still is not known",
    ]


def _restarted(server: RedisServer) -> str:
    """The same values under a new run id, before the step goes on."""
    asked = f"redis.Redis(port={server.port}, retry=redis.retry.Retry(redis.backoff.ConstantBackoff(0.05), 200))"
    lines = [
        f"known = {asked}",
        "before = known.info('server')['run_id']",
        "try: known.execute_command('DEBUG', 'RESTART')",
        "except redis.RedisError: pass",
        "while known.info('server')['run_id'] == before: pass",
        f"known.set({KEY!r}, 'false')",
    ]
    return "".join(f"\n    {line}" for line in lines)


@pytest.mark.row("K14")
def test_credentials_that_can_write_are_refused_before_any_gate(project: Project) -> None:
    file = project.root / "environments" / "dev.toml"
    file.write_text("".join(line for line in file.open() if not line.startswith("allow_write_capable")))
    outcome = run(project, "pass")
    assert (outcome.status, outcome.records) == (30, ())
    assert "can do more than read: redis" in outcome.text


FLIPPED = "insert into platform_feature_flags values ('a_flag', 'global', true, now() - interval '10 minutes', 'op')"
AT_THE_FLIP = "select updated_at from platform_feature_flags"
IN_A_WINDOW = """from dataclasses import replace
    from datetime import timedelta
    import psycopg
    from flipgate.core.window import Window
    with psycopg.connect(host='127.0.0.1', port={port}, dbname='postgres', user='postgres') as door:
        flipped_at = door.execute({at_the_flip!r}).fetchone()[0]
    seen = table(5)
    return replace(seen, window=Window(flipped_at + timedelta(seconds={from_s}), seen.taken_at))"""


@pytest.mark.parametrize(("from_s", "status"), [(-0.001, 10), (0, 0), (0.001, 0)])
@pytest.mark.row("J5")
def test_no_window_reaches_across_a_flip(
    project: Project, redis_server: RedisServer, postgres_server: PostgresServer, from_s: float, status: int
) -> None:
    redis_server.admin.set(KEY, "true")
    with postgres_server.admin() as admin:
        admin.execute(FLIPPED)
    body = IN_A_WINDOW.format(port=postgres_server.port, at_the_flip=AT_THE_FLIP, from_s=from_s)
    project.step("when", "something happens meanwhile", body)
    outcome = project.run("-m", "preflight", "--env", "dev", TEST_PASSWORD=PASSWORD.reveal())
    told = " ".join(outcome.text.split())
    assert (outcome.status, 'but inside its window: "a_flag" became true at' in told) == (status, status == 10), told
