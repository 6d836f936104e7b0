"""Sentences about what the portal shows."""

from flipgate.core.facts.portal import FlowSeen
from flipgate.core.judgement import Judgement
from flipgate.core.observation import Observation
from flipgate.gates import portal
from flipgate.plugin.scene import Scene
from flipgate.plugin.sentences import then, when
from flipgate.probes.readings import portal as reading


@when("the flow {name:name} of the portal is looked at after the flip of {flag:name}")
def flow_looked_at(scene: Scene, name: str, flag: str) -> Observation[FlowSeen]:
    """All its pages in a browser, beside the API; or the report of the portal team's own suite, if younger."""
    picture = scene.file(f"portal-{name.replace(' ', '-').lower()}.png")
    return reading.flow_seen(scene.systems, name, scene.since_flip(flag).start, picture)


@then("its content is what the API answers")
def content_of_api(its: Observation[FlowSeen]) -> Judgement:
    """Every record by id and name, over all pages, and no other."""
    return portal.content_must_be_the_apis(its)


@then("its console holds no error")
def console_clean(its: Observation[FlowSeen]) -> Judgement:
    """Neither logged nor uncaught; a missing favicon is none."""
    return portal.console_must_be_clean(its)


@then("none of its requests failed")
def requests_succeeded(its: Observation[FlowSeen]) -> Judgement:
    """Those to the portal's own origin; a missing favicon is none."""
    return portal.requests_must_succeed(its)


@then("its screenshot is kept")
def screenshot_kept(its: Observation[FlowSeen]) -> Judgement:
    """Beside the ledger, with its digest in it; a page that shows the token is not kept."""
    return portal.picture_must_be_kept(its)
