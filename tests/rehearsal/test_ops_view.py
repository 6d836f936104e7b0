"""The second platform: a flip is a restart of every replica, and the world ages as one here too."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.rehearsal.rehearsals import Environment, Traces, first_line, run

READ, WRITE = "OPS_VIEW_DB_READ", "OPS_VIEW_DB_WRITE"
RUNBOOK = ("--runbook", "ops_view")
SYSTEMS = {
    "postgres",
    "prometheus",
    "alertmanager",
    "kubernetes",
    "tracker",
    "ops_view",
    "backups",
    "change_window",
}
AGED_S = 720
API = "/api/v2.5"


@pytest.fixture(scope="module")
def ops() -> Iterator[Environment]:
    name = f"test-ops-{os.getpid()}"
    started = run(name, "up", *RUNBOOK)
    assert started.returncode == 0, started.stderr
    environment = Environment(name, json.loads(run(name, "provision", *RUNBOOK).stdout), RUNBOOK)
    traces = Traces.of(environment)
    yield environment
    environment.command("down")
    assert traces.gone() == []


def served(ops: Environment) -> list[dict[str, Any]]:
    """What does each replica say of its flags?"""
    replicas = ops.endpoints["ops_view"]["replicas"]
    return [ops.client.get(f"http://{replica}{API}/feature-flags").raise_for_status().json() for replica in replicas]


def values(ops: Environment) -> list[tuple[bool, ...]]:
    return [tuple(one["data"][name] for name in (READ, WRITE)) for one in served(ops)]


def started_at(ops: Environment) -> list[datetime]:
    return [datetime.fromisoformat(one["meta"]["started_at"]) for one in served(ops)]


def logs(ops: Environment) -> list[list[dict[str, Any]]]:
    paths = sorted((ops.folder / "logs" / "ops-view").glob("*.log"))
    return [
        [json.loads(line) for line in path.read_text().splitlines()] for path in paths if "previous" not in path.name
    ]


def backups(ops: Environment) -> dict[str, datetime]:
    found = [json.loads(path.read_text()) for path in Path(ops.endpoints["backups"]["directory"]).glob("*.json")]
    return {one["id"]: datetime.fromisoformat(one["taken_at"]) for one in found if one["complete"]}


def total(ops: Environment, role: str = "admin") -> int:
    at = ops.endpoints["ops_view"]
    headers = {"authorization": f"Bearer {first_line(at['users'][role])}"}
    answer = ops.client.get(f"{at['url']}{API}/workspaces/{at['workspace']}/operations/queue", headers=headers)
    return int(answer.raise_for_status().json()["data"]["counts"]["total"])


def test_it_says_where_everything_is(ops: Environment) -> None:
    assert set(ops.endpoints) == SYSTEMS
    assert set(ops.endpoints["ops_view"]) == {"url", "replicas", "workspace", "users", "test_record"}
    assert values(ops) == [(False, False)] * 2
    assert len(backups(ops)) == 1


def test_tokens_are_files_that_only_their_user_reads(ops: Environment) -> None:
    users = ops.endpoints["ops_view"]["users"]
    assert set(users) == {"admin", "verifier", "analyst"}
    for reference in users.values():
        assert Path(reference.removeprefix("file:")).stat().st_mode & 0o077 == 0
        assert first_line(reference) not in json.dumps(ops.printed)


def test_there_are_two_days_of_history(ops: Environment) -> None:
    for series in ops.query("up[51h]"):
        times = [at for at, _ in series["values"]]
        assert times[-1] - times[0] > 50 * 3600 - 60
    grown = ops.query("sum(increase(http_requests_total[48h]))")
    assert float(grown[0]["value"][1]) == pytest.approx(48 * 60 * 120, rel=0.05)


@pytest.fixture(scope="module")
def flipped(ops: Environment) -> datetime:
    """Both flags are on, since this moment."""
    moment = datetime.now(UTC)
    for flag in (READ, WRITE):
        assert len(ops.command("flip", flag, "true")) == 2
    return moment


def test_a_flip_restarts_every_replica(ops: Environment, flipped: datetime) -> None:
    assert values(ops) == [(True, True)] * 2
    assert min(started_at(ops)) > flipped
    for records in logs(ops):
        (said,) = [record for record in records if record["msg"] == "ops_view feature flags"]
        assert (said[READ], said[WRITE]) == (True, True)
    assert any(f"{WRITE} = true" in line for line in ops.command("status"))


def test_what_its_operator_does_not_do_is_refused(ops: Environment) -> None:
    for words in (("flip", "read_from_org_units", "true"), ("refresh", "why")):
        refused = run(ops.name, *words, *RUNBOOK)
        assert refused.returncode == 2
        assert len(refused.stderr.split()) > 3
    assert run(ops.name, "up", "--runbook", "none").returncode == 2


def test_a_backup_is_taken_when_the_operator_says_so(ops: Environment) -> None:
    before = backups(ops)
    asked = datetime.now(UTC)
    ops.command("backup")
    (taken,) = set(backups(ops)) - set(before)
    assert backups(ops)[taken] > asked


@dataclass(frozen=True)
class Seen:
    """What the systems tell, each in its server's time."""

    at: datetime
    started: list[datetime]
    backups: dict[str, datetime]
    first_records: list[dict[str, Any]]
    roles: dict[str, datetime]
    events: list[tuple[int, datetime]]
    total: int

    @classmethod
    def of(cls, ops: Environment) -> Seen:
        with ops.postgres() as connection:
            applied: dict[str, datetime] = dict(
                connection.execute("select version, applied_at from schema_migrations").fetchall()
            )
            events = connection.execute("select id, timestamp_iso from audit_events order by id").fetchall()
        first = [records[0] for records in logs(ops)]
        return cls(datetime.now(UTC), started_at(ops), backups(ops), first, applied, events, total(ops))


