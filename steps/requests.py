"""Sentences about requests, at the gateway and on routes that the environment names."""

from flipgate.core.facts.series import SeriesSet
from flipgate.core.judgement import Judgement
from flipgate.core.observation import Observation
from flipgate.gates import codes, coverage, error_rate
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


@when("the requests on {routes:name} over the last {length_s:duration} are read")
def requests_on_lately(scene: Scene, routes: str, length_s: float) -> Observation[SeriesSet]:
    """The counters of the routes that go by this name in the environment's file, sample by sample."""
    return reading.requests_on(scene.systems, routes, scene.since(length_s))


@when("the requests on {routes:name} since the flip of {flag:name} are read")
def requests_on_since_flip(scene: Scene, routes: str, flag: str) -> Observation[SeriesSet]:
    """The counters of the routes that go by this name in the environment's file, sample by sample."""
    return reading.requests_on(scene.systems, routes, scene.since_flip(flag))


@when("the requests on {routes:name} since the last flip back are read")
def requests_on_since_flip_back(scene: Scene, routes: str) -> Observation[SeriesSet]:
    """The counters of the routes that go by this name in the environment's file, sample by sample."""
    return reading.requests_on(scene.systems, routes, scene.since_flip_back())


@then("none failed with a server error")
def none_failed(its: Observation[SeriesSet]) -> Judgement:
    """Not one, on any route and any replica, over the whole window."""
    return codes.none_may_be_a_server_error(its)


@then("at most {limit_ratio:percent} were answered with {code:count}, of at least {requests:count} requests")
def share_at_most(its: Observation[SeriesSet], limit_ratio: float, code: int, requests: int) -> Judgement:
    """All routes and replicas together, over the whole window."""
    return codes.share_must_stay_below(its, code=code, limit_ratio=limit_ratio, requests=requests, inclusive=True)


@then("fewer than {limit_ratio:percent} were answered with {code:count}, of at least {requests:count} requests")
def share_below(its: Observation[SeriesSet], limit_ratio: float, code: int, requests: int) -> Judgement:
    """All routes and replicas together, over the whole window."""
    return codes.share_must_stay_below(its, code=code, limit_ratio=limit_ratio, requests=requests)


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
