"""The ops view as each role is shown it at each replica, beside the rows that it is made from."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request

from flipgate.config.environment import Backups as BackupsBlock
from flipgate.core.clock import Clock
from flipgate.core.errors import Malformed, NoData, NotConfigured, Unreachable
from flipgate.core.facts.lists import Counts, ListsAnswer
from flipgate.core.window import Window
from flipgate.probes.backups import Backups
from flipgate.probes.readings import workspace
from flipgate.probes.readings.lists import lists, queue
from flipgate.probes.readings.posture import Flags, posture
from flipgate.probes.systems import Systems
from tests.probes.ops_application import Application, running, said
from tests.probes.servers import PostgresServer

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
AN_HOUR_S = 3600.0


@pytest.fixture
def app(httpserver: HTTPServer, postgres_server: PostgresServer) -> Iterator[Application]:
    with running(httpserver, postgres_server) as application:
        yield application


@pytest.fixture
def systems(app: Application, postgres_server: PostgresServer) -> Systems:
    return Systems(app.environment(postgres_server), Clock(AN_HOUR_S))


def of(systems: Systems, role: str) -> ListsAnswer:
    return lists(systems, (role,)).value.answers[0]


def test_flags_are_what_each_process_serves_since_its_start(systems: Systems, app: Application) -> None:
    app.flags["OPS_VIEW_DB_WRITE"] = False
    flags = Flags(("OPS_VIEW_DB_READ", "OPS_VIEW_DB_WRITE"), ("processes",))
    seen = posture(systems, flags, {})
    assert [(one.flag, one.surface, one.text) for one in seen.value.values[:2]] == [
        ("OPS_VIEW_DB_READ", "process ops-view-a", "true"),
        ("OPS_VIEW_DB_WRITE", "process ops-view-a", "false"),
    ]
    assert len(seen.value.values) == 4  # of two replicas
    assert seen.value.values[0].updated_at == Clock(AN_HOUR_S).to_world(NOON)
    assert seen.source == "ops_view"


def test_a_flag_that_is_no_truth_is_malformed(systems: Systems, app: Application) -> None:
    app.flags["OPS_VIEW_DB_READ"] = "true"  # type: ignore[assignment]
    with pytest.raises(Malformed):
        systems.ops_view.flags()


def test_the_queue_is_read_beside_the_rows(systems: Systems, app: Application) -> None:
    seen = queue(systems, "admin").value
    assert (seen.before, seen.after) == (Counts(2, 2), Counts(2, 2))
    assert [(one.status, one.source, one.served, one.counts, one.total, one.items) for one in seen.answers] == [
        (200, "db", "true", Counts(2, 2), 4, 4)
    ] * 2
    app.instead["GET"] = failing("/operations/queue")
    assert [(one.status, one.counts) for one in queue(systems, "admin").value.answers] == [(503, None)] * 2


@pytest.mark.parametrize(("role", "items"), [("admin", 4), ("verifier", 2), ("analyst", 2)])
def test_a_role_is_shown_every_page_of_what_is_theirs(systems: Systems, role: str, items: int) -> None:
    answer = of(systems, role)
    assert (answer.status, answer.items, answer.sources) == (200, items, ("db",))
    assert answer.foreign == answer.missing == answer.unknown == answer.diverging == ()


def test_an_analyst_who_sees_everything_is_told_by_the_items(systems: Systems, app: Application) -> None:
    app.instead["GET"] = showing(
        "patches", [patch("p2", "Submitted", "somebody", 2), patch("p1", "Draft", "user-analyst")]
    )
    assert of(systems, "analyst").foreign == ("p2",)


def test_an_item_that_lies_of_its_author_is_told_by_its_row(systems: Systems, app: Application) -> None:
    app.instead["GET"] = showing("patches", [patch("p2", "Submitted", "user-analyst", 2)])
    assert of(systems, "analyst").foreign == ("p2",)
    app.instead["GET"] = showing("patches", [patch("p1", "Submitted", "user-analyst")])
    assert of(systems, "verifier").foreign == ("p1",)


def test_what_is_left_out_added_or_in_another_state_is_named(systems: Systems, app: Application) -> None:
    app.instead["GET"] = showing("patches", [patch("p1", "Submitted", "user-analyst", 2), patch("p7", "Draft", "x")])
    answer = of(systems, "admin")
    assert answer.missing == ("p2",)
    assert answer.unknown == ("p7",)
    assert answer.diverging == ("p1 shows Submitted v2, its row Draft v1",)


def test_a_row_that_changes_meanwhile_neither_lacks_nor_diverges(systems: Systems, app: Application) -> None:
    def changed(request: Request) -> Any:
        app.database.execute("update patches set version = version + 1")
        return showing("patches", [])(request)

    app.instead["GET"] = changed
    answer = of(systems, "admin")
    assert (answer.missing, answer.diverging) == ((), ())


def test_a_list_that_the_server_fails_at_is_told_with_its_status(systems: Systems, app: Application) -> None:
    app.instead["GET"] = failing("/rfis")
    answer = of(systems, "admin")
    assert (answer.status, answer.failed, answer.items, answer.missing) == (503, "rfis", 2, ())


def test_a_list_without_end_is_left(systems: Systems, app: Application) -> None:
    app.instead["GET"] = showing("patches", [patch("p1", "Draft", "user-analyst")], next_cursor="7")
    with pytest.raises(Malformed, match="this one"):
        of(systems, "admin")


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_credential_is_no_answer(systems: Systems, app: Application, status: int) -> None:
    app.instead["GET"] = lambda _: said({"error": {"code": "FORBIDDEN", "message": ""}}, status)
    with pytest.raises(Unreachable, match="credential"):
        of(systems, "admin")


def test_a_role_that_nobody_stands_for_is_not_configured(systems: Systems) -> None:
    with pytest.raises(NotConfigured, match="auditor"):
        of(systems, "auditor")


def test_the_workspace_is_counted_without_the_others(systems: Systems) -> None:
    assert workspace.records(systems).value.counts == {"patches": 2, "rfis": 2}
    assert workspace.roles(systems).value.counts == {"admin": 1, "analyst": 1, "verifier": 1}


def test_migrations_are_told_in_world_time(systems: Systems) -> None:
    applied = workspace.migrations(systems).value.applied
    assert applied["012"] == datetime(2026, 2, 1, 9, tzinfo=UTC)
    assert set(applied) == {"012", "013"}


def test_the_newest_transitions_count_their_own_events(systems: Systems, app: Application) -> None:
    app.database.execute("update patches set updated_at = now() - interval '1 minute'")
    for version in (1, 2, 2):
        app.database.execute(
            "insert into audit_events (event_type, entity_kind, entity_id, to_status, version) "
            "values ('transition', 'patch', 'p2', 'Submitted', %s)",
            (version,),
        )
    since = Window.before(systems.clock.now(), AN_HOUR_S)
    found = workspace.transitions(systems, since, 10).value.transitions
    assert [(one.record, one.to_state, one.version, one.events) for one in found] == [
        ("r1", "awaiting_verifier", 2, 0),
        ("p2", "Submitted", 2, 2),
    ]
    assert [one.record for one in workspace.transitions(systems, since, 1).value.transitions] == ["r1"]
    just_now = Window.before(systems.clock.now(), 0)
    assert workspace.transitions(systems, just_now, 10).value.transitions == ()


def test_backups_are_listed_in_world_time_and_odd_files_are_told(tmp_path: Path) -> None:
    whole = '{"id":"b1","kind":"snapshot","database":"ops","taken_at":"2026-05-04T12:00:00Z","bytes":9,"complete":true}'
    (tmp_path / "b1.json").write_text(whole)
    (tmp_path / "b2.json").write_text(whole.replace("Z", ""))
    (tmp_path / "b3.json").symlink_to(tmp_path / "b1.json")
    (tmp_path / "notes.txt").write_text("not one of them")
    found, odd = Backups(BackupsBlock(directory=str(tmp_path)), Clock(AN_HOUR_S)).listed().value
    assert [(one.id, one.taken_at, one.size, one.complete) for one in found] == [
        ("b1", datetime(2026, 5, 4, 13, tzinfo=UTC), 9, True)
    ]
    assert [name.partition(":")[0] for name in odd] == ["b2.json", "b3.json"]


def test_a_folder_that_is_not_there_is_no_data(tmp_path: Path) -> None:
    with pytest.raises(NoData):
        Backups(BackupsBlock(directory=str(tmp_path / "none")), Clock()).listed()


def patch(record: str, state: str, author: str, version: int = 1) -> dict[str, Any]:
    return {"id": record, "status": state, "author_id": author, "version": version}


def showing(kind: str, items: list[dict[str, Any]], next_cursor: str = "") -> Any:
    def answer(request: Request) -> Any:
        if not request.path.endswith(kind):
            raise KeyError
        return said({"data": items, "meta": {"source": "db", "next_cursor": next_cursor}})

    return answer


def failing(path: str) -> Any:
    def answer(request: Request) -> Any:
        if not request.path.endswith(path):
            raise KeyError
        return said({"error": {"code": "DB_AWAY", "message": ""}}, 503)

    return answer
