"""What the suite meets: one JSON object, requests on stdin, and nothing left when stdin ends."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator

import psycopg
import pytest
import redis

from tests.rehearsal.rehearsals import PATIENCE_S, Provisioned, Traces, first_line

SYSTEMS = {
    "change_window",
    "redis",
    "postgres",
    "prometheus",
    "alertmanager",
    "tenant_service",
    "context_engine",
    "orgunit_service",
    "rbac_service",
    "conflict_service",
    "gateway",
    "portal",
    "kubernetes",
    "tracker",
    "reconciler",
    "reports",
    "test_org",
}
READ_FROM_ORG_UNITS = "ff:orgv23:read_from_org_units:global"


@pytest.fixture(scope="module")
def provisioned() -> Iterator[Provisioned]:
    provisioned = Provisioned()
    yield provisioned
    provisioned.close()


def test_it_says_what_it_is_and_where_everything_is(provisioned: Provisioned) -> None:
    printed = provisioned.environment.printed
    assert {key: printed[key] for key in ("schema", "attached", "clock")} == {
        "schema": 1,
        "attached": False,
        "clock": {"offset_s": 0.0},
    }
    assert set(printed["endpoints"]) == SYSTEMS


def test_credentials_are_files_that_only_their_user_reads(provisioned: Provisioned) -> None:
    references = [
        facts.get("password") or facts.get("token")
        for facts in provisioned.environment.endpoints.values()
        if {"password", "token"} & set(facts)
    ]
    assert len(references) == 6
    for path in (provisioned.environment.folder / "secrets").iterdir():
        assert f"file:{path}" in references
        assert path.stat().st_mode & 0o077 == 0
    secrets = [first_line(reference) for reference in references]
    assert not [secret for secret in secrets if secret in json.dumps(provisioned.environment.printed)]


def test_the_verifier_cannot_write_a_flag(provisioned: Provisioned) -> None:
    with provisioned.environment.redis() as client:
        assert client.get(READ_FROM_ORG_UNITS) in ("true", "false")
        with pytest.raises(redis.exceptions.NoPermissionError):
            client.set(READ_FROM_ORG_UNITS, "true")
        with pytest.raises(redis.exceptions.NoPermissionError):
            client.get("another:key")


def test_nobody_is_let_in_without_a_name(provisioned: Provisioned) -> None:
    at = provisioned.environment.endpoints["redis"]
    with redis.Redis(at["host"], at["port"]) as client, pytest.raises(redis.exceptions.AuthenticationError):
        client.get(READ_FROM_ORG_UNITS)


@pytest.mark.parametrize(
    "statement",
    [
        "update teams set name = 'x'",
        "create temporary table t (a int)",
        "create table t (a int)",
        "select lo_create(0)",
        "select pg_notify('a', 'b')",
    ],
)
def test_the_verifier_cannot_write_a_row(provisioned: Provisioned, statement: str) -> None:
    with provisioned.environment.postgres() as connection:
        connection.execute("set default_transaction_read_only = off")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement)


def test_the_verifier_reads_every_table(provisioned: Provisioned) -> None:
    with provisioned.environment.postgres() as connection:
        tables = connection.execute("select relname from pg_stat_user_tables").fetchall()
        for (table,) in tables:
            connection.execute(psycopg.sql.SQL("select from {} limit 1").format(psycopg.sql.Identifier(table)))
    assert len(tables) >= 12


@pytest.mark.parametrize(
    "line",
    [
        '{"advance": 5}',
        "{}",
        "5",
        "not json",
        '{"advance_s": -1}',
        '{"stage": "launch"}',
        '{"advance_s": 1, "stage": "x"}',
    ],
)
def test_a_request_that_is_none_gets_a_sentence(provisioned: Provisioned, line: str) -> None:
    reply = provisioned.ask(line)
    assert reply["ok"] is False
    assert len(reply["error"].split()) > 3


def test_a_stage_is_reached_once(provisioned: Provisioned) -> None:
    assert provisioned.ask('{"stage": "baseline"}') == {"ok": True, "clock": {"offset_s": 0.0}}
    with provisioned.environment.redis() as client:
        assert client.get(READ_FROM_ORG_UNITS) == "false"
        first = provisioned.ask('{"stage": "after_flip_1"}')
        assert client.get(READ_FROM_ORG_UNITS) == "true"
    again = [provisioned.ask(f'{{"stage": "{stage}"}}') for stage in ("after_flip_1", "preflight")]
    assert [first, *again] == [{"ok": True, "clock": {"offset_s": 720.0}}] * 3


def test_its_end_leaves_nothing(provisioned: Provisioned) -> None:
    traces = Traces.of(provisioned.environment)
    assert len(traces.pids) >= 11
    assert sorted(traces.ports) == sorted(set(traces.ports))
    assert provisioned.close() == 0
    assert traces.left() == []


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGKILL])
def test_a_signal_leaves_nothing(sent: signal.Signals) -> None:
    provisioned = Provisioned()
    traces = Traces.of(provisioned.environment)
    provisioned.process.send_signal(sent)
    provisioned.process.wait(PATIENCE_S)
    assert traces.gone() == []
