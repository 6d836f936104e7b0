"""In which order are trials made that share an environment, and what stands between them?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import cast

import pytest

from flipgate.rehearsal.catalogue import GO, HOLD, STOP, Act, Fault, Trial
from flipgate.rehearsal.courses import Course
from flipgate.rehearsal.cutover import Cutover, Ended
from flipgate.rehearsal.matrix import HEALTHY, Job, Outcome, Stand
from flipgate.rehearsal.protocol import Clock, Flip, Reply, Request

GATES = ("first", "second", "third")


def breaks(_world: object) -> Iterator[None]:
    yield


def spoils(_world: object) -> None:
    return


def job(name: str, *gates: str, seed: int = 0, stays: bool = False, like: bool = False, act: Act = breaks) -> Job:
    trial = Trial("stage", gates[0], GO if like else STOP, also=gates[1:], stays=stays)
    return Job(Fault("a", name, "It is broken.", (), "", (trial,), act, is_look_alike=like), trial, seed)


@dataclass
class Platform:
    """A cutover whose gates are STOP while a fault is in that they have to notice, and while traces of one are left."""

    jobs: list[Job]
    broken: set[str] = field(default_factory=set)
    marked: set[str] = field(default_factory=set)
    done: list[str] = field(default_factory=list)

    def do(self, request: Request) -> Reply:
        if request.fault:
            (found,) = [one for one in self.jobs if one.fault.name == request.fault.name]
            self.done.append(f"{'-' if request.fault.undo else '+'}{found.fault.name}")
            gates = set() if found.fault.is_look_alike else set(found.trial.gates)
            self.broken = set() if request.fault.undo else gates
            self.marked |= gates if found.trial.stays else set()
        if request.flip:
            self.done.append("flip")
            self.marked = set()
        return Reply(ok=True, clock=Clock(0))

    def stage(self, stage: str, *, capture: bool = False) -> Ended:
        assert (stage, capture) == ("stage", True)
        self.done.append("run")
        gates = {gate: "STOP" if gate in self.broken | self.marked else "GO" for gate in GATES}
        return Ended("STOP" if "STOP" in gates.values() else "GO", gates)


FLIPPED = Course(back=(Request(flip=Flip("flag", value=False)),), flip=(Request(flip=Flip("flag", value=True)),))


def tried(*jobs: Job, course: Course = FLIPPED) -> tuple[list[Outcome], list[str]]:
    platform = Platform(list(jobs))
    stand = Stand(cast("Cutover", platform), "stage", course)
    return list(stand.tried(jobs)), platform.done


def test_faults_that_other_gates_notice_follow_each_other() -> None:
    outcomes, done = tried(job("a", "first"), job("b", "second"), job("c", "third"), course=Course())
    assert [one.wrong for one in outcomes] == [""] * len(outcomes)
    # The look before, the three, and the one that shows that all of them are gone.
    assert done.count("run") == 5


def test_a_fault_of_the_same_gate_waits_for_a_look() -> None:
    outcomes, done = tried(job("a", "first"), job("b", "first"), course=Course())
    assert [one.fault == HEALTHY for one in outcomes] == [True, False, True, False, True]
    assert done.count("run") == 5


@pytest.mark.parametrize("seed", range(20))
def test_no_fault_comes_in_before_its_gates_were_go(seed: int) -> None:
    jobs = [job(f"{gate}{number}", gate, seed=seed) for gate in GATES for number in range(4)]
    jobs += [job("all", *GATES, seed=seed), job("mark", "second", stays=True, seed=seed)]
    platform = Platform(jobs)
    last: dict[str, str] = {}
    for outcome in Stand(cast("Cutover", platform), "stage", FLIPPED).tried(jobs):
        if outcome.trial:
            assert {last[gate] for gate in outcome.trial.gates} == {"GO"}
        last = outcome.ended.gates
    assert sorted(one for one in platform.done if one[0] == "+") == sorted(f"+{one.fault.name}" for one in jobs)


def test_each_seed_has_an_order_of_its_own() -> None:
    orders = [
        [one for one in tried(*(job(f"{n}", GATES[n % 3], seed=seed) for n in range(9)))[1] if one[0] == "+"]
        for seed in (0, 1)
    ]
    assert orders[0] != orders[1]
    assert sorted(orders[0]) == sorted(orders[1])


def test_what_only_looks_broken_comes_first_and_needs_no_look_after_it() -> None:
    outcomes, _ = tried(job("a", "first"), job("b", "first", like=True), job("c", "second", like=True))
    names = [one.fault for one in outcomes]
    assert (names[0], sorted(names[1:3]), names[3:]) == (HEALTHY, ["b", "c"], ["a", HEALTHY])


def test_marks_go_with_a_flip_of_their_own_and_only_where_they_are_in_the_way() -> None:
    outcomes, done = tried(job("a", "first", stays=True), job("b", "second", stays=True), job("c", "third"))
    assert [one.wrong for one in outcomes] == [""] * len(outcomes)
    # Flipped for the first time, then once back and anew: after the last of them.
    assert done.count("flip") == 3
    assert done.index("+c") < min(done.index("+a"), done.index("+b"))


def test_what_cannot_be_taken_back_comes_last() -> None:
    outcomes, done = tried(job("a", "first", act=spoils), job("b", "second"), job("c", "first", stays=True))
    assert [one for one in done if one[0] in "+-"][-1] == "+a"
    assert outcomes[-1].fault == "a"


def test_a_verdict_of_hold_where_stop_has_to_be_is_wrong() -> None:
    held = Ended("HOLD", {"first": "HOLD"})
    stop, hold = Trial("stage", "first", STOP), Trial("stage", "first", HOLD)
    assert Outcome("a", (), stop, "stage", 0, held).wrong == "STOP expected"
    assert Outcome("a", (), hold, "stage", 0, held).wrong == ""
    assert Outcome("a", (), stop, "stage", 0, Ended("GO", {"first": "GO"})).wrong == "wrong GO"
