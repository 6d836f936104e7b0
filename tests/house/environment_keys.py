"""Which blocks and keys may an environment file hold? As the checked types say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from msgspec import inspect

from flipgate.config.environment import Environment
from flipgate.config.secret import Secret


@dataclass(frozen=True)
class Key:
    """One key: `redis.port`, or `tier` at the top of the file."""

    block: str
    name: str
    secret: bool

    @property
    def path(self) -> str:
        return f"{self.block}.{self.name}".lstrip(".")


def _keys(kind: inspect.Type, block: str) -> Iterator[Key]:
    if not isinstance(kind, inspect.StructType):
        return
    for field in kind.fields:
        inner = list(_parts(field.type))
        nested = [part for part in inner if isinstance(part, inspect.StructType)]
        yield Key(block, field.encode_name, any(isinstance(p, inspect.CustomType) and p.cls is Secret for p in inner))
        for part in nested:
            yield from _keys(part, f"{block}.{field.encode_name}".lstrip("."))


def _parts(kind: inspect.Type) -> Iterator[inspect.Type]:
    yield kind
    if isinstance(kind, inspect.UnionType):
        for part in kind.types:
            yield from _parts(part)
    elif isinstance(kind, inspect.DictType):
        yield from _parts(kind.value_type)


KEYS = tuple(_keys(inspect.type_info(Environment), ""))
SECRETS = frozenset(key.name for key in KEYS if key.secret)
