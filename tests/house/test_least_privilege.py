"""docs/least-privilege.md, the doctor and the embedded environment say the same."""

from __future__ import annotations

import re

import yaml

from flipgate.probes.rights.redis import READER
from flipgate.rehearsal.components import flagstore, postgres
from flipgate.rehearsal.services.kubernetes import RULES
from tests.house.sources import ROOT

PAGE = (ROOT / "docs" / "least-privilege.md").read_text(encoding="utf-8")


def _block(language: str, beginning: str) -> str:
    return next(text for text in re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL) if text.startswith(beginning))


def test_the_redis_user() -> None:
    rules = _block("", "user flipgate").splitlines()[0].removeprefix("user flipgate on >PASSWORD ")
    assert rules == flagstore.RULES[flagstore.VERIFIER] == READER.format(prefix="ff:orgv23")


def test_the_database_role() -> None:
    texts = (postgres.READER_ROLE + postgres.READER_TABLES).format(role="flipgate", database="platform")
    told = _block("sql", "create role flipgate").splitlines()
    assert told[1:] == [line for line in texts.splitlines() if line]


def test_the_cluster_role() -> None:
    role, _ = yaml.safe_load_all(_block("yaml", "apiVersion"))
    assert role["rules"] == RULES
