"""How did an operation answer over a window, as a reference for later? Figures, not verdicts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Reference:
    """The figures of the old path that later stages compare with.

    requests, errors      at the gateway over the window.
    latency_counts        by series: cumulative bucket counts grown over the window, bound in ms as text ("5", "+Inf").
    conflicts_per_hour    rows of `policy_conflicts` by `detected_at`.
    rows                  by table.
    scans                 by table: index and sequential scans since the statistics began.
    """

    requests: float
    errors: float
    latency_counts: dict[str, dict[str, float]]
    conflicts_per_hour: float
    rows: dict[str, int]
    scans: dict[str, int]
