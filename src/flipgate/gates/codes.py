"""With which codes were requests answered on the routes that are looked at? One 5xx is one too many."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from flipgate.core.facts.series import Labels, SeriesSet
from flipgate.core.judgement import Judgement, gate
from flipgate.core.observation import Observation
from flipgate.gates.claim import Claim, named, numbered, percent
from flipgate.gates.counters import growths, unusable
from flipgate.gates.coverage import replica

_EXACT = 10**9
_CODE = re.compile(r"[1-5][0-9]{2}")


@gate
def none_may_be_a_server_error(its: Observation[SeriesSet]) -> Judgement:
    """Was no request answered with a 5xx, over the whole window?"""
    claim = Claim(f"server errors ({its.value.metric})", "none")
    if its.window is None:
        return claim.hold("its window is not stated")
    counts = _counts(its)
    failed = {
        labels: count for labels, count in counts.items() if _CODE.fullmatch(labels[0]) and labels[0].startswith("5")
    }
    findings = list(_unreadable(claim, its.value))
    if failed:
        findings.append(claim.stop(named(f"{numbered(count, 'time')} {' '.join(of)}" for of, count in failed.items())))
    total = sum(counts.values())
    if total <= 0:
        findings.append(claim.hold(f"no request over {its.window}"))
    return claim.against(findings, fine=f"none of {numbered(total, 'request')} over {its.window}")


@gate
def share_must_stay_below(
    its: Observation[SeriesSet], *, code: int, limit_ratio: float, requests: int, inclusive: bool = False
) -> Judgement:
    """Was a smaller share of requests than this answered with this code (`inclusive`: at most this share)?"""
    bound = f"{'at most' if inclusive else 'below'} {percent(limit_ratio)}"
    claim = Claim(f"share of {code} ({its.value.metric})", f"{bound} of at least {numbered(requests, 'request')}")
    if its.window is None:
        return claim.hold("its window is not stated")
    counts = _counts(its)
    total = sum(counts.values())
    findings = list(_unreadable(claim, its.value))
    if total < max(requests, 1):
        return claim.against([*findings, claim.hold(f"{numbered(total, 'request')} over {its.window}")], fine="")
    found = sum(count for labels, count in counts.items() if labels[0] == str(code))
    seen = (
        f"{numbered(found, 'time')} {code}, {percent(found / total)} of {numbered(total, 'request')} over {its.window}"
    )
    # In whole numbers: a limit of 5 % has no exact binary form. Sentences carry nine decimals.
    allowed, used = round(limit_ratio * _EXACT) * total, found * _EXACT
    if used > allowed or (used == allowed and not inclusive):
        findings.append(claim.stop(seen))
    return claim.against(findings, fine=seen)


def _counts(its: Observation[SeriesSet]) -> Counter[tuple[str, str]]:
    """How many requests, by code and by where: method, route and replica?"""
    counts: Counter[tuple[str, str]] = Counter()
    if its.window is not None:
        for growth in growths(its.value, its.window):
            counts[growth.labels.get("code", ""), _where(growth.labels)] += round(growth.amount)
    return counts


def _where(labels: Labels) -> str:
    return f"{labels.get('method', '')} {labels.get('route', '')} on {replica(labels)}".strip()


def _unreadable(claim: Claim, counters: SeriesSet) -> Iterator[Judgement]:
    if broken := [f"{series.labels}" for series in unusable(counters)]:
        yield claim.hold(f"no count (NaN, infinite or negative): {named(broken)}")
    codes = {series.labels.get("code", "") for series in counters.series}
    if unknown := sorted(repr(code) for code in codes if not _CODE.fullmatch(code)):
        yield claim.hold(f"no HTTP status, so neither error nor success: {named(unknown)}")
