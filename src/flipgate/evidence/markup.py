"""How does foreign text stand in a page without being able to act? Whatever is no Markup is escaped as it enters."""

from __future__ import annotations

import html
from collections.abc import Sequence

from flipgate.core.errors import visible

_VOID = ("img",)
_LONGEST = 20_000


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def inert(text: str) -> Markup:
    """How does this text read in HTML? Characters that do not show become escapes, line ends stay."""
    lines = text.split("\n")
    shown = (line if line.isprintable() else visible(line, _LONGEST) for line in lines)
    return Markup(html.escape("\n".join(shown)))


def element(name: str, *children: str, **attributes: str) -> Markup:
    """Which element holds these children? Attributes without a value are left out.

    >>> element("td", "a < b", class_="seen")
    '<td class="seen">a &lt; b</td>'
    """
    held = "".join(f' {key.rstrip("_").replace("_", "-")}="{inert(text)}"' for key, text in attributes.items() if text)
    return Markup(f"<{name}{held}>" if name in _VOID else f"<{name}{held}>{together(*children)}</{name}>")


def together(*parts: str) -> Markup:
    """What do these parts make, one after the other?"""
    return Markup("".join(part if isinstance(part, Markup) else inert(part) for part in parts))


def table(names: Sequence[str], rows: Sequence[Markup]) -> Markup:
    """How do these rows stand under these names?"""
    head = element("thead", element("tr", *(element("th", name) for name in names)))
    return element("div", element("table", head, element("tbody", *rows)), class_="sheet")
