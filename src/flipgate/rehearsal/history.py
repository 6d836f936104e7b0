"""The metric history of the world: kept in world time, written as blocks for a Prometheus that runs in server time.

A sample's world time never changes, so ageing rewrites nothing here: only the blocks are written anew, with another
offset subtracted. What services lived through comes from them, what was scraped comes from Prometheus.
"""

from __future__ import annotations

import itertools
from array import array
from bisect import bisect_left
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

STEP_S = 15
_TIME_VALUED = ("_timestamp_seconds", "_time_seconds")
_KEPT_MS = 50 * 3600 * 1000  # a soak of 24 hours, and the day before it


@dataclass(frozen=True)
class Track:
    """One series over one stretch of time: `times_ms` (world) is shared by the series of one source."""

    name: str
    labels: tuple[tuple[str, str], ...]
    times_ms: array[int]
    values: array[float]

    @property
    def pod(self) -> str:
        """Of which pod does it tell? "" where of none."""
        return "" if self.name == "ALERTS" else dict(self.labels).get("pod", "")

    @classmethod
    def told(
        cls, name: str, labels: Mapping[str, str], times_ms: array[int], values: Iterable[float], offset_s: float
    ) -> Self:
        """What a server told: its times are world times already, a value that is a point in time is still its own."""
        shift_s = offset_s if name.endswith(_TIME_VALUED) else 0.0
        return cls(name, tuple(sorted(labels.items())), times_ms, array("d", (value + shift_s for value in values)))

    def exposition(self, stamps: Sequence[str], span: slice, offset_s: float) -> Iterator[str]:
        """The samples of a span as OpenMetrics lines, values and times in server time."""
        values: Sequence[float] = self.values[span]
        if self.name.endswith(_TIME_VALUED):
            values = [value - offset_s for value in values]
        labels = ",".join(f'{name}="{_escaped(value)}"' for name, value in self.labels)
        series = f"{self.name}{{{labels}}} ".replace("%", "%%")
        return map((series + "%r %s\n").__mod__, zip(values, stamps, strict=True))


@dataclass
class History:
    """Every sample of the world up to the last advance."""

    _tracks: list[Track] = field(default_factory=list)

    def add(self, tracks: Sequence[Track]) -> None:
        """Append what was lived or scraped."""
        self._tracks.extend(tracks)

    def forget_before(self, now_ms: int) -> None:
        """Drop stretches that ended longer ago than any window of a runbook reaches."""
        self._tracks = [track for track in self._tracks if track.times_ms[-1] > now_ms - _KEPT_MS]

    def write(self, folder: Path, parts: int, offset_s: float) -> list[Path]:
        """Write the history as OpenMetrics text, cut by time in so many files of about one size."""
        first = min(track.times_ms[0] for track in self._tracks)
        last = max(track.times_ms[-1] for track in self._tracks) + 1
        cuts = [first + (last - first) * part // parts for part in range(parts + 1)]
        paths = []
        for number, (start_ms, end_ms) in enumerate(itertools.pairwise(cuts)):
            paths.append(folder / f"history-{number}.om")
            with paths[-1].open("w") as file:
                self._write_between(file, start_ms, end_ms, offset_s)
        return paths

    def _write_between(self, file: TextIO, start_ms: int, end_ms: int, offset_s: float) -> None:
        stamps: dict[int, list[str]] = {}
        offset_ms = round(offset_s * 1000)
        # OpenMetrics wants the samples of one metric together.
        for track in sorted(self._tracks, key=lambda track: (track.name, track.labels, track.times_ms[0])):
            span = slice(bisect_left(track.times_ms, start_ms), bisect_left(track.times_ms, end_ms))
            if span.start == span.stop:
                continue
            if id(track.times_ms) not in stamps:
                stamps[id(track.times_ms)] = ["%.3f" % ((ms - offset_ms) / 1000) for ms in track.times_ms[span]]
            file.writelines(track.exposition(stamps[id(track.times_ms)], span, offset_s))
        file.write("# EOF\n")


def regular_times(end_ms: int, count: int) -> array[int]:
    """So many times at the step, the last of them the end."""
    step_ms = STEP_S * 1000
    return array("q", range(end_ms - (count - 1) * step_ms, end_ms + 1, step_ms))


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
