"""Which environment is reconciled, in which database, and where do its reports lie?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flipgate.config.database_url import VARIABLE, database
from flipgate.config.environment import Environment, Postgres
from flipgate.config.load import environment, read
from flipgate.config.provision import Provisioned
from flipgate.core.clock import Clock
from flipgate.core.errors import Refused
from flipgate.reconcile.folder import Folder

# A job that only reconciles is not asked for the credentials of all other systems.
_BLOCKS = ("name", "tier", "runbooks", "provision", "postgres", "reports")


@dataclass(frozen=True)
class Target:
    """What is reconciled. `environment` is None where only DATABASE_URL names a database."""

    environment: Environment | None
    postgres: Postgres | None
    folder: Folder
    clock: Clock


@contextmanager
def target(name: str, output_dir: Path | None, environments: Path, variables: Mapping[str, str]) -> Iterator[Target]:
    """What is meant by `--env`, `--output-dir` and DATABASE_URL? A provisioned environment is up meanwhile.

    Errors: Refused.
    """
    stated = database(variables[VARIABLE]) if variables.get(VARIABLE) else None
    if not name:
        yield Target(None, stated, _folder(output_dir, None), Clock())
        return
    tree = {key: value for key, value in read(name, environments).items() if key in _BLOCKS}
    words = tree.get("provision")
    if not isinstance(words, list) or not words:
        found = environment(name, tree, {})
        yield Target(found, _postgres(found, stated), _folder(output_dir, found), Clock())
        return
    with Provisioned([str(word) for word in words]) as provisioned:
        found = environment(name, tree, provisioned.printed)
        yield Target(found, _postgres(found, stated), _folder(output_dir, found), Clock(provisioned.offset_s))


def _folder(output_dir: Path | None, found: Environment | None) -> Folder:
    if output_dir is None and (found is None or found.reports is None):
        named = f"environments/{found.name}.toml has no [reports] block" if found else "no environment is named"
        raise Refused(f"where do the reports lie? {named}: name the folder with --output-dir")
    if output_dir is not None:
        return Folder(output_dir)
    assert found is not None and found.reports is not None
    return Folder(Path(found.reports.directory))


def _postgres(found: Environment, stated: Postgres | None) -> Postgres | None:
    """A variable left over in a shell must not report another database as this environment's."""
    own = found.postgres
    if stated and own and _place(stated) != _place(own):
        raise Refused(
            f"two databases: {VARIABLE} names {'{}:{}/{}'.format(*_place(stated))}, environments/{found.name}.toml"
            f" {'{}:{}/{}'.format(*_place(own))}: unset the one or leave the other out"
        )
    return stated or own


def _place(block: Postgres) -> tuple[str, int, str]:
    return block.host, block.port, block.dbname
