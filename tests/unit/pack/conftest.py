"""One real pack, made once; each test tampers with a copy of it."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from flipgate.evidence.pack.keys import new_key, private_key
from flipgate.evidence.pack.seal import Order, seal
from tests.unit.pack.cutovers import cutover
from tests.unit.pack.forger import Forger


def sealed(root: Path, *, provisioned: bool = False) -> Forger:
    """A pack of the small cutover, with the key that signed it."""
    project = cutover(root, provisioned=provisioned)
    key = root / "signing.key"
    new_key(key)
    at = project.now + timedelta(minutes=1)
    pack = seal(Order(project.ledger, root, root / "reports", private_key(key), at))
    return Forger(pack, private_key(key), at)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Forger:
    return sealed(tmp_path_factory.mktemp("made"))


@pytest.fixture(scope="session")
def rehearsed(tmp_path_factory: pytest.TempPathFactory) -> Forger:
    return sealed(tmp_path_factory.mktemp("rehearsed"), provisioned=True)


@pytest.fixture
def forger(made: Forger, tmp_path: Path) -> Forger:
    """A copy of the pack, to be tampered with."""
    copy = tmp_path / made.pack.name
    shutil.copytree(made.pack, copy)
    return Forger(copy, made.key, made.sealed_at)
