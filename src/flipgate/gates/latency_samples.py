"""Are calls as fast as they have to be, by samples of their own where no histogram serves?

Samples cannot show that a p95 stayed up for minutes, so a miss is HOLD and never the abort criterion of §7.4.
"""

from __future__ import annotations

import math
import statistics

from flipgate.core.facts.latency_samples import AddressSamples, LatencySamples
from flipgate.core.judgement import Judgement, gate
from flipgate.core.observation import Observation
from flipgate.gates.claim import Claim, named, numbered, percent

_P95 = 0.95


@gate
def p95_of_samples_must_be_below(
    its: Observation[LatencySamples], *, limit_ms: float, confidence_ratio: float, samples: int
) -> Judgement:
    """Is the p95 of every address below its limit with this confidence? The client's own part is taken off.

    Where the environment does not ask for samples, the histogram has to have series: other gates judge those.
    """
    taken = its.value
    claim = Claim(f"p95 of {taken.operation} by samples", f"below {limit_ms:g} ms with {percent(confidence_ratio)}")
    if taken.wanted < 1:
        if taken.histogram_series < 1:
            return claim.hold(f"{taken.histogram or 'the histogram'} has no series: set [org_v23] latency_samples")
        series = numbered(taken.histogram_series, "series")
        return claim.go(f"not asked for: {taken.histogram} serves, {series}")
    if not taken.addresses:
        return claim.hold("no address was asked")
    told, findings = [], []
    for one in taken.addresses:
        if problem := _problem(one, limit_ms, samples):
            findings.append(claim.hold(f"{one.address}: {problem}"))
            continue
        low_ms, high_ms = _p95_ms(one, confidence_ratio)
        told.append(f"{low_ms:.3g} to {high_ms:.3g} ms at {one.address} ({_counted(one)})")
        if not high_ms < limit_ms:
            findings.append(claim.hold(f"{told[-1]}; samples do not tell for how many minutes"))
    return claim.against(findings, fine=named(told))


def ranks(count: int, ratio: float, confidence_ratio: float) -> tuple[int, int] | None:
    """Between which two of so many ordered values (1 is the least) does a quantile lie with this confidence?

    None where too few values make both ends. Half of the doubt lies on each side.

    >>> ranks(59, 0.95, 0.90), ranks(58, 0.95, 0.90)
    ((53, 59), None)
    """
    doubt = (1 - confidence_ratio) / 2
    below, low = 0.0, 0
    for rank in range(1, count + 1):
        below += _binomial(count, rank - 1, ratio)  # that fewer values than the rank lie below the quantile
        if below <= doubt:
            low = rank
        if below >= 1 - doubt:
            return (low, rank) if low else None
    return None


def _binomial(count: int, hits: int, ratio: float) -> float:
    ways = math.lgamma(count + 1) - math.lgamma(hits + 1) - math.lgamma(count - hits + 1)
    return math.exp(ways + hits * math.log(ratio) + (count - hits) * math.log1p(-ratio))


def _problem(one: AddressSamples, limit_ms: float, samples: int) -> str:
    if not all(map(math.isfinite, (*one.latencies_ms, *one.null_ms))):
        return "a latency is no number"
    if one.failed < 0 or one.sent != one.failed + len(one.latencies_ms):
        return "its counts contradict each other"
    for what, count in (("sample", len(one.latencies_ms)), ("null sample", len(one.null_ms))):
        if count < max(samples, 1):
            return f"undecided: {numbered(count, what)}, fewer than {samples}"
    if not (null_ms := statistics.median(one.null_ms)) < limit_ms:
        return f"undecided: calls that do nothing take {null_ms:.3g} ms"
    return ""


def _p95_ms(one: AddressSamples, confidence_ratio: float) -> tuple[float, float]:
    """Between which latencies does the p95 lie? A call that failed was slower than any."""
    null_ms = statistics.median(one.null_ms)
    ordered = [*(max(0.0, latency - null_ms) for latency in sorted(one.latencies_ms)), *[math.inf] * one.failed]
    found = ranks(len(ordered), _P95, confidence_ratio)
    return (ordered[found[0] - 1], ordered[found[1] - 1]) if found else (0.0, math.inf)


def _counted(one: AddressSamples) -> str:
    null_ms = statistics.median(one.null_ms)
    return f"{numbered(one.sent, 'sample')}, {one.failed} failed, {null_ms:.3g} ms taken off"
