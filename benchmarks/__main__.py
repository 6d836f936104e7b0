"""`make bench`: every benchmark against its bounds. Exit status 1 where one is missed."""

from __future__ import annotations

import sys

from benchmarks import parity, reconcile, stages
from benchmarks.row import Row


def main() -> int:
    rows = [row for benchmark in (stages, parity, reconcile) for row in benchmark.run()]
    width = max(len(row.name) for row in rows)
    sys.stdout.write(f"{'':{width}}  {'measured':>8}  {'at most':>8}  holds?\n")
    sys.stdout.writelines(_line(row, width) for row in rows)
    return 0 if all(row.holds for row in rows) else 1


def _line(row: Row, width: int) -> str:
    held = "yes" if row.holds else "NO"
    return f"{row.name:{width}}  {row.measured:8.2f}  {row.bound:8.2f}  {held:6}  {row.detail}\n"


if __name__ == "__main__":
    sys.exit(main())
