"""How does the feature of each stage begin? With sentences that exist, about the runbook's own flags.

Limits are examples, literal in the text: whoever writes the runbook sets them there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from flipgate.skeleton.boxes import sign_off
from flipgate.skeleton.plan import Plan

_CLOCKS = ("Given every server's clock is within 2 seconds of this machine's",)
_REQUESTS = (
    "Then its scrapes have no gap of more than 2 missed ones, else hold",
    "And its requests are at least 100, else hold",
)


def feature(plan: Plan, stage: str, section: int) -> str:
    """What does the feature of this stage hold?"""
    kind, _, number = stage.rpartition("_flip_")
    told = _FLIPS[kind](plan, int(number)) if kind else _OTHERS[stage](plan)
    tags = f"@{plan.name} @{stage} @section:{section} @owner:{plan.owner}"
    return "\n".join((tags, *told)) + "\n"


def scenario(title: str, advice: Iterable[str], steps: Iterable[str]) -> Iterator[str]:
    """Which lines make this scenario?"""
    yield ""
    yield f"  Scenario: {title}"
    yield from (f"    {line}" for line in advice)
    yield ""
    yield from (f"    {line}" for line in steps)


def _background(*steps: str) -> Iterator[str]:
    yield ""
    yield "  Background:"
    yield from (f"    {line}" for line in steps)


def _stand(flags: Sequence[str], *, on: int) -> Iterator[str]:
    """The first `on` of them are true. One that is not yet true is worth waiting for, unless a later one is."""
    yield "When the flags are read on every surface"
    yield "Then the flags stand in their order"
    yield from (f'And "{flag}" reads true, else hold' for flag in flags[:on])
    yield from (f'And "{flag}" reads false' for flag in flags[on:])


def _preflight(plan: Plan) -> Iterator[str]:
    yield f"Feature: {plan.name} may begin"
    yield "  What has to be true before the first flip, and why: say it here, for who reads it at two in the morning."
    yield from scenario(
        f"Before the first flip of {plan.name} every flag of it is off",
        (
            "STOP: a flag is ahead. Set it back to false, then run the preflight again.",
            "HOLD: make the surfaces agree: each one that reads another value is named above.",
        ),
        _stand(plan.flags, on=0),
    )
    yield from scenario(
        f"No alert of {plan.name} is open before its first flip",
        (
            "STOP: flip nothing. Resolve the alert named above at its cause; a silence resolves nothing.",
            "HOLD: nobody would hear an alert. Repair the way from Prometheus to Alertmanager.",
        ),
        (
            "When the alerts and their rules are read",
            f'Then no "{plan.name}" alert is open',
            "And the watchdog fires, else hold",
        ),
    )
    yield from scenario(
        f"The first flip of {plan.name} falls into the agreed change window",
        (
            "STOP: wait for the window named above, or agree on another one.",
            "HOLD: agree on a change window and write it into the environment's file.",
        ),
        ("When the agreed change window is looked up", "Then it is open now"),
    )


def _before(plan: Plan, flip: int) -> Iterator[str]:
    earlier = f"after_flip_{flip - 1}"
    green = [f'Given the stage "{earlier}" was GO in the last 24 hours'] if earlier in plan.stages else []
    yield f"Feature: Flip {flip} of {plan.name} waits for the one before it"
    yield from scenario(
        f"The flags of {plan.name} are ready for flip {flip}",
        (
            "STOP: the order is broken. Set the flag that is ahead back to false.",
            f"HOLD: run {earlier} until it is GO, and make the surfaces agree; then run this stage again.",
        ),
        (*green, *_stand(plan.flags, on=flip - 1)),
    )


def _after(plan: Plan, flip: int) -> Iterator[str]:
    flag, earlier = plan.flags[flip - 1], "preflight" if flip == 1 else f"before_flip_{flip}"
    green = [f'Given the stage "{earlier}" was GO at most 24 hours before the flip of "{flag}"']
    yield f"Feature: Flip {flip} of {plan.name} does no harm"
    yield "  What would show first if it did, and how long that takes: say it here."
    yield from _background(*_CLOCKS)
    yield from scenario(
        f"Flip {flip} of {plan.name} changed its flag and no other",
        (
            f"STOP: the order is broken. Set what is ahead, then {flag}, back to false; run the rollback stage.",
            f"HOLD: not flipped, not on every surface, or {earlier} was not GO before it: what it is stands above.",
        ),
        (
            *(green if earlier in plan.stages else ()),
            *_stand(plan.flags, on=flip),
        ),
    )
    yield from scenario(
        f"The error rate keeps its limit after flip {flip} of {plan.name}",
        (
            f"STOP: set {flag} back to false, then run the rollback stage.",
            "HOLD: not enough time, traffic or scrapes yet: read again at the time named.",
        ),
        _error_rate(flag, "10 minutes"),
    )


def _error_rate(flag: str, passed: str) -> tuple[str, ...]:
    return (
        f'Given "{flag}" reads true',
        f'And {passed} have passed since the flip of "{flag}"',
        f'When the requests at the gateway since the flip of "{flag}" are read',
        *_REQUESTS,
        "And its error rate stays below 0.5 % in every 10 minutes and every minute of 100 requests",
    )


def _soak(plan: Plan) -> Iterator[str]:
    flag = plan.flags[-1]
    yield f"Feature: {plan.name} passes a whole day without a complaint"
    yield from _background(*_CLOCKS)
    yield from scenario(
        f"No flag was touched in the soak of {plan.name}",
        (
            "STOP: the soak is void. Find out who flipped what is named above, and why; begin it anew.",
            "HOLD: the flips cannot be told: state them with --flipped-at, or make the database answer.",
        ),
        ("When the flips so far are looked up", f'Then no other flag changed since the flip of "{flag}"'),
    )
    yield from scenario(
        f"The error rate keeps its limit through the soak of {plan.name}",
        (
            f"STOP: set {flag} back to false, then run the rollback stage.",
            "HOLD: what was not measured is not known: wait until the time named, or find the gap.",
        ),
        _error_rate(flag, "24 hours"),
    )


def _rollback(plan: Plan) -> Iterator[str]:
    yield f"Feature: The way back of {plan.name} works"
    yield from _background(*_CLOCKS)
    yield from scenario(
        f"A rollback of {plan.name} leaves its flags in their order",
        (
            "STOP: a later flag is still true: set it back to false, the latest first.",
            "HOLD: the flip back is not in force on every surface yet: each one is named above.",
        ),
        (
            "When the flags are read on every surface",
            "Then the flags stand in their order",
            f'And "{plan.flags[-1]}" reads false, else hold',
        ),
    )
    yield from scenario(
        f"The error rate is back below its limit after a rollback of {plan.name}",
        (
            "STOP: the errors go on without the flag: its flip was not their cause. Escalate.",
            "HOLD: not enough time, traffic or scrapes since the flip back: read again at the time named.",
        ),
        (
            "Given 10 minutes have passed since the last flip back",
            "When the requests at the gateway since the last flip back are read",
            *_REQUESTS,
            "And its error rate is back below 0.5 % for the last 10 minutes",
        ),
    )


def _sign_off(plan: Plan) -> Iterator[str]:
    yield f"Feature: Every box of {plan.name} is ticked by its owner"
    for number, box in enumerate(sign_off(plan), start=1):
        advice = (f"HOLD: {box.advice}",)
        yield from scenario(f"Box {number}, {box.owner}: {box.claim}", advice, box.steps)


_FLIPS: dict[str, Callable[[Plan, int], Iterator[str]]] = {"before": _before, "after": _after}
_OTHERS: dict[str, Callable[[Plan], Iterator[str]]] = {
    "preflight": _preflight,
    "soak": _soak,
    "rollback": _rollback,
    "sign_off": _sign_off,
}
