"""An environment file is right, or refused in one sentence that names the key."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from flipgate.config.load import environment, known_environments, read
from flipgate.config.references import secret
from flipgate.core.errors import Refused

BASE: dict[str, Any] = {"name": "dev", "tier": "dev", "runbooks": ["org_v23"]}
REDIS: dict[str, Any] = {"host": "r", "port": 6379, "username": "v", "password": "env:TOKEN", "key_prefix": "ff"}
PROMETHEUS: dict[str, Any] = {"url": "https://p", "scrape_interval_s": 15.0, "targets": {"gateway": 1}}
ROOT = Path(__file__).parents[3]


def refused(**blocks: Any) -> str:
    with pytest.raises(Refused) as error:
        environment("dev", {**BASE, **blocks}, {})
    return str(error.value)


@pytest.mark.parametrize(
    ("blocks", "told"),
    [
        ({"p95_mss": 1}, "top level: unknown key `p95_mss`"),
        ({"redis": {**REDIS, "prot": 1}}, "redis: unknown key `prot`"),
        ({"redis": {**REDIS, "port": "6379"}}, "redis.port: expected `int`, got `str`"),
        ({"redis": {**REDIS, "port": True}}, "redis.port: expected `int`, got `bool`"),
        ({"redis": {**REDIS, "port": 70_000}}, "redis.port"),
        ({"redis": {**REDIS, "password": "hunter2"}}, "never inline"),
        ({"redis": {**REDIS, "password": "env:NOT_SET_ANYWHERE"}}, "NOT_SET_ANYWHERE is not set"),
        ({"redis": {**REDIS, "password": "file:/nonexistent"}}, "missing, unreadable or empty"),
        ({"redis": {key: value for key, value in REDIS.items() if key != "host"}}, "redis"),
        ({"prometheus": {**PROMETHEUS, "scrape_interval_s": float("nan")}}, "prometheus.scrape_interval_s"),
        ({"prometheus": {**PROMETHEUS, "scrape_interval_s": float("inf")}}, "prometheus.scrape_interval_s"),
        ({"prometheus": {**PROMETHEUS, "scrape_interval_s": -1}}, "prometheus.scrape_interval_s"),
        ({"prometheus": {**PROMETHEUS, "url": "http://prometheus.example"}}, "plain HTTP is for loopback only"),
        ({"prometheus": {**PROMETHEUS, "url": "https://p/?token=1"}}, "is wanted"),
        ({"prometheus": {**PROMETHEUS, "targets": {"gateway": 0}}}, "prometheus.targets"),
        ({"tier": "production"}, "tier"),
        ({"name": "prod"}, "the file's own name is wanted"),
        ({"runbooks": []}, "runbooks"),
        ({"redis": {**REDIS, "host": "provision:endpoints.redis.host"}}, "printed no `endpoints.redis.host`"),
    ],
)
def test_what_is_wrong_is_refused_by_its_key(
    monkeypatch: pytest.MonkeyPatch, blocks: dict[str, Any], told: str
) -> None:
    monkeypatch.setenv("TOKEN", "secret-value")
    assert told in refused(**blocks)


def test_an_inline_credential_is_not_repeated_in_the_message() -> None:
    assert "hunter2" not in refused(redis={**REDIS, "password": "hunter2"})


def test_a_right_file_is_read_and_its_credential_never_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", "secret-value")
    found = environment("dev", {**BASE, "redis": REDIS, "prometheus": PROMETHEUS}, {})
    assert found.redis is not None
    assert found.redis.password.reveal() == "secret-value"
    assert "secret-value" not in f"{found!r} {found.redis.password} {found.redis.password:>20}"


def test_a_provisioned_value_stands_as_if_it_were_written_there(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("from-file\nsecond line\n")
    printed = {"endpoints": {"redis": {"port": 7000, "password": f"file:{tmp_path / 'password'}"}}}
    block = {**REDIS, "port": "provision:endpoints.redis.port", "password": "provision:endpoints.redis.password"}
    found = environment("dev", {**BASE, "redis": block}, printed)
    assert found.redis is not None
    assert (found.redis.port, found.redis.password.reveal()) == (7000, "from-file")


@pytest.mark.parametrize("text", ["name = ", "name = 'a'\nname = 'b'", "\ufffe", "[" * 5000])
def test_a_file_that_is_no_toml_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "dev.toml").write_text(text)
    with pytest.raises(Refused, match=r"dev\.toml"):
        read("dev", tmp_path)


def test_an_unknown_environment_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    (tmp_path / "dev.toml").write_text("")
    (tmp_path / "qa.example.toml").write_text("")
    with pytest.raises(Refused, match="known here: dev"):
        read("../dev", tmp_path)


def test_an_example_is_no_environment() -> None:
    assert "rehearsal" in known_environments(ROOT / "environments")
    assert "dev.example" not in known_environments(ROOT / "environments")


@pytest.mark.parametrize("reference", ["env:", "file:", "", "plain", "vault:x"])
def test_only_references_lead_to_credentials(reference: str) -> None:
    with pytest.raises(ValueError, match="never inline"):
        secret(reference)


@pytest.mark.parametrize("said", [{"writes": "allowed"}, {"test_records": ["t-1"]}])
def test_leave_to_write_and_the_records_it_is_for_stand_together(said: dict[str, object]) -> None:
    with pytest.raises(Refused, match="stand together"):
        environment("dev", {**BASE, **said}, {})
    both = environment("dev", {**BASE, "writes": "allowed", "test_records": ["t-1", "t-2"]}, {})
    assert both.allowed == {"writes": "t-1, t-2"}
