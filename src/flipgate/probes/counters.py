"""By how much did a counter rise?"""

from __future__ import annotations

from collections.abc import Iterable

from flipgate.core.facts.series import Series


def grown(counter: Series, scrapes: Iterable[Series], start: float) -> float:
    """By how much did a counter rise since `start` (world Unix seconds), by its samples alone?

    A fall is a restart: it counts from 0 again. So does a counter that appears while its target was scraped before;
    of one that appears together with its target nobody knows what it had already counted.
    """
    before = [value for at, value in counter.samples if at < start]
    inside = [value for at, value in counter.samples if at >= start]
    if not inside:
        return 0.0
    last = before[-1] if before else 0.0 if _was_scraped_without_it(counter, scrapes) else inside[0]
    total = 0.0
    for value in inside:
        total += value if value < last else value - last
        last = value
    return total


def _was_scraped_without_it(counter: Series, scrapes: Iterable[Series]) -> bool:
    born = counter.samples[0][0]
    of_its_target = (
        one for one in scrapes if all(one.labels.get(k) == counter.labels.get(k) for k in ("job", "instance"))
    )
    return any(at < born and value == 1 for one in of_its_target for at, value in one.samples)
