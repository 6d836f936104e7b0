"""What a comparison came to: by tenant, and in all."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

LISTED = 1000  # a report that names more may grow beyond the megabyte that the gate reads


class TenantFigures(NamedTuple):
    """One tenant. Missing rows are legacy's without a mirror; other drift exists only in the mirror, or differs."""

    name: str
    missing_units: int = 0
    other_units: int = 0
    missing_memberships: int = 0
    other_memberships: int = 0

    @property
    def counts(self) -> tuple[int, int, int, int]:
        return self.missing_units, self.other_units, self.missing_memberships, self.other_memberships

    @property
    def drifts(self) -> bool:
        return any(self.counts)


@dataclass(frozen=True)
class Comparison:
    """All tenants. `listed`: those that a report names; `unlisted`: how many it only counts.

    scanned    rows of `tenants`; what differs under no tenant of it is listed, and not among them.
    since      when the oldest tenant was created, in world time; None where there is none.
    baseline   True for a stamp that looked at no database.
    """

    scanned: int
    drifting: int
    totals: TenantFigures
    listed: tuple[TenantFigures, ...]
    unlisted: int
    since: datetime | None
    baseline: bool = False

    @property
    def gate(self) -> str:
        return "FAIL" if self.drifting or self.totals.drifts else "PASS"


BASELINE = Comparison(0, 0, TenantFigures(""), (), 0, None, baseline=True)


@dataclass
class Tally:
    """Adds tenants up, one by one, and keeps no more of them than a report names."""

    _scanned: int = 0
    _seen: int = 0
    _drifting: int = 0
    _totals: TenantFigures = field(default_factory=lambda: TenantFigures(""))
    _since: datetime | None = None
    _first: list[TenantFigures] = field(default_factory=list)
    _first_drifting: list[TenantFigures] = field(default_factory=list)

    def add(self, tenant: TenantFigures, since: datetime | None) -> None:
        """Count one more; `since` is when it was created, None for what is no row of `tenants`."""
        self._seen += 1
        if since is not None:
            self._scanned += 1
            self._since = min(self._since or since, since)
        self._keep(self._first, tenant)
        if tenant.drifts:
            self._drifting += 1
            self._totals = TenantFigures("", *map(sum, zip(self._totals.counts, tenant.counts, strict=True)))
            self._keep(self._first_drifting, tenant)

    def comparison(self) -> Comparison:
        """What do they come to?"""
        listed = tuple(self._first if self._seen <= LISTED else self._first_drifting)
        unlisted = self._seen - len(listed)
        return Comparison(self._scanned, self._drifting, self._totals, listed, unlisted, self._since)

    @staticmethod
    def _keep(some: list[TenantFigures], tenant: TenantFigures) -> None:
        if len(some) < LISTED:
            some.append(tenant)
