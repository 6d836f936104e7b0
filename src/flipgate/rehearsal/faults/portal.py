"""What the portal shows, logs and requests in a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flipgate.rehearsal.catalogue import HOLD, STOP, Trial, fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flipgate.rehearsal.world import World


_GATE = "The portal shows every member"


@fault("", Trial("portal", _GATE, STOP, told="TypeError: cannot read properties"))
def portal_console_error(world: World) -> Iterator[None]:
    """The portal logs an error to the console of the browser; its content is whole."""
    with world.fleet.misbehaving("portal", console_error=True):
        yield


@fault("", Trial("portal", _GATE, STOP, told="/config.json: 500"))
def portal_failed_request(world: World) -> Iterator[None]:
    """The portal cannot load its own configuration, and says so politely."""
    with world.fleet.misbehaving("portal", failed_request=True):
        yield


@fault("", Trial("portal", _GATE, STOP, told="639 of 640 records shown"))
def portal_hides_a_row(world: World) -> Iterator[None]:
    """The portal leaves out the last record of every list; its headings and first pages are as they were."""
    with world.fleet.misbehaving("portal", hidden_rows=1):
        yield


@fault("E15", Trial("portal", _GATE, STOP, told="6 of 640 records shown over 1 page; 640 missing"))
def portal_placeholders(world: World) -> Iterator[None]:
    """The portal shows grey rows that say "Loading…" for ever: as many rows as ever, and none of them a record."""
    with world.fleet.misbehaving("portal", placeholder=True):
        yield


@fault("", Trial("portal", _GATE, HOLD, told="no picture of it was kept"))
def portal_shows_token(world: World) -> Iterator[None]:
    """The portal prints the token of its user on every page."""
    with world.fleet.misbehaving("portal", shows_token=True):
        yield
