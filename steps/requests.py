"""Sentences about requests at the gateway."""

from flipgate.core.facts.series import SeriesSet
from flipgate.core.judgement import Judgement
from flipgate.core.observation import Observation
from flipgate.gates import coverage, error_rate
from flipgate.plugin.scene import Scene
from flipgate.plugin.sentences import then, when
from flipgate.probes.readings import requests as reading


@when("the requests at the gateway since the flip of {flag:name} are read")
def requests_since_flip(scene: Scene, flag: str) -> Observation[SeriesSet]:
    """The gateway's request counter, sample by sample, with the scrapes behind it."""
    return reading.requests(scene.systems, scene.since_flip(flag))


@when("the requests at the gateway since the last flip back are read")
def requests_since_flip_back(scene: Scene) -> Observation[SeriesSet]:
    """The gateway's request counter, sample by sample, with the scrapes behind it."""
    return reading.requests(scene.systems, scene.since_flip_back())


@then("its scrapes have no gap of more than {missed:count} missed ones")
def scrapes_cover(its: Observation[SeriesSet], missed: int) -> Judgement:
    """Every declared target, over the whole window."""
    return coverage.scrapes_must_cover(its, missed=missed)


@then("its requests are at least {requests:count}")
def has_traffic(its: Observation[SeriesSet], requests: int) -> Judgement:
    """Without traffic there is no rate."""
    return error_rate.must_have_traffic(its, requests=requests)


@then(
    "its error rate stays below {limit_ratio:percent} in every {window_s:duration} "
    "and every minute of {minute_requests:count} requests"
)
def error_rate_stays(
    its: Observation[SeriesSet], limit_ratio: float, window_s: float, minute_requests: int
) -> Judgement:
    """Since the flip; minutes with fewer requests are joined with their neighbours."""
    return error_rate.must_stay_below(its, limit_ratio=limit_ratio, window_s=window_s, minute_requests=minute_requests)


@then(
    "the error rate of every service stays below {limit_ratio:percent} in every {window_s:duration} "
    "and every minute of {minute_requests:count} requests"
)
def error_rate_of_each_stays(
    its: Observation[SeriesSet], limit_ratio: float, window_s: float, minute_requests: int
) -> Judgement:
    """Each by itself, so that one path that fails alone does not vanish in the mean."""
    figures = {"limit_ratio": limit_ratio, "window_s": window_s, "minute_requests": minute_requests}
    return error_rate.every_service_must_stay_below(its, **figures)


@then("its error rate is back below {limit_ratio:percent} for the last {window_s:duration}")
def error_rate_back(its: Observation[SeriesSet], limit_ratio: float, window_s: float) -> Judgement:
    """Since the flip back; says how long the rebound took."""
    return error_rate.must_have_rebounded(its, limit_ratio=limit_ratio, window_s=window_s)
