"""The command as an operator meets it: what it says, what it leaves, how it ends."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.probes.servers import PostgresServer
from tests.reconcile.organisation import change

MINIMAL = """
name = "dev"
tier = "dev"
runbooks = ["org_v23"]

[redis]
host = "redis.example.com"
port = 6379
username = "flipgate"
password = "env:A_VARIABLE_THAT_IS_NOT_SET"
key_prefix = "ff"
"""


def url(server: PostgresServer) -> str:
    return f"postgres://postgres@127.0.0.1:{server.port}/postgres"


def run(folder: Path, *words: str, database: str = "") -> subprocess.CompletedProcess[str]:
    (folder / "environments").mkdir(exist_ok=True)
    (folder / "environments" / "dev.toml").write_text(MINIMAL)
    environ = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "FLIPGATE_ENV")}
    return subprocess.run(
        [sys.executable, "-m", "flipgate.cli", "reconcile", "--output-dir", "reports", *words],
        cwd=folder,
        env={**environ, "COLUMNS": "200", **({"DATABASE_URL": database} if database else {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )


def test_a_clean_database_is_pass_and_tells_where_the_report_lies(tmp_path: Path, database: PostgresServer) -> None:
    ended = run(tmp_path, "--env", "dev", "--metrics-file", "figures.prom", database=url(database))
    today = datetime.now(UTC).date()
    assert (ended.returncode, ended.stderr) == (0, "")
    told, where = ended.stdout.splitlines()
    assert told == "PASS: tenants scanned 2, with drift 0; rows that differ 0; clean days in a row 1"
    assert {f"reports/{path.name}" for path in (tmp_path / "reports").iterdir()} == {where, "reports/index.html"}
    families = text_string_to_metric_families((tmp_path / "figures.prom").read_text())
    samples = {(one.name, *one.labels.values()): one.value for family in families for one in family.samples}
    assert samples["flipgate_reconcile_tenants_scanned", "dev"] == 2
    assert samples["flipgate_reconcile_missing_rows", "dev", "org_units"] == 0
    assert samples["flipgate_reconcile_gate_pass", "dev"] == 1
    stamp = datetime.fromtimestamp(samples["flipgate_reconcile_last_run_timestamp_seconds", "dev"], UTC)
    assert stamp.date() - today <= timedelta(days=1)


def test_drift_is_a_report_that_fails_and_a_status_that_says_stop(tmp_path: Path, database: PostgresServer) -> None:
    change(database, "delete from org_unit_memberships where member_id = 'm5'")
    ended = run(tmp_path, database=url(database))
    assert (ended.returncode, ended.stderr) == (20, "")
    assert ended.stdout.startswith("FAIL: tenants scanned 2, with drift 1; rows that differ 1; clean days in a row 0")
    (report,) = (tmp_path / "reports").glob("*.md")
    assert "| Missing org_unit_memberships rows | 1 |" in report.read_text()
    assert "Environment:" not in report.read_text()


def test_a_baseline_asks_no_database(tmp_path: Path) -> None:
    ended = run(tmp_path, "--env", "dev", "--baseline", "--date", "2026-03-10")
    assert (ended.returncode, ended.stdout.splitlines()[1]) == (0, "reports/2026-03-10.md")


TOMORROW = str(datetime.now(UTC).date() + timedelta(days=2))
HIDDEN = "hunter2"
NOBODY = f"postgres://flipgate:{HIDDEN}@127.0.0.1:1/platform"


@pytest.mark.parametrize(
    ("words", "database_url", "told"),
    [
        ((), "", "no database: name an environment that has one with --env, or set DATABASE_URL"),
        (("--env", "dev"), "", "no database"),
        (("--env", "nowhere"), NOBODY, "unknown environment 'nowhere'; known here: dev"),
        (("--date", TOMORROW), NOBODY, "lies in the future: today is"),
        (("--date", "tomorrow"), NOBODY, "a day as YYYY-MM-DD is wanted"),
        (("--date", "2026-02-30"), NOBODY, "a day as YYYY-MM-DD is wanted"),
        ((), NOBODY, "postgresql 127.0.0.1:1/platform: "),
        ((), f"mysql://user:{HIDDEN}@host/db", "DATABASE_URL: postgres://"),
        (("--output-dir", "link", "--baseline"), "", "link is a symbolic link: name the folder itself"),
        (("--output-dir", "/proc/self/fd", "--baseline"), "", "cannot be written"),
        (("--baseline", "--metrics-file", "absent/figures.prom"), "", "absent cannot be written"),
    ],
)
def test_bad_input_is_one_sentence_and_30(tmp_path: Path, words: tuple[str, ...], database_url: str, told: str) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    ended = run(tmp_path, *words, database=database_url)
    assert (ended.returncode, ended.stdout, len(ended.stderr.splitlines())) == (30, "", 1), ended.stderr
    assert ended.stderr.startswith("refused: ")
    assert told in ended.stderr
    assert HIDDEN not in ended.stderr
    assert list((tmp_path / "real").iterdir()) == []


def test_a_malformed_older_file_is_named_and_no_report_is_written(tmp_path: Path) -> None:
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "2026-03-08.md").write_text("lost")
    ended = run(tmp_path, "--baseline", "--date", "2026-03-10")
    assert (ended.returncode, "reports/2026-03-08.md: " in ended.stderr) == (30, True)
    assert [path.name for path in (tmp_path / "reports").iterdir()] == ["2026-03-08.md"]


def test_two_databases_for_one_environment_are_refused(tmp_path: Path) -> None:
    (tmp_path / "environments").mkdir()
    keys = ('host = "db.example.com"', "port = 5432", 'dbname = "d"', 'user = "u"', 'password = "file:password"')
    both = MINIMAL.partition("[redis]")[0] + "\n".join(("[postgres]", *keys))
    (tmp_path / "password").write_text(HIDDEN)
    run(tmp_path)
    (tmp_path / "environments" / "other.toml").write_text(both.replace('name = "dev"', 'name = "other"', 1))
    ended = run(tmp_path, "--env", "other", database=NOBODY)
    assert (ended.returncode, "two databases: DATABASE_URL names 127.0.0.1:1/platform" in ended.stderr) == (30, True)
