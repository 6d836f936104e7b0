"""Ten thousand random histograms whose truth is known: over a p95 that is not below its target GO is never said.

Latencies are drawn first, so that the true p95 of every replica is known; only then are they put into buckets, scraped,
and judged. The histograms are those that people have: bounds at the target or not, few calls, many, restarts. Of the
10 000, 813 are GO, 3 266 STOP, and 5 921 HOLD: too few calls, or a bucket that reaches across the target.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from itertools import chain
from math import ceil, inf

import pytest

from flipgate.core.facts.series import Series, SeriesSet
from flipgate.core.verdict import Verdict
from flipgate.gates.latency import p95_must_be_below
from tests.unit.gates.given import GO, HOLD, STOP, last, scraped, seen, up

TARGET_MS, FLOOR = 5.0, 100
HISTOGRAMS = 10_000
SCRAPES = 5  # one minute
LAYOUTS = (
    (1.0, 2.5, 5.0, 7.0, 10.0, inf),
    (5.0, 10.0, inf),
    (2.0, 4.0, 8.0, 16.0, inf),
    (1.0, 10.0, inf),
    (4.9, 5.1, 7.0, inf),
    (inf,),
)
Latencies = list[list[float]]  # by scrape


@dataclass(frozen=True)
class Service:
    """What truly happened: latencies in ms by replica and scrape, the layout, the replica that restarts at a scrape."""

    replicas: list[Latencies]
    layout: tuple[float, ...]
    restarted: int | None

    @property
    def slow(self) -> bool:
        """Is a true p95 not below the target: of one replica, or of all together?"""
        each = [sorted(ms for scrape in replica for ms in scrape) for replica in self.replicas]
        return any(ms and p95(ms) >= self.target_ms for ms in (*each, sorted(chain(*each))))

    @property
    def target_ms(self) -> float:
        """A bound within 2 % of the target stands for it (docs/org_v23-decisions.md)."""
        return max([TARGET_MS, *(bound for bound in self.layout if bound <= TARGET_MS * 1.02)])


def p95(latencies: list[float]) -> float:
    return latencies[ceil(len(latencies) * 95 / 100) - 1]


def drawn(seed: int) -> Service:
    """Typical latencies on one of the sides of the target, some slower ones, on one replica more than on others."""
    of = random.Random(seed)  # noqa: S311  truth that can be drawn again, no secret
    typical, slower = of.choice([1.0, 3.0, 4.5, 4.99, 5.0, 5.5, 8.0]), of.choice([0.0, 0.02, 0.049, 0.05, 0.06, 0.2])
    many = of.choice([0, 3, 24, 25, 26, 60])
    one = of.choice([0.0, 0.0, 0.3])
    replicas = []
    for number in range(of.choice([1, 2])):
        share = slower + (one if number == 0 else 0.0)
        latency = [[_latency(of, typical, share) for _ in range(many)] for _ in range(SCRAPES - 1)]
        replicas.append(latency)
    return Service(replicas, of.choice(LAYOUTS), of.choice([None, None, 2]))


def _latency(of: random.Random, typical: float, share: float) -> float:
    return of.uniform(4.0, 30.0) if of.random() < share else of.uniform(0.5, 1.0) * typical


def scrapes(service: Service) -> SeriesSet:
    """What a scrape every 15 s sees of it. What was counted between a restart and the scrape before it is lost."""
    series = [one for who, replica in enumerate(service.replicas) for one in buckets(service, f"r{who}", replica)]
    ups = tuple(up(f"r{who}", SCRAPES) for who in range(len(service.replicas)))
    return SeriesSet("check_bucket", tuple(series), ups, 15.0, len(service.replicas))


def buckets(service: Service, who: str, replica: Latencies) -> list[Series]:
    found = []
    for bound in service.layout:
        values = [1000.0]
        for index, scrape in enumerate(replica):
            before = 0.0 if index == service.restarted and who == "r0" else values[-1]
            values.append(before + sum(ms <= bound for ms in scrape))
        label = "+Inf" if bound == inf else f"{bound:g}"
        found.append(scraped({"pod": who, "instance": who, "le": label}, values))
    return found


def judged(service: Service) -> Verdict:
    its = seen(scrapes(service), last(60))
    return p95_must_be_below(its, limit_ms=TARGET_MS, window_s=60, samples=FLOOR).verdict


@pytest.mark.row("C1", "C2", "C4", "C5", "B10")
def test_a_slow_truth_is_never_go_and_a_fast_one_never_stop() -> None:
    counted: Counter[tuple[bool, Verdict]] = Counter()
    for seed in range(HISTOGRAMS):
        service = drawn(seed)
        verdict = judged(service)
        assert (service.slow, verdict) not in ((True, GO), (False, STOP)), f"seed {seed}: {service.layout}"
        counted[service.slow, verdict] += 1
    assert counted == {(True, STOP): 3266, (True, HOLD): 2920, (False, GO): 813, (False, HOLD): 3001}
