"""Which gate says what of which fault? The catalogue, tried trial by trial on running environments."""

from __future__ import annotations

import functools
import threading
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from flipgate.rehearsal.courses import LINES, RENEW_S, Act, Course, Line, Told, Word
from flipgate.rehearsal.cutover import Cutover, Ended, environment
from flipgate.rehearsal.errors import RehearsalError
from flipgate.rehearsal.protocol import FaultChange, Request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from flipgate.rehearsal.catalogue import Fault, Trial

HEALTHY = "(nothing)"
# Of an environment's time most is waiting: for answers, scrapes and timeouts.
_SIDE_BY_SIDE = 3


@dataclass(frozen=True)
class Outcome:
    """What one trial came to: of a fault, of a look-alike, or of a stage with nothing wrong (`trial` is None)."""

    fault: str
    rows: tuple[str, ...]
    trial: Trial | None
    stage: str
    seed: int
    ended: Ended
    problem: str = ""

    @property
    def expected(self) -> str:
        return self.trial.verdict if self.trial else "GO"

    @property
    def came_out(self) -> str:
        """The gates' own verdict, the first that is not as expected; of what is healthy, the stage's."""
        if self.expected == "GO" or self.trial is None:
            return self.ended.verdict
        each = [self.ended.gates.get(gate, "no verdict") for gate in self.trial.gates]
        return next((verdict for verdict in each if verdict != self.expected), self.expected)

    @property
    def wrong(self) -> str:
        """What is wrong with it, in the order of what is worst? "" where nothing is."""
        if self.problem:
            return self.problem
        if self.expected != "GO" and "GO" in (self.came_out, self.ended.verdict):
            return "wrong GO" if self.expected == "STOP" else "missed HOLD"
        if self.expected != "STOP" and self.came_out == "STOP":
            return "wrong STOP"
        if self.came_out != self.expected:
            return f"{self.expected} expected"
        told = self.trial.told if self.trial else ""
        return f'"{told}" is not told' if told not in " ".join(self.ended.text.split()) else ""


@dataclass(frozen=True)
class Job:
    """One trial of one fault, with one seed."""

    fault: Fault
    trial: Trial
    seed: int


def jobs(faults: Sequence[Fault], stage: str = "", seeds: int = 1) -> list[Job]:
    """Which trials are to be made?"""
    return [
        Job(fault, trial, seed)
        for seed in range(seeds)
        for fault in faults
        for trial in fault.trials
        if stage in ("", trial.stage)
    ]


def run(wanted: Sequence[Job], reports: Path, tell: Callable[[Outcome], object]) -> list[Outcome]:
    """Try them all: one environment a seed and line of stages, some of them side by side. `tell` hears of each at once.

    All of them are of one runbook.
    """
    lines = LINES[wanted[0].fault.runbook]
    parts = [
        (line, [job for job in wanted if job.seed == seed and job.trial.stage in line])
        for seed in sorted({job.seed for job in wanted})
        for line in lines
    ]
    over = threading.Event()
    with ThreadPoolExecutor(_SIDE_BY_SIDE) as pool:
        told = [
            pool.submit(_line, line, its, reports / str(number), tell, over)
            for number, (line, its) in enumerate(parts)
            if its
        ]
        try:
            return [outcome for one in told for outcome in one.result()]
        finally:
            # Also where it is interrupted: no trial is begun any more, and every environment ends.
            over.set()
            pool.shutdown(wait=False, cancel_futures=True)


def _line(
    line: Line, wanted: Sequence[Job], reports: Path, tell: Callable[[Outcome], object], over: threading.Event
) -> list[Outcome]:
    by_stage: dict[str, list[Job]] = defaultdict(list)
    for job in wanted:
        by_stage[job.trial.stage].append(job)
    last = max(number for number, stage in enumerate(line) if by_stage[stage])
    outcomes = []
    with environment("faults", wanted[0].fault.runbook, reports) as cutover:
        for stage, course in list(line.items())[: last + 1]:
            for outcome in Stand(cutover, stage, course).tried(by_stage[stage]):
                tell(outcome)
                outcomes.append(outcome)
                if over.is_set():
                    return outcomes
    return outcomes


def _place(job: Job) -> bytes:
    """Where does it stand among others of its seed? With each seed elsewhere."""
    return sha256(f"{job.seed} {job.fault.name} {job.trial.gate}".encode()).digest()


