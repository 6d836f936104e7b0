"""Which backups are there, by the files that list them?"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec

from flipgate.config.environment import Backups as BackupsBlock
from flipgate.core.clock import Clock
from flipgate.core.errors import NoAnswer, visible
from flipgate.core.facts.workspace import Backup
from flipgate.core.observation import Observation
from flipgate.safety.files import names, regular

SOURCE = "backups"
_ENDING = ".json"

Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class _Backup(msgspec.Struct):
    id: str
    kind: str
    database: str
    taken_at: Moment
    bytes: int
    complete: bool


class Backups:
    """One folder of backups."""

    def __init__(self, block: BackupsBlock, clock: Clock) -> None:
        self._folder, self._clock = Path(block.directory), clock

    def listed(self) -> Observation[tuple[tuple[Backup, ...], tuple[str, ...]]]:
        """Which backups does the folder list, and which of its files say nothing that can be read?

        Errors: NoData where there is no such folder, Unreachable.
        """
        found: list[Backup] = []
        unreadable: list[str] = []
        for name in names(self._folder, SOURCE):
            if not name.endswith(_ENDING):
                continue
            try:
                found.append(self._backup(regular(self._folder, name, SOURCE)))
            except NoAnswer as error:
                unreadable.append(f"{visible(name)}: {error.seen}")
            except (ValueError, RecursionError) as error:
                unreadable.append(f"{visible(name)}: {visible(str(error))}")
        asked = (str(self._folder / f"*{_ENDING}"),)
        return Observation((tuple(found), tuple(unreadable)), "backups", SOURCE, asked, self._clock.now())

    def _backup(self, content: bytes) -> Backup:
        one = msgspec.json.decode(content, type=_Backup)
        taken_at = self._clock.to_world(one.taken_at.astimezone(UTC))
        return Backup(visible(one.id), visible(one.kind), visible(one.database), taken_at, one.bytes, one.complete)
