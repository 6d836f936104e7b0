"""The daily reconciliation reports of the world: one file a UTC day, figures from the database of this rehearsal."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from psycopg.rows import class_row

from flipgate.rehearsal.place import write_private

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import psycopg

_WINDOW = 7
_DAILY_RUN = time(8, 0, tzinfo=UTC)
_BANNER = "✅ 7-day zero-delta gate: MET. Phase 2 cutover is unblocked from the reconciliation side."
_NOT_MET = "7-day zero-delta gate: NOT MET."
_MISSING_SQL = """
    select t.slug, t.created_at + make_interval(secs => %s) as created_at,
        (select count(*) from (select tenant_id, id from pillars union all select tenant_id, id from teams) l
            where l.tenant_id = t.id and not exists (select from org_units u where u.id = l.id)) as missing_units,
        (select count(*) from team_memberships l where l.tenant_id = t.id
            and not exists (select from org_unit_memberships m
                where (m.org_unit_id, m.member_id) = (l.team_id, l.member_id))) as missing_memberships
    from tenants t order by t.slug"""


@dataclass(frozen=True)
class TenantFigures:
    """What the reconciliation found for one tenant."""

    slug: str
    created_at: datetime
    missing_units: int
    missing_memberships: int

    @property
    def has_drift(self) -> bool:
        return bool(self.missing_units or self.missing_memberships)


@dataclass(frozen=True)
class Day:
    """The figures of one day's run."""

    generated_at: datetime
    tenants: tuple[TenantFigures, ...]

    @property
    def drifting(self) -> int:
        return sum(tenant.has_drift for tenant in self.tenants)

    @property
    def gate(self) -> str:
        return "FAIL" if self.drifting else "PASS"


def figures(connection: psycopg.Connection[tuple[object, ...]], offset_s: float) -> list[TenantFigures]:
    """What does the mirror lack now, tenant by tenant? Times are world times."""
    # The scan counters are a witness of who reads which table; this is no reader of the environment's.
    connection.execute("set track_counts = off")
    with connection.cursor(row_factory=class_row(TenantFigures)) as cursor:
        return cursor.execute(_MISSING_SQL, (offset_s,)).fetchall()


@dataclass
class Reports:
    """Writes each day's report once, when its day has come; `look` reads the figures of the moment."""

    folder: Path
    look: Callable[[], list[TenantFigures]]
    _days: dict[date, Day] = field(default_factory=dict)

    def refresh(self, world_now: datetime) -> None:
        """Write the reports of all days up to today that are not written yet; at first those of seven days."""
        today = world_now.date()
        first = max(self._days, default=today - timedelta(days=_WINDOW)) + timedelta(days=1)
        if first > today:
            return
        seen = self.look()
        for number in range((today - first).days + 1):
            day = first + timedelta(days=number)
            generated_at = min(datetime.combine(day, _DAILY_RUN), world_now)
            tenants = tuple(tenant for tenant in seen if tenant.created_at <= generated_at)
            self._days[day] = Day(generated_at, tenants)
            write_private(self.path(day), self._text(day))

    def path(self, day: date) -> Path:
        """Where does the report of a day lie?"""
        return self.folder / f"{day.isoformat()}.md"

    def today(self) -> date:
        """Which day is the newest that has been reported?"""
        return max(self._days)

    def rewrite(self, day: date) -> None:
        """Write the report of a day again, from the figures that it had."""
        write_private(self.path(day), self._text(day))

    def _text(self, day: date) -> str:
        streak = self._streak(day)
        own = self._days[day]
        banner = _BANNER if streak >= _WINDOW else _NOT_MET
        return "\n\n".join(
            (
                f"# Org Model v2.3 reconciliation report: {day.isoformat()}",
                f"Generated: {own.generated_at.isoformat(timespec='seconds').replace('+00:00', 'Z')}",
                "## Summary",
                _summary(own),
                "## Per tenant",
                _per_tenant(own),
                "## Last seven days",
                self._window(day),
                f"Consecutive clean days: {streak}",
                banner,
            )
        ) + "\n"  # fmt: skip

    def _streak(self, day: date) -> int:
        streak = 0
        while (known := self._days.get(day)) and known.gate == "PASS":
            streak += 1
            day -= timedelta(days=1)
        return streak

    def _window(self, day: date) -> str:
        rows: list[tuple[object, ...]] = []
        for back in range(_WINDOW):
            earlier = day - timedelta(days=back)
            known = self._days.get(earlier)
            rows.append(
                (earlier, known.gate, known.drifting, *_sums(known)) if known else (earlier, "no report", "", "", "")
            )
        header = ("Date", "Gate", "Tenants with drift", "Missing org_units rows", "Missing org_unit_memberships rows")
        return _table(header, rows)


def _summary(day: Day) -> str:
    units, memberships = _sums(day)
    return _table(
        ("Metric", "Value"),
        [
            ("Tenants scanned", len(day.tenants)),
            ("Tenants with drift", day.drifting),
            ("Missing org_units rows", units),
            ("Missing org_unit_memberships rows", memberships),
            ("Gate", day.gate),
        ],
    )


def _per_tenant(day: Day) -> str:
    header = ("Tenant", "Missing org_units rows", "Missing org_unit_memberships rows", "Gate")
    rows: list[tuple[object, ...]] = [
        (tenant.slug, tenant.missing_units, tenant.missing_memberships, "FAIL" if tenant.has_drift else "PASS")
        for tenant in day.tenants
    ]
    return _table(header, rows)


def _sums(day: Day) -> tuple[int, int]:
    units = sum(tenant.missing_units for tenant in day.tenants)
    return units, sum(tenant.missing_memberships for tenant in day.tenants)


def _table(header: tuple[str, ...], rows: list[tuple[object, ...]]) -> str:
    lines = [header, tuple("---" for _ in header), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)
