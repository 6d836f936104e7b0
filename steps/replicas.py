"""Sentences about the processes of a deployment, and the flags that each of them serves."""

from flipgate.core.facts.replicas import FlagsInForce
from flipgate.core.facts.series import SeriesSet
from flipgate.core.judgement import Judgement
from flipgate.core.observation import Observation
from flipgate.gates import replicas
from flipgate.plugin.scene import Scene
from flipgate.plugin.sentences import then, when
from flipgate.probes.readings import replicas as reading


@when("every replica of the deployment is asked for its flags")
def replicas_asked(scene: Scene) -> Observation[FlagsInForce]:
    """Each at its own address, beside the cluster's pods and what each logged when it started."""
    return reading.replicas(scene.systems, scene.run.runbook.flags)


@when("every replica of the deployment is asked for its flags since the flip of {flag:name}")
def replicas_asked_since(scene: Scene, flag: str) -> Observation[FlagsInForce]:
    """The same, beside when that flag took its present value, and when the other one was seen last."""
    return reading.replicas(scene.systems, scene.run.runbook.flags, scene.flip(flag))


@then("every pod of the deployment answers by itself")
def every_pod_answers(its: Observation[FlagsInForce]) -> Judgement:
    """No pod that the cluster knows is left out, and nobody else answers."""
    return replicas.every_pod_must_answer(its)


@then("each serves what it logged when it started")
def each_serves_its_record(its: Observation[FlagsInForce]) -> Judgement:
    """Flag by flag, by the newest boot record of the running process."""
    return replicas.each_must_serve_its_boot_record(its)


@then("each started after the old value was seen last")
def each_started_after(its: Observation[FlagsInForce]) -> Judgement:
    """A flip is a restart: an older process goes on with what it read."""
    return replicas.each_must_have_started_after_the_flip(its)


@then("each has served the new value for {length_s:duration}")
def each_has_served(its: Observation[FlagsInForce], length_s: float) -> Judgement:
    """Since the flip, or since its own start where that came later."""
    return replicas.each_must_have_served_for(its, length_s=length_s)


@when("the restart behind the last flip back is read")
def restart_read(scene: Scene) -> Observation[SeriesSet]:
    """The start that each process tells of, scrape by scrape, from before the flip back until now."""
    return reading.restart(scene.systems, scene.last_flip_back().value)


@then("every replica was back within {limit_s:duration}")
def back_within(its: Observation[SeriesSet], limit_s: float) -> Judgement:
    """From the last scrape of the first process to go to the first scrape of the last one to come."""
    return replicas.restart_must_be_quick(its, limit_s=limit_s)
