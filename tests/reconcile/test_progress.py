"""A long run says how far it is: as a bar on a terminal, as lines elsewhere."""

from __future__ import annotations

import io

from flipgate.reconcile.progress import progress
from tests.probes.servers import until


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_elsewhere_than_on_a_terminal_a_line_says_how_far_it_is() -> None:
    stream = io.StringIO()
    with progress(stream, every_s=0.01) as told:
        until(lambda: "reconcile: asking the database, " in stream.getvalue())
        told(40, 100)
        until(lambda: "reconcile: 40 of 100 tenants, " in stream.getvalue())
    assert stream.getvalue().splitlines()[-1].startswith("reconcile: 40 of 100 tenants, ")


def test_a_short_run_says_nothing() -> None:
    stream = io.StringIO()
    with progress(stream) as told:
        told(0, 100)
        told(100, 100)
    assert stream.getvalue() == ""


def test_on_a_terminal_a_bar_counts_the_tenants() -> None:
    stream = Terminal()
    with progress(stream) as told:
        told(0, 100)
        told(100, 100)
    assert "100/100" in stream.getvalue()
