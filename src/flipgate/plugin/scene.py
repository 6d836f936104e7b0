"""What happens in one scenario: every step is played, recorded, and none ends it; the worst comes out at the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from flipgate.core.errors import Held, NoAnswer, NoData, Stopped, visible
from flipgate.core.judgement import Judgement
from flipgate.core.observation import Observation
from flipgate.core.verdict import Verdict
from flipgate.core.window import Window
from flipgate.evidence.history import platform_value
from flipgate.evidence.records import GateText, Seen, StepJudged, seen
from flipgate.evidence.verdicts import capped, gate_verdict
from flipgate.plugin.recall import Recall

if TYPE_CHECKING:
    from flipgate.core.facts.flags import FlagValue, Posture
    from flipgate.core.facts.history import Flip, StageResult
    from flipgate.core.facts.sign_off import Attestation
    from flipgate.plugin.run import Run
    from flipgate.probes.ops_writes import OpsWrites

Fact = TypeVar("Fact")
NOTHING_READ = "the reading"


class Scene:
    """One scenario while it is played."""

    def __init__(self, run: Run, gate: GateText) -> None:
        self.run, self.gate = run, gate
        self.systems, self.environment, self.clock = run.systems, run.environment, run.clock
        self.recall = Recall(run)
        self._index = 0
        self._its: Observation[Any] | None = None
        self._its_record: Seen | None = None
        self._guarded: tuple[Observation[Any], Seen] | None = None

    def see(self, observation: Observation[Fact]) -> Observation[Fact]:
        """Record an observation; what a guard then judges is this one."""
        record = seen(self.gate.id, observation)
        self.run.record(record)
        self._guarded = observation, record
        return observation

    def posture(self, boots: Observation[tuple[FlagValue, ...]] | None = None) -> Observation[Posture]:
        """Which values do all surfaces hold now (and did each replica start with), and since when? Recorded."""
        from flipgate.probes.readings.posture import posture

        read = posture(self.systems, self.run.flags, {}, boots.value if boots else ())
        value = replace(read.value, changed_at=self.recall.changed_at(read))
        source = f"{read.source} + {boots.source}" if boots else read.source
        return self.see(replace(read, value=value, source=source, asked=read.asked + (boots.asked if boots else ())))

    def flip(self, flag: str) -> Observation[Flip]:
        """When did this flag take its present value? Recorded, with who says so."""
        read = self.posture()
        found = self.recall.flip(flag, read)
        return self.see(Observation(found, "time", f"{read.source} + ledger", read.asked, read.taken_at))

    def stage_before(self, stage: str, flag: str) -> Observation[StageResult]:
        """How did the newest run of a stage before the flip of this flag end? Recorded."""
        return self.see(self.recall.stage_before(stage, self.flip(flag).value))

    def stage_so_far(self, stage: str) -> Observation[StageResult]:
        """How did the newest run of a stage end, whatever was flipped since? Recorded."""
        return self.see(self.recall.stage_before(stage))

    def word(self, box: int, owner: str) -> Observation[Attestation]:
        """Whose word stands for a box, and when did any flag change last?"""
        changed_at = self.posture().value.changed_at if self.run.runbook.flags else {}
        return self.recall.attestation(box, owner, max(changed_at.values(), default=None))

    def word_beside_flip(self, box: int, owner: str, flag: str) -> Observation[Attestation]:
        """The same, beside the flip of this flag."""
        changed_at = self.posture().value.changed_at
        newest = max(changed_at.values(), default=None)
        return self.recall.attestation(box, owner, newest, self.flip(flag).value)

    def since_flip(self, flag: str) -> Window:
        """Which stretch of time lies between the flip of this flag and now?

        Errors: NoData, where nobody knows when it was flipped.
        """
        return self._since(self.flip(flag).value)

    def since(self, length_s: float) -> Window:
        """Which stretch of time are the last so many seconds?"""
        return Window.before(self.clock.now(), length_s)

    @property
    def writes(self) -> OpsWrites:
        """Through what does this gate write? Errors: NotConfigured for one that has no leave to."""
        return self.run.writer.writes(self.gate)

    def last_flip_back(self) -> Observation[Flip]:
        """Which flag was flipped back last, and when? Recorded."""
        return self.see(self.recall.last_flip_back(self.posture()))

    def since_flip_back(self) -> Window:
        """Which stretch of time lies between the last flip back and now? Errors: NoData."""
        return self._since(self.last_flip_back().value)

    def platform_value(self, flag: str) -> str:
        """Which value of this flag is in force platform-wide? "" where none says so. Recorded."""
        return platform_value(self.posture().value, flag)

    def file(self, name: str) -> Path:
        """Where does a file of this run lie?"""
        self.run.folder.mkdir(parents=True, exist_ok=True)
        return self.run.folder / name

    def play(self, keyword: str, step: Callable[..., Any], figures: dict[str, Any], wanted: frozenset[str]) -> None:
        """Play one step and record what came of it, whatever that is."""
        self._guarded, asked, unexpected = None, "", False
        if "scene" in wanted:
            figures = {**figures, "scene": self}
        try:
            if "its" in wanted:
                figures = {**figures, "its": self._read()}
            outcome = step(**figures)
            judgement = self._taken(outcome) if keyword == "When" else outcome
        except NoAnswer as error:
            judgement, asked = _no_answer(error), error.asked
        except Exception as error:
            judgement, unexpected = _crash(error), True
        self._judged(keyword, judgement, asked, unexpected=unexpected)

    def end(self) -> None:
        """End the scenario: record its verdict, raise the worst.

        Errors: Stopped, Held.
        """
        steps = self.run.steps_of(self.gate)
        judged = gate_verdict(self.gate, steps)
        self.run.record(judged)
        told = "; ".join(f"{step.subject}: {step.seen}" for step in steps if step.verdict is judged.verdict)
        if judged.verdict is Verdict.STOP:
            raise Stopped(told)
        if judged.verdict is Verdict.HOLD:
            raise Held(told or f"steps not run: {judged.missing_steps}")

    def _since(self, flip: Flip) -> Window:
        if flip.at is None:
            told = f"nobody knows when {flip.flag!r} was flipped; state it with --flipped-at {flip.flag}=TIME"
            raise NoData("ledger", told)
        return Window(flip.at, max(flip.at, self.clock.now()))

    def _read(self) -> Observation[Any]:
        if self._its is None:
            raise NoData(NOTHING_READ, "nothing was read, so there is nothing to judge")
        return self._its

    def _taken(self, observation: Observation[Any]) -> Judgement:
        self._its = self.see(self._with_what_happened(observation))
        assert self._guarded is not None
        self._its_record = self._guarded[1]
        return Judgement(Verdict.GO, observation.source, f"read {observation.unit}", "an answer")

    def _with_what_happened(self, observation: Observation[Any]) -> Observation[Any]:
        """A window begins with the flip that it is counted from; whatever else lies inside it disturbs it."""
        window = observation.window
        if window is None:
            return observation
        inside = [one for one in self.run.happened if window.start < one.at < window.end]
        return replace(observation, disturbed=tuple(dict.fromkeys([*observation.disturbed, *inside])))

    def _judged(self, keyword: str, judgement: Judgement, asked: str, *, unexpected: bool) -> None:
        text = self.gate.steps[self._index].text
        cap = "hold" if keyword != "Then" or text.endswith(", else hold") else ""
        observation, record = (self._its, self._its_record) if keyword == "Then" else (self._guarded or (None, None))
        self.run.record(
            StepJudged(
                gate=self.gate.id,
                index=self._index,
                keyword=keyword,
                text=text,
                verdict=capped(judgement.verdict, cap),
                subject=visible(judgement.subject, 500),
                seen=visible(judgement.seen, 2000),
                limit=visible(judgement.limit, 500),
                observation=record.sha256 if record else "",
                judge=judgement.gate,
                figures=dict(judgement.figures),
                cap=cap,
                ready_at=judgement.ready_at,
                window=str(observation.window) if observation and observation.window else "",
                source=visible(" ".join(asked.split()), 1000) or (observation.source if observation else ""),
                unexpected=unexpected,
            )
        )
        self._index += 1


def _no_answer(error: NoAnswer) -> Judgement:
    return Judgement(Verdict.HOLD, error.source, f"no answer: {error.seen}", "an answer")


def _crash(error: Exception) -> Judgement:
    return Judgement(Verdict.HOLD, "the step itself", f"{type(error).__name__}: {error}", "an answer")
