"""A skeleton keeps the rules of the house, is collected whole, and its gates judge."""

from __future__ import annotations

import re
import tomllib
from itertools import chain, combinations
from pathlib import Path

import pytest
import redis

from flipgate.config.load import environment, read
from flipgate.plugin.manifest import gates_of
from flipgate.plugin.runbook import read_runbook
from flipgate.skeleton.command import written
from flipgate.skeleton.plan import planned, possible
from tests.probes.org_database import fill
from tests.probes.servers import PostgresServer, RedisServer
from tests.skeleton.conftest import Project

ENVIRONMENT = """
name = "{name}"
tier = "dev"
runbooks = ["checkout_v2"]
"""
SYSTEMS = """
allow_write_capable = "servers of a test"
[redis]
host = "127.0.0.1"
port = {redis}
username = "everything"
password = "env:TEST_PASSWORD"
key_prefix = "ff:checkout_v2"
[postgres]
host = "127.0.0.1"
port = {postgres}
dbname = "postgres"
user = "postgres"
password = "env:TEST_PASSWORD"
"""


@pytest.fixture(scope="module")
def begun(project: Project) -> Project:
    """Two runbooks are begun: one flip, and three with words that TOML and Gherkin would mind."""
    first = project.flipgate("new-runbook", "checkout_v2")
    assert first.status == 0, first.text
    words = [*("--title", 'A "quoted" \\ title <x> # 1'), "--owner", "release-manager"]
    second = project.flipgate("new-runbook", "third_v1", *words, "--flag", "a", "--flag", "b-2", "--flag", "c_3")
    assert second.status == 0, second.text
    return project


def test_it_keeps_the_rules_of_the_house(begun: Project) -> None:
    rules = [f"tests/house/test_{name}.py" for name in ("features", "sentences", "text", "glossary")]
    ended = begun.pytest(*rules, "-q")
    assert ended.status == 0, ended.text


@pytest.mark.parametrize(("runbook", "flips"), [("checkout_v2", 1), ("third_v1", 3)])
def test_it_is_collected_whole(begun: Project, runbook: str, flips: int) -> None:
    (begun.root / "environments" / "bare.toml").write_text(
        f'name = "bare"\ntier = "dev"\nrunbooks = ["{runbook}"]\n', encoding="utf-8"
    )
    ended = begun.pytest("--collect-only", "-q", "-m", runbook, "--env", "bare")
    folder = begun.root / "features" / runbook
    texts = [path.read_text(encoding="utf-8") for path in folder.glob("*.feature")]
    assert len(texts) == len(possible(flips))
    assert ended.text.count(".feature::") == sum(text.count("Scenario:") for text in texts)


def test_without_a_system_it_holds_and_says_why(begun: Project) -> None:
    (begun.root / "environments" / "none.toml").write_text(ENVIRONMENT.format(name="none"))
    ended = begun.pytest("-m", "preflight", "--env", "none")
    assert ended.status == 10, ended.text
    assert "environments/none.toml has no [postgres]" in " ".join(ended.text.split())
    assert "3 HOLD of 3 gates" in ended.text


def test_with_a_flag_store_and_a_database_it_judges(
    begun: Project, redis_server: RedisServer, postgres_server: PostgresServer
) -> None:
    """A flag that is off is GO, one that is ahead is STOP; what the environment lacks is HOLD beside it."""
    fill(postgres_server)
    blocks = SYSTEMS.format(redis=redis_server.port, postgres=postgres_server.port)
    (begun.root / "environments" / "small.toml").write_text(ENVIRONMENT.format(name="small") + blocks)
    with redis_server.admin as admin:
        off, ahead = (_judged(begun, admin, value) for value in ("false", "true"))
    title = "Before the first flip of checkout_v2 every flag of it is off"
    assert (off[0], f"GO    §1 {title}" in off[1]) == (10, True), off[1]
    assert (ahead[0], f"STOP  §1 {title}" in ahead[1]) == (20, True), ahead[1]
    assert "do      a flag is ahead." in ahead[1]


def _judged(begun: Project, admin: redis.Redis, value: str) -> tuple[int, str]:
    admin.set("ff:checkout_v2:checkout_v2_enabled:global", value)
    ended = begun.pytest("-m", "preflight", "--env", "small")
    return ended.status, ended.text


def test_the_glossary_is_written_where_it_differs_and_a_new_runbook_is_no_difference(begun: Project) -> None:
    page = begun.root / "features" / "README.md"
    text = page.read_text(encoding="utf-8")
    page.write_text("stale", encoding="utf-8")
    told = [begun.flipgate("glossary", "--write").text for _ in range(2)]
    assert told == ["features/README.md: written\n", "features/README.md: as it was\n"]
    assert page.read_text(encoding="utf-8") == text


def test_its_environment_can_be_filled_in(begun: Project, tmp_path: Path) -> None:
    example = (begun.root / "environments" / "third_v1.example.toml").read_text(encoding="utf-8")
    (tmp_path / "credential").write_text("a-credential\n")
    (tmp_path / "third_v1.toml").write_text(re.sub(r'"(env|file):[^"]+"', f'"file:{tmp_path}/credential"', example))
    assert environment("third_v1", read("third_v1", tmp_path), {}).runbooks == ("third_v1",)


@pytest.mark.parametrize("flips", [1, 2, 3])
def test_any_choice_of_stages_makes_a_runbook(flips: int, tmp_path: Path) -> None:
    """Each stage alone, each two, and all: every feature can be read, and each stage needs only what is there."""
    stages, flags = possible(flips), ("a", "b", "c")[:flips]
    for number, chosen in enumerate(chain(((),), combinations(stages, 1), combinations(stages, 2))):
        root, plan = tmp_path / str(number), planned("demo", "Démo", flags, "operator", chosen)
        for folder in ("features", "environments"):
            (root / folder).mkdir(parents=True)
        written(plan, root)
        runbook, folder = read_runbook(root / "features" / "demo"), root / "features" / "demo"
        listed = tomllib.loads((folder / "sections.toml").read_text(encoding="utf-8"))["sections"]
        gates = [gate for path in folder.glob("*.feature") for gate in gates_of(path, root)]
        assert tuple(runbook.stages) == plan.stages == (chosen or stages)
        assert {need for stage in runbook.stages.values() for need in stage.needs} <= set(plan.stages)
        assert {gate.section for gate in gates} == set(listed)
