"""Was every target scraped over the whole window, so that what is not in the samples did not happen?"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from flipgate.core.facts.series import Labels, Series, SeriesSet
from flipgate.core.judgement import Judgement, gate
from flipgate.core.observation import Observation
from flipgate.core.window import Window, spoken
from flipgate.gates.claim import Claim, named, utc

# Half an interval of grace where two scrapes are compared: scrapes jitter, and n missed ones are n + 1 intervals apart.
_JITTER = 0.5


@gate
def scrapes_must_cover(its: Observation[SeriesSet], *, missed: int) -> Judgement:
    """Was every declared target up over the whole window, without a gap of more than so many missed scrapes?"""
    claim = Claim(f"scrapes behind {its.value.metric}", f"every target, at most {missed} scrapes missed in a row")
    return claim.against(uncovered(claim, its.value, its.window, missed), fine=_fine(its))


def uncovered(
    claim: Claim, samples: SeriesSet, window: Window | None, missed: int, *, sliding: bool = False
) -> Iterator[Judgement]:
    """What speaks against the window being covered by scrapes? Time mends a past hole only if the window slides."""
    if window is None or not (0 < samples.scrape_interval_s < math.inf) or samples.targets < 1:
        yield claim.hold("the window, the scrape interval or the number of targets is not stated")
        return
    there = [one for one in samples.scrapes if _was_there(one, window)]
    if len(there) < samples.targets:
        seen = f"{len(there)} of {samples.targets} targets are scraped"
        yield claim.hold(f"{seen}: only {named(map(target, there))}" if there else seen)
    for scrapes in there:
        up = [at for at, value in scrapes.samples if value == 1]
        for hole in holes(up, window, samples.scrape_interval_s, missed):
            ready_at = past(hole, window) if sliding else None
            yield claim.hold(f"{target(scrapes)} not scraped {hole} ({spoken(hole.length_s)})", ready_at)


def _was_there(scrapes: Series, window: Window) -> bool:
    """A target that is scraped in vain is there; one that nobody scrapes any more was gone before the window began."""
    return not scrapes.samples or max(at for at, _ in scrapes.samples) >= window.start.timestamp()


def holes(times: Iterable[float], window: Window, scrape_interval_s: float, missed: int) -> tuple[Window, ...]:
    """Where in the window do samples lack: more than so many in a row, or since longer than so many scrapes at its end?

    times  world Unix seconds, in any order; those outside of the window are left out.
    """
    start, end = window.start.timestamp(), window.end.timestamp()
    inside = sorted(at for at in times if start <= at <= end)
    if not inside:
        return (window,)
    found = []
    if inside[0] - start > (missed + 1) * scrape_interval_s:
        found.append((start, inside[0]))
    longest_s = (missed + 1 + _JITTER) * scrape_interval_s
    found += [(before, after) for before, after in pairwise(inside) if after - before > longest_s]
    if end - inside[-1] > missed * scrape_interval_s:
        found.append((inside[-1], end))
    return tuple(Window(moment(since), moment(until)) for since, until in found)


def past(hole: Window, window: Window) -> datetime | None:
    """When has a sliding window left this hole behind? Never, while the hole is still open."""
    return hole.end + timedelta(seconds=window.length_s) if hole.end < window.end else None


def target(series: Series) -> str:
    """Which process do these samples come from?"""
    return series.labels.get("instance") or "a target without a name"


def replica(labels: Labels) -> str:
    """By which name do people know the process that these labels are of?"""
    return labels.get("pod") or labels.get("instance") or "a replica without a name"


def moment(seconds: float) -> datetime:
    """Which moment is this world Unix time?"""
    return datetime.fromtimestamp(seconds, UTC)


def _fine(its: Observation[SeriesSet]) -> str:
    last = max((at for scrapes in its.value.scrapes for at, _ in scrapes.samples), default=None)
    return f"{len(its.value.scrapes)} targets over {its.window}, last scrape {utc(moment(last)) if last else 'never'}"
