"""Which records does an answer hold, in a form in which equal answers are equal bytes?

Known fields in the order of the message, strings as they are; records in the order of their ids, because no listing
promises another one; a record that comes twice is there twice.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
from google.protobuf.message import Message

Value = str | int | float | bool | list[str]
Record = dict[str, Value]

_json = msgspec.json.Encoder()


def records(pages: Iterable[Message]) -> tuple[Record, ...]:
    """Which records do these pages hold, all together? The nodes of a tree are its records."""
    found = [record for page in pages for record in _page(page)]
    return tuple(sorted(found, key=lambda record: (str(record.get("id", "")), _json.encode(record))))


def canonical(found: tuple[Record, ...]) -> bytes:
    """Which bytes are equal exactly for equal listings? JSON, for people to read as well."""
    return _json.encode(found)


def _page(page: Message) -> Iterator[Record]:
    for field, value in page.ListFields():
        if field.name == "root":
            yield from _nodes(value)
        elif field.message_type is not None:
            yield from (_record(message) for message in value)


def _nodes(root: Any) -> Iterator[Record]:
    """A tree, flat: each node knows its parent; the order of children and members is not promised."""
    waiting = [(root, "")]
    while waiting:
        node, parent = waiting.pop()
        waiting += [(child, node.id) for child in node.children]
        record = _record(node)
        record.pop("children", None)
        if "member_ids" in record:
            record["member_ids"] = sorted(node.member_ids)
        yield record | {"parent_id": parent}


def _record(message: Message) -> Record:
    return {field.name: _plain(getattr(message, field.name)) for field in message.DESCRIPTOR.fields}


def _plain(value: Any) -> Value:
    """JSON knows neither infinity nor what is no number: both would be null."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, str | int | float):
        return value
    if isinstance(value, Message):
        return value.SerializeToString(deterministic=True).hex()
    return [str(_plain(item)) for item in value]
