"""What a person meets: the environment from the command line."""

from __future__ import annotations

import json

import pytest

from tests.rehearsal.rehearsals import Environment, run

FLAG = "cascade_4layer"


def test_a_second_one_of_the_same_name_is_refused(environment: Environment) -> None:
    refused = run(environment.name, "up")
    assert refused.returncode == 2
    assert "is up already" in refused.stderr


def test_provision_attaches_to_the_one_that_is_up(environment: Environment) -> None:
    printed = json.loads(run(environment.name, "provision").stdout)
    assert printed["attached"] is True
    assert printed["instance"] == environment.printed["instance"]
    assert printed["endpoints"] == environment.endpoints


def test_a_flip_writes_what_it_says(environment: Environment) -> None:
    with environment.redis() as client:
        for value in ("true", "false"):
            assert environment.command("flip", FLAG, value) == [f"redis: SET ff:orgv23:{FLAG}:global {value}"]
            assert client.get(f"ff:orgv23:{FLAG}:global") == value


def test_a_flip_moves_the_override_too_where_there_is_one(environment: Environment) -> None:
    environment.command("fault", "db_row_overrides")
    said = environment.command("flip", "read_from_org_units", "false")
    with environment.postgres() as connection:
        row = connection.execute(
            "select value, updated_by, now() - updated_at < interval '10 s' from platform_feature_flags"
        ).fetchone()
    environment.command("fault", "db_row_overrides", "--undo")
    assert row == (False, "operator", True)
    assert said[1] == "postgres: platform_feature_flags read_from_org_units global = false"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("flip", "no_such_flag", "true"), 'no flag is named "no_such_flag"'),
        (("flip", FLAG, "maybe"), 'not "maybe"'),
        (("fault", "no_such_fault"), 'no fault is named "no_such_fault"'),
        (("advance", "soon"), '"soon" is no span of time'),
    ],
)
def test_what_cannot_be_done_is_told_and_is_2(environment: Environment, words: tuple[str, ...], sentence: str) -> None:
    refused = run(environment.name, *words)
    assert refused.returncode == 2
    assert sentence in refused.stderr


@pytest.mark.parametrize("words", [("down",), ("status",), ("flip", FLAG, "true"), ("advance", "1m")])
def test_what_was_not_started_is_not_touched(words: tuple[str, ...]) -> None:
    refused = run("nobody-started-this", *words)
    assert refused.returncode == 2
    assert "is up; start one with" in refused.stderr


def test_a_name_that_would_leave_its_folder_is_refused() -> None:
    refused = run("../elsewhere", "status")
    assert refused.returncode == 2
    assert "a name has at most" in refused.stderr


def test_status_shows_the_flags_and_every_process(environment: Environment) -> None:
    lines = environment.command("status")
    assert f"flag          {FLAG} = false" in lines
    assert [line for line in lines if line.startswith("process") and "ended" in line] == []
