"""What is said of what a run did to the systems that it asked?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flipgate.evidence.records import Record, Witnessed

WROTE = "the suite itself wrote, by its own count or by the server's word"


def witnessed(records: Iterable[Record]) -> tuple[Witnessed, ...]:
    """What was witnessed in these records?"""
    return tuple(record.body for record in records if isinstance(record.body, Witnessed))


def sentence(witnesses: Sequence[Witnessed]) -> str:
    """How is it said in one line?

    >>> sentence([Witnessed("redis a:1", 40, 0, 0), Witnessed("gateway b:2", 8, 0, 0)])
    '48 calls to 2 systems, 0 writes by the suite'
    """
    if not witnesses:
        return "no calls, 0 writes by the suite"
    calls, writes = sum(one.calls for one in witnesses), sum(one.writes for one in witnesses)
    refused = sum(one.refused for one in witnesses)
    systems = "1 system" if len(witnesses) == 1 else f"{len(witnesses)} systems"
    held = f", {refused} refused before they were sent" if refused else ""
    return f"{calls} calls to {systems}, {writes} writes by the suite{held}"


def in_all(runs: Iterable[Sequence[Witnessed]]) -> tuple[Witnessed, ...]:
    """What did several runs do together, system by system? What servers said of one run cannot be added up."""
    together: dict[str, Witnessed] = {}
    for one in (one for witnesses in runs for one in witnesses):
        sofar = together.get(one.system, Witnessed(one.system, 0, 0, 0))
        counts = sofar.calls + one.calls, sofar.writes + one.writes, sofar.refused + one.refused
        together[one.system] = Witnessed(one.system, *counts)
    return tuple(together.values())


def by_server(one: Witnessed) -> str:
    """What does this system's server say beside it?"""
    if not one.server:
        return one.told or "not one write by anybody"
    moved = ", ".join(f"{name} +{number}" for name, number in sorted(one.server.items()))
    return f"by everybody: {moved}" + (f"; {one.told}" if one.told else "")
