"""How busy ops_view is: one rate and one mix of reads and writes, lived through by a model, sent live by `traffic`."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import NamedTuple

from .load import arrivals
from .metrics import Burst, Labels, Latency, Life, Span
from .process import Levers

_API = "/api/v2.5"
QUEUE = f"{_API}/workspaces/:ws/operations/queue"
PATCHES, RFIS = f"{_API}/workspaces/:ws/patches", f"{_API}/workspaces/:ws/rfis"
PATCH, RFI = f"{_API}/patches/:id", f"{_API}/rfis/:id"
BATCHES, BATCH = f"{_API}/workspaces/:ws/drive-batches", f"{_API}/drive-batches/:id"
FLAGS = f"{_API}/feature-flags"

REPLICAS = 2
REQUESTS_PER_MINUTE = 120.0
WRITES_PER_MINUTE = 6.0
CONFLICT_RATIO = 0.02
SLOW_S = 1.4
BOUNDS_S = (0.05, 0.1, 0.25, 0.5, 1, 2, 5)
COARSE_BOUNDS_S = (0.05, 0.1, 0.25, 5)


class Call(NamedTuple):
    """One kind of request, and how it is answered when all is well."""

    method: str
    route: str
    code: str = "200"


READS = {
    Call("GET", QUEUE): 0.45,
    Call("GET", PATCHES): 0.25,
    Call("GET", RFIS): 0.2,
    Call("GET", FLAGS): 0.1,
}
# Of eight writes: a patch is made, submitted, approved and withdrawn, and an rfi goes to and fro twice.
WRITES = {
    Call("POST", PATCHES, "201"): 0.125,
    Call("PATCH", PATCH): 0.25,
    Call("DELETE", PATCH, "204"): 0.125,
    Call("PATCH", RFI): 0.5,
}
_TRANSITIONS = 0.75


class OpsViewLevers(Levers, frozen=True, forbid_unknown_fields=True):
    """The ways in which ops_view can be told to misbehave.

    queue_p95_s     how slow the queue is; `slow_calls` so many of its next calls take longer than a second.
    error_ratio     of the requests to `errors_at` ("reads", "writes", "queue" or, when left out, all) fail; so do
                    `bad_ratio` of those in the next `bad_s`, lived or real.
    conflict_ratio  of all writes come too late.
    scope           "analyst:all" shows analysts everything, "admin:none" shows admins nothing, and so on.
    hides           so much of the queue is left out.
    unaudited       users (comma-separated; "everyone") whose doings leave no event.
    late_writes     what a write for an old version does beside its 409: "change" the row; "accept": no 409 either.
    bump            so much is added to a version by a transition.
    custody         "open" lets everybody make every move.
    diverges        lists tell of a state that no row has.
    coarse_buckets  the histogram has lost its bounds between 250 ms and 5 s.
    """

    requests_per_minute: float = REQUESTS_PER_MINUTE
    writes_per_minute: float = WRITES_PER_MINUTE
    queue_p95_s: float = 0.19
    slow_calls: int = 0
    error_ratio: float = 0.0
    errors_at: str = ""
    bad_ratio: float = 0.0
    bad_s: float = 60.0
    conflict_ratio: float = CONFLICT_RATIO
    scope: str = ""
    hides: float = 0.0
    unaudited: str = ""
    late_writes: str = ""
    bump: int = 1
    custody: str = ""
    dedupe_broken: bool = False
    diverges: bool = False
    coarse_buckets: bool = False


def latency(levers: OpsViewLevers, call: Call) -> Latency:
    """How long does such a request take?"""
    if call.route == FLAGS:
        return Latency.of_p95(0.02)
    return Latency.of_p95(levers.queue_p95_s if call.route == QUEUE else 0.16)


def fails_at(levers: OpsViewLevers, call: Call) -> bool:
    """Do the errors that are wanted fall upon such requests?"""
    kinds = {"": True, "reads": call.method == "GET", "writes": call.method != "GET", "queue": call.route == QUEUE}
    return call.route != FLAGS and kinds[levers.errors_at]


class Model:
    """What one replica answers in a span: how often, with which code, how fast."""

    def __init__(self, random: Random, levers: OpsViewLevers, ratio: Callable[[Call, float], float]) -> None:
        self._random, self._levers, self._ratio = random, levers, ratio
        self.failures: list[tuple[float, Call]] = []

    def life(self, span: Span, counted: str, timed: str, *, writes: bool) -> Life:
        """How do the two families of these names grow?"""
        grown: dict[Labels, list[float]] = defaultdict(lambda: [0.0] * span.steps)
        bursts: dict[Labels, Sequence[Burst]] = {}
        for call, numbers in self._calls(span, writes=writes):
            takes = latency(self._levers, call)
            bursts[call.method, call.route] = [Burst(number, takes) for number in numbers]
            late = self._late_ratio(call)
            owed = {"500": 0.0, "409": 0.0}
            for step, (number, at) in enumerate(zip(numbers, span.times(), strict=True)):
                left = number
                for code, share in (("500", self._ratio(call, at)), ("409", late)):
                    owed[code] += number * share
                    taken = min(left, int(owed[code]))
                    owed[code] -= taken
                    left -= taken
                    if taken:
                        grown[call.method, call.route, code][step] += taken
                    if taken and code == "500":
                        self.failures.append((at, call))
                grown[call.method, call.route, call.code][step] += left
        return Life({counted: grown}, {timed: bursts})

    def _calls(self, span: Span, *, writes: bool) -> Iterator[tuple[Call, list[int]]]:
        for call, share in READS.items():
            yield call, arrivals(self._random, self._levers.requests_per_minute * share / REPLICAS, span)
        for call, share in WRITES.items() if writes else ():
            per_step = self._levers.writes_per_minute * share / REPLICAS * span.step_s / 60
            # Few a step: evenly, so that many steps hold as many as there are.
            begun = self._random.random()
            yield call, [int(begun + (i + 1) * per_step) - int(begun + i * per_step) for i in range(span.steps)]

    def _late_ratio(self, call: Call) -> float:
        return self._levers.conflict_ratio / _TRANSITIONS if call.method == "PATCH" else 0.0
