"""What does a value stand for that is written by reference?

"env:NAME"          the environment variable NAME           (credentials)
"file:PATH"         the first line of a file                (credentials)
"provision:a.b.c"   a value that the provision command printed; what it names ends as if written here
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from flipgate.config.secret import Secret
from flipgate.core.errors import Refused

Tree = object  # TOML and JSON: tables, arrays, text, numbers, times
_LARGEST_SECRET = 65_536


def provisioned(tree: Tree, printed: Mapping[str, object], where: str = "") -> Tree:
    """What does the file say once every `provision:` reference is replaced by what was printed?

    Errors: Refused for a reference to nothing.
    """
    if isinstance(tree, dict):
        return {key: provisioned(value, printed, f"{where}.{key}".lstrip(".")) for key, value in tree.items()}
    if isinstance(tree, list):
        return [provisioned(value, printed, where) for value in tree]
    if isinstance(tree, str) and tree.startswith("provision:"):
        return _looked_up(tree.removeprefix("provision:"), printed, where)
    return tree


def _looked_up(path: str, printed: Mapping[str, object], where: str) -> object:
    value: object = printed
    for key in path.split("."):
        if not isinstance(value, Mapping) or key not in value:
            raise Refused(f"{where}: the provision command printed no `{path}`")
        value = value[key]
    return value


def secret(reference: str) -> Secret:
    """Which credential does this reference lead to? An inline one is refused, and not repeated in the message.

    Errors: ValueError with a sentence: no reference, a variable not set, a file that cannot be read or is empty.
    """
    kind, _, name = reference.partition(":")
    if kind == "env" and name:
        value = os.environ.get(name, "")
        problem = f"the environment variable {name} is not set"
    elif kind == "file" and name:
        value, problem = _first_line(Path(name).expanduser()), f"the file {name} is missing, unreadable or empty"
    else:
        raise ValueError('a credential is written by reference, "env:NAME" or "file:PATH", never inline')
    if not value:
        raise ValueError(problem)
    return Secret(value, reference)


def _first_line(path: Path) -> str:
    try:
        with path.open(encoding="utf-8") as lines:
            return lines.readline(_LARGEST_SECRET).rstrip("\r\n") if path.is_file() else ""
    except (OSError, UnicodeDecodeError):
        return ""
