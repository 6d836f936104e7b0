"""How does the report of one day read? (Format: docs/reconciliation-reports.md)"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from flipgate.core.report_block import sealed
from flipgate.core.report_text import COUNTS, MET, OTHER_DRIFT
from flipgate.reconcile.days import WINDOW_DAYS, Day
from flipgate.reconcile.figures import Comparison, TenantFigures

NOT_MET = "7-day zero-delta gate: NOT MET."
_SOURCES = {
    False: "Legacy tables beside their mirror, compared in the database under one read-only snapshot.",
    True: "Baseline: the stamp of an empty cluster. No database was asked: where a tenant exists it proves nothing.",
}
_AFTERWARDS = "Written after its day: the figures are those of the time above, nobody looked on the day itself."
_NOT_LISTED = "They are counted in the summary; those with drift are listed before any others."
_DRIFT_COLUMNS = (
    "Missing org_units rows",
    "Other drift in org_units",
    "Missing org_unit_memberships rows",
    "Other drift in org_unit_memberships",
)
_WINDOW_COLUMNS = ("Tenants with drift", "Missing org_units rows", "Missing org_unit_memberships rows", "Other drift")
_MARKDOWN = str.maketrans({sign: f"&#{ord(sign)};" for sign in "|<>&`[]*_\\"})


@dataclass(frozen=True)
class Origin:
    """Where the figures come from: the environment's name and tier, and the database's name; "" where none is."""

    environment: str
    tier: str
    database: str


@dataclass(frozen=True)
class DailyReport:
    """All that one day's report says, but for when it was written. `window`: seven days, newest first."""

    origin: Origin
    seen: Comparison
    window: tuple[Day, ...]
    streak_days: int

    @property
    def today(self) -> Day:
        return self.window[0]

    @property
    def met(self) -> bool:
        return self.streak_days >= WINDOW_DAYS

    def text(self, generated_at: datetime) -> str:
        """How does it read, as written at that time? The same for the same: there is nothing else in it."""
        parts = (
            f"# Org Model v2.3 reconciliation report: {self.today.date}",
            "\n".join(self._circumstances(generated_at)),
            "## Summary",
            _table(("Metric", "Value"), self._summary()),
            *self._tenants(),
            "## Last seven days",
            _table(("Date", "Gate", *_WINDOW_COLUMNS), (_day(day) for day in self.window)),
            f"Consecutive clean days: {self.streak_days}",
            MET if self.met else NOT_MET,
            "## Figures for machines",
        )
        return sealed("\n\n".join(parts) + "\n", self._block())

    def _circumstances(self, generated_at: datetime) -> Iterable[str]:
        yield f"Generated: {rfc3339(generated_at)}"
        if self.origin.environment:
            yield f"\nEnvironment: {self.origin.environment}"
        yield f"\n{_SOURCES[self.seen.baseline]}"
        if generated_at.astimezone(UTC).date() > self.today.date:
            yield f"\n{_AFTERWARDS}"

    def _figures(self) -> dict[str, int]:
        missing_units, other_units, missing_memberships, other_memberships = self.seen.totals.counts
        counts = (self.seen.scanned, self.seen.drifting, missing_units, missing_memberships)
        return dict(zip((*COUNTS, *OTHER_DRIFT), (*counts, other_units, other_memberships), strict=True))

    def _summary(self) -> list[tuple[object, ...]]:
        return [(name[0].upper() + name[1:], count) for name, count in self._figures().items()] + [
            ("Gate", self.seen.gate)
        ]

    def _tenants(self) -> Iterable[str]:
        if self.seen.listed:
            yield "## Per tenant"
            yield _table(("Tenant", *_DRIFT_COLUMNS, "Gate"), map(_tenant, self.seen.listed))
        if self.seen.unlisted:
            yield f"Tenants not listed: {self.seen.unlisted}"
            yield _NOT_LISTED

    def _block(self) -> dict[str, object]:
        return {
            "format": 1,
            "date": str(self.today.date),
            "environment": self.origin.environment,
            "tier": self.origin.tier,
            "database": self.origin.database,
            "baseline": self.seen.baseline,
            "figures": self._figures(),
            "gate": self.seen.gate,
            "streak_days": self.streak_days,
            "window": [{"date": str(day.date), "gate": day.gate, "drift": day.drift} for day in self.window],
        }


def rfc3339(moment: datetime) -> str:
    """How is this moment written, in UTC? To the millisecond: no two reports are of the same moment."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _day(day: Day) -> tuple[object, ...]:
    return day.date, day.gate, *(day.counts or ("",) * len(_WINDOW_COLUMNS))


def _tenant(tenant: TenantFigures) -> tuple[object, ...]:
    return tenant.name.translate(_MARKDOWN), *tenant.counts, "FAIL" if tenant.drifts else "PASS"


def _table(header: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> str:
    lines = [header, tuple("---" for _ in header), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)