class Stand:
    """One stage of one environment, brought to readiness as often as trials need it."""

    def __init__(self, cutover: Cutover, stage: str, course: Course) -> None:
        self.cutover, self.stage, self.course = cutover, stage, course
        self._prepared_at_s = self._age_s()
        self._is_flipped = False
        # By a trial that leaves traces until the next flip.
        self._is_marked = False
        self._last = Ended("none")
        self._seen_by = course.seen_by or stage

    def tried(self, wanted: Sequence[Job]) -> Iterator[Outcome]:
        """Make the trials: first those that share an environment, then those that need a flip of their own."""
        for act in self.course.before:
            self._act(act)
        yield self._made_ready()
        sharing = [job for job in wanted if job.trial.begins == "ready" and job.fault.can_be_undone]
        # What only looks broken comes first: of a fault before it, windows would still hold the traces.
        yield from self._in_turn([job for job in sharing if job.fault.is_look_alike])
        yield from self._in_turn([job for job in sharing if not job.fault.is_look_alike])
        own = [job for job in wanted if job not in sharing]
        for job in (one for one in own if one.fault.can_be_undone):
            yield self._with_flip(job)
        if own:
            yield self._made_ready()
        # After these nothing in this environment is as it was.
        for job in (one for one in own if not one.fault.can_be_undone):
            yield self._with_flip(job)

    def _in_turn(self, wanted: Sequence[Job]) -> Iterator[Outcome]:
        """Trials that share a flip: none is made before its gates were seen GO, so that none stands in for another.

        The run before a trial may be that of a fault which other gates see. With each seed they follow in another
        order.
        """
        waiting = sorted(wanted, key=_place)
        while waiting:
            if not any(map(self._was_fine_for, waiting)):
                yield from self._made_healthy()
            # Of those that can be made now, one at whose gate most are waiting; where none can, the run tells why.
            ahead = Counter(job.trial.gate for job in waiting)
            ready = sorted(
                filter(self._was_fine_for, waiting), key=lambda job: (job.trial.stays, -ahead[job.trial.gate])
            )
            job = (ready or waiting)[0]
            waiting.remove(job)
            yield self._judged(job, functools.partial(self._inject, job))
            self._is_marked |= job.trial.stays
        if wanted and self._last.verdict != "GO":
            yield from self._made_healthy()

    def _was_fine_for(self, job: Job) -> bool:
        """Were the gates that have to notice it GO in the last run; of a look-alike, all of them?"""
        if job.fault.is_look_alike:
            return self._last.verdict == "GO" and not self._is_marked
        return all(self._last.gates.get(gate) == "GO" for gate in job.trial.gates)

    def _made_ready(self) -> Outcome:
        """The stage's flip is made, or made anew, its windows have elapsed, and nothing is wrong."""
        self._flip_back()
        self._flip()
        self._age(self.course.settle_s)
        return self._looked_at_healthy()

    def _made_healthy(self) -> Iterator[Outcome]:
        """The fault is gone, and at the latest its traces are once the windows of the stage have passed it."""
        healthy = self._made_ready() if self._is_marked else self._looked_at_healthy()
        if healthy.wrong and self.course.flip:
            healthy = self._made_ready()
        elif healthy.wrong:
            self._age(self.course.rests_s)
            healthy = self._looked_at_healthy()
        yield healthy

    def _with_flip(self, job: Job) -> Outcome:
        begins = job.trial.begins

        def get_there() -> None:
            self._flip_back()
            if begins == "before":
                self._inject(job)
            self._flip()
            if begins == "flipped":
                self._inject(job)
            self._age(self.course.settle_s)
            if begins == "ready":
                self._inject(job)

        return self._judged(job, get_there)

    def _judged(self, job: Job, get_there: Callable[[], object]) -> Outcome:
        """The outcome of a trial; what keeps it from being made is its problem, and ends nothing else."""
        ended = self._last = Ended("none")
        problem = ""
        try:
            get_there()
            for act in job.trial.after:
                self._act(act)
            self._age(job.trial.lived_s)
            ended = self._run()
        except RehearsalError as error:
            problem = f"not tried: {error}"
        try:
            if job.fault.can_be_undone:
                self.cutover.do(Request(fault=FaultChange(job.fault.name, undo=True)))
        except RehearsalError as error:
            problem = problem or f"not taken back: {error}"
        for act in () if job.fault.is_look_alike else job.trial.after:
            self._act(act)
        return Outcome(job.fault.name, job.fault.rows, job.trial, self.stage, job.seed, ended, problem)

    def _looked_at_healthy(self) -> Outcome:
        return Outcome(HEALTHY, (), None, self.stage, 0, self._run())

    def _run(self) -> Ended:
        self._last = self.cutover.stage(self.stage, capture=True)
        return self._last

    def _inject(self, job: Job) -> None:
        self.cutover.do(Request(fault=FaultChange(job.fault.name, seed=job.seed)))

    def _flip_back(self) -> None:
        if not self._is_flipped:
            return
        for act in self.course.back:
            self._act(act)
        if self.course.renewed and self._age_s() - self._prepared_at_s > RENEW_S:
            for stage in self.course.renewed:
                self._act(stage)
            self._prepared_at_s = self._age_s()
        # Some look has to see the flip back, or the ledger takes the next flip for the one that it knows.
        for stage in self.course.again or (self._seen_by,):
            self._act(stage)

    def _flip(self) -> None:
        for act in self.course.flip:
            self._act(act)
        if self.course.flip:
            # The look that sees the flip: from here on the ledger knows its time.
            self._act(self._seen_by)
        self._is_flipped = bool(self.course.flip)
        self._is_marked = False

    def _act(self, act: Act) -> None:
        if isinstance(act, Request):
            self.cutover.do(act)
        elif isinstance(act, Told):
            self.cutover.tell(act)
        elif isinstance(act, Word):
            self.cutover.attest(act)
        else:
            self.cutover.stage(act, capture=True)

    def _age(self, seconds: float) -> None:
        if seconds:
            self.cutover.do(Request(advance_s=seconds))

    def _age_s(self) -> float:
        clock = self.cutover.do(Request(ask="status")).clock
        return clock.offset_s if clock else 0