@pytest.fixture(scope="module")
def aged(ops: Environment, flipped: datetime) -> tuple[Seen, Seen]:
    """The same things before and after one advance, with writes on."""
    assert flipped < datetime.now(UTC)
    before = Seen.of(ops)
    ops.command("advance", f"{AGED_S // 60}m")
    return before, Seen.of(ops)


def test_everything_is_that_much_older(aged: tuple[Seen, Seen]) -> None:
    before, after = aged
    by = timedelta(seconds=AGED_S)
    assert after.roles == {version: at - by for version, at in before.roles.items()}
    assert after.backups == {identity: at - by for identity, at in before.backups.items()}
    assert [abs(was - now - by) < timedelta(seconds=1) for was, now in zip(before.started, after.started, strict=True)]
    for was, now in zip(before.first_records, after.first_records, strict=True):
        assert datetime.fromisoformat(was["ts"]) - datetime.fromisoformat(now["ts"]) == by
    known = dict(after.events)
    assert {number: known[number] for number, _ in before.events} == {number: at - by for number, at in before.events}


def test_the_span_was_lived_by_users_who_left_their_trail(ops: Environment, aged: tuple[Seen, Seen]) -> None:
    before, after = aged
    gained = [at for number, at in after.events if number not in dict(before.events)]
    assert len([at for at in gained if after.at - at > timedelta(seconds=60)]) > AGED_S / 60 * 4
    assert after.total == before.total
    counted = ops.query('sum(increase(http_requests_total{method!="GET"}[12m]))')
    assert float(counted[0]["value"][1]) == pytest.approx(AGED_S / 60 * 6, rel=0.35)


@pytest.mark.usefixtures("aged")
def test_its_pods_are_those_of_the_cluster(ops: Environment) -> None:
    at = ops.endpoints["kubernetes"]
    headers = {"authorization": f"Bearer {first_line(at['token'])}"}
    answer = ops.client.get(f"{at['url']}/api/v1/namespaces/platform/pods", headers=headers).raise_for_status()
    pods = answer.json()["items"]
    assert {pod["metadata"]["labels"]["app"] for pod in pods} == {"ops-view"}
    told = [pod["status"]["containerStatuses"][0]["state"]["running"]["startedAt"] for pod in pods]
    moments = [datetime.fromisoformat(text) for text in sorted(told)]
    for told_at, started in zip(moments, sorted(started_at(ops)), strict=True):
        assert abs(told_at - started) <= timedelta(seconds=1)


@pytest.mark.usefixtures("aged")
def test_nothing_is_open_while_all_is_well(ops: Environment) -> None:
    assert ops.alerts() == {"Watchdog": "active"}
    at = ops.endpoints["tracker"]
    headers = {"authorization": f"Bearer {first_line(at['token'])}"}
    issues = ops.client.get(f"{at['url']}/repos/upsquad-ai/upsquad-core/issues", headers=headers).json()
    labels = {label["name"] for issue in issues for label in issue["labels"]}
    assert issues
    assert not labels & {"incident", "data-visibility", "divergence"}


def test_a_replica_with_the_old_flag_can_be_mended(ops: Environment, flipped: datetime) -> None:
    assert flipped < datetime.now(UTC)
    ops.command("fault", "writes_stay_local_on_one_replica")
    assert sorted(values(ops)) == [(True, False), (True, True)]
    ops.command("fault", "writes_stay_local_on_one_replica", "--undo")
    assert values(ops) == [(True, True)] * 2
