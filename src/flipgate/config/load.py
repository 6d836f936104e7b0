"""Which environment is meant, and is its file in order?"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

import msgspec

from flipgate.config.environment import Environment
from flipgate.config.references import Tree, provisioned, secret
from flipgate.config.secret import Secret
from flipgate.core.errors import Refused, visible

_LARGEST_FILE = 1_000_000


def known_environments(folder: Path) -> tuple[str, ...]:
    """Which environments have a file? Examples are not environments."""
    return tuple(sorted(path.stem for path in folder.glob("*.toml") if not path.stem.endswith(".example")))


def read(name: str, folder: Path) -> dict[str, Tree]:
    """What does the file of this environment hold, as TOML?

    Errors: Refused for an unknown name (with the known ones), an unreadable file, TOML that cannot be parsed.
    """
    known = known_environments(folder)
    if name not in known:
        raise Refused(
            f"unknown environment {visible(name)!r}; known here: {', '.join(known) or 'none'} ({folder}/*.toml)"
        )
    path = folder / f"{name}.toml"
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise Refused(f"{path}: larger than {_LARGEST_FILE} bytes; an environment file is short")
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise Refused(f"{path}: {visible(str(error))}") from error


def environment(name: str, tree: Mapping[str, Tree], printed: Mapping[str, object]) -> Environment:
    """What is this environment, checked whole? `printed` is what its provision command said; empty without one.

    Errors: Refused with the key, what was seen and what is wanted.
    """
    try:
        found = msgspec.convert(provisioned(dict(tree), printed), Environment, dec_hook=_decoded)
    except (msgspec.ValidationError, ValueError) as error:
        raise Refused(f"environments/{name}.toml: {_sentence(str(error))}") from error
    if found.name != name:
        raise Refused(f"environments/{name}.toml: `name` is {found.name!r}, the file's own name is wanted")
    return found


def _decoded(kind: type, value: object) -> object:
    if kind is Secret and isinstance(value, str):
        return secret(value)
    raise ValueError(f"expected a reference to a credential, got {type(value).__name__}")


def _sentence(message: str) -> str:
    """`Expected int, got str - at $.redis.port` reads `redis.port: expected int, got str`."""
    what, _, where = message.partition(" - at ")
    unknown = re.search(r"unknown field `(.*)`", what)
    text = f"unknown key `{visible(unknown[1])}`" if unknown else what[:1].lower() + what[1:]
    return f"{where.strip('`').removeprefix('$').lstrip('.') or 'top level'}: {text}"
