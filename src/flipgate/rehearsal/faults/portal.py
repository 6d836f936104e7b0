"""What the portal shows, logs and requests in a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flipgate.rehearsal.catalogue import GO, HOLD, STOP, Trial, Verdict, fault, look_alike
from flipgate.rehearsal.wire import Broken

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flipgate.rehearsal.world import World


_SHOWN = ("every member", "every team", "the whole org chart", "every governance policy")
_FIRST, *_OTHERS = (f"The portal shows {what}" for what in _SHOWN)
_STILL, *_STILL_OTHERS = (f"The portal still shows {what} after the soak" for what in _SHOWN)
_WAITS = "The second flip waits for the portal"


def _portal(verdict: Verdict = GO, told: str = "") -> Trial:
    return Trial("portal", _FIRST, verdict, told=told, also=tuple(_OTHERS))


def _soak(verdict: Verdict = GO, told: str = "") -> Trial:
    return Trial("soak", _STILL, verdict, told=told, also=tuple(_STILL_OTHERS))


@fault("", _portal(STOP, "TypeError: cannot read properties"))
def portal_console_error(world: World) -> Iterator[None]:
    """The portal logs an error to the console of the browser; its content is whole."""
    with world.fleet.misbehaving("portal", console_error=True):
        yield


@fault("", _portal(STOP, "/config.json: 500"))
def portal_failed_request(world: World) -> Iterator[None]:
    """The portal cannot load its own configuration, and says so politely."""
    with world.fleet.misbehaving("portal", failed_request=True):
        yield


@fault("", _portal(STOP, "639 of 640 records shown"))
def portal_hides_a_row(world: World) -> Iterator[None]:
    """The portal leaves out the last record of every list; its headings and first pages are as they were."""
    with world.fleet.misbehaving("portal", hidden_rows=1):
        yield


@fault(
    "E15",
    _portal(STOP, "6 of 640 records shown over 1 page; 640 missing"),
    Trial("before_flip_2", _WAITS, HOLD, told='stage "portal": STOP', after=("portal",)),
    _soak(STOP, "6 of 640 records shown over 1 page; 640 missing"),
)
def portal_placeholders(world: World) -> Iterator[None]:
    """The portal shows grey rows that say "Loading…" for ever: as many rows as ever, and none of them a record."""
    with world.fleet.misbehaving("portal", placeholder=True):
        yield


@fault("", _portal(HOLD, "no picture of it was kept"))
def portal_shows_token(world: World) -> Iterator[None]:
    """The portal prints the token of its user on every page."""
    with world.fleet.misbehaving("portal", shows_token=True):
        yield


@look_alike("", _portal(), _soak(), Trial("before_flip_2", _WAITS, after=("portal",)))
def portal_with_warnings(world: World) -> Iterator[None]:
    """The portal warns in the console of the browser, in words of errors, and has no icon to show."""
    with world.fleet.misbehaving("portal", console_warning=True, missing_icon=True):
        yield


@look_alike("", _portal(), _soak())
def third_party_that_is_refused(world: World) -> Iterator[None]:
    """The portal counts its visitors with somebody else, whom no request of this browser reaches."""
    with world.fleet.misbehaving("portal", third_party=True):
        yield


@look_alike("", _portal())
def slow_pages(world: World) -> Iterator[None]:
    """The gateway is 50 ms away: each page of a list shows grey rows for a while, and then its own."""
    with world.network.broken("gateway", Broken(latency_s=0.05)):
        yield
