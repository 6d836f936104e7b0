"""What do earlier runs in this environment say: stages, flips, the baseline?

Only runs that this environment's ledger holds count, and of a baseline only one that was GO.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from flipgate.core.errors import NoData
from flipgate.core.facts.history import Flip, FlipHistory, StageResult
from flipgate.core.facts.parity import CaptureReading
from flipgate.core.facts.sign_off import Attestation, StageEvidence
from flipgate.core.facts.traffic import Reference
from flipgate.core.facts.verdicts import VerdictSample
from flipgate.core.facts.workspace import Migrations, MigrationSight
from flipgate.core.observation import Disturbance, Observation
from flipgate.core.verdict import Verdict
from flipgate.evidence.canonical import digest
from flipgate.evidence.flips import flip_of
from flipgate.evidence.words import Attested
from flipgate.gates.history import went_back

if TYPE_CHECKING:
    from flipgate.core.facts.flags import Posture
    from flipgate.plugin.run import Run
    from flipgate.probes.readings.standing import Standing

Fact = TypeVar("Fact")
_LEDGER = "ledger"


class Recall:
    """The memory of a run: what its ledger held before, and what it has seen itself."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def flip(self, flag: str, posture: Observation[Posture]) -> Flip:
        """When did this flag take the value that it has in this posture?"""
        return flip_of(flag, posture, self._run.history, self._run.flipped_at.get(flag, ""))

    def changed_at(self, posture: Observation[Posture]) -> dict[str, datetime]:
        """Since when does each flag have its value, where that is known?"""
        flips = [self.flip(flag, posture) for flag in self._run.runbook.flags]
        return {flip.flag: flip.at for flip in flips if flip.at is not None}

    def stage_before(self, stage: str, flip: Flip | None = None) -> Observation[StageResult]:
        """How did the newest run of a stage before this flip end (before now, if there was no flip)?"""
        from flipgate.probes.readings.change_window import around

        now = self._run.clock.now()
        moment = (flip and self._turned_on(flip).at) or now
        found = self._run.history.stage(stage, before=moment)
        agreed = self._run.environment.change_window
        opened_at = around(moment, agreed).opened_at if agreed else None
        return Observation(
            replace(found, asked_for=moment, window_opened_at=opened_at), "stage", _LEDGER, (f"stage {stage}",), now
        )

    def stage_between(self, stage: str, since: Flip, until: Flip | None) -> Observation[StageEvidence]:
        """How did the newest run of a stage end that began between two flips (up to now, if there is no second)?"""
        found = self._run.history.stage(stage, before=until.at if until else None, since=since.at)
        value = StageEvidence(found, since, until)
        return Observation(value, "stage", _LEDGER, (f"stage {stage}",), self._run.clock.now())

    def attestation(
        self, box: int, owner: str, flipped_at: datetime | None, beside: Flip | None = None
    ) -> Observation[Attestation]:
        """Who has given their word last that a box is done? Nobody, where the ledger holds no word of this instance."""
        value = Attestation(box, owner, "", None, "", flipped_at=flipped_at, beside=beside)
        for record, word in self._run.history.words():
            if isinstance(word, Attested) and (word.box, word.owner) == (box, owner):
                proof = word.proof.sha256 if word.proof else ""
                value = replace(
                    value,
                    by=word.by,
                    at=record.at,
                    statement=word.note,
                    proof=proof,
                    expires=word.expires,
                    done_at=word.done_at,
                )
        return Observation(value, "attestation", _LEDGER, (f"box {box}",), self._run.clock.now())

    def flips(self, posture: Observation[Posture]) -> Observation[FlipHistory]:
        """Which changes of all flags are known, and do the tables still exist that a rollback needs?"""
        order, needs = self._run.runbook.flags, self._run.runbook.rollback_needs
        tables = self._run.systems.database.table_states(needs).value if needs else ()
        flips = tuple(change for flag in order for change in self._changes(flag, posture))
        value = FlipHistory(order, flips, phase_3_begun=not all(table.exists for table in tables))
        return Observation(value, "flips", f"{_LEDGER} + {posture.source}", posture.asked, self._run.clock.now())

    def last_flip_back(self, posture: Observation[Posture]) -> Observation[Flip]:
        """Which flag was flipped back last? `at` None where none is known to have been."""
        found = self.flips(posture)
        back = [flip for flip in found.value.flips if flip.at and went_back(flip, found.value)]
        newest = max(back, key=lambda flip: flip.at or posture.taken_at, default=Flip("any flag", "false", None, ""))
        return Observation(newest, "time", found.source, found.asked, found.taken_at)

    def happened(self, before: Standing) -> Iterator[Disturbance]:
        """What is known to have happened here before this run began: flips of any flag, starts of processes?"""
        posture = before.posture
        changes = (
            [change for flag in self._run.runbook.flags for change in self._changes(flag, posture)] if posture else []
        )
        for change in changes:
            if change.at is not None:
                yield Disturbance(change.at, f'"{change.flag}" became {change.value}', change.source)
        for process in before.processes.value.running:
            if process.started_at is not None:
                yield Disturbance(process.started_at, f"{process.name} started", before.processes.source)

    def migration_sights(self) -> tuple[MigrationSight, ...]:
        """Which migrations were applied whenever a run looked, oldest first?"""
        seen = self._run.history.observations(Migrations)
        return tuple(MigrationSight(one.taken_at, tuple(sorted(one.value.applied))) for _, one in seen)

    def captured(self) -> Path:
        """Where lie the answers that the baseline captured, unchanged since?

        Errors: NoData.
        """
        run, capture = self._of_baseline(CaptureReading)
        path = self._run.folder.parent / run / capture.file
        if not path.is_file() or digest(path.read_bytes()) != capture.sha256:
            raise NoData(_LEDGER, f"the baseline's answers are gone or were changed since run {run}: {capture.file}")
        return path

    def reference(self) -> Reference:
        """Which figures did the baseline capture?

        Errors: NoData.
        """
        return self._of_baseline(Reference)[1]

    def verdict_sample(self) -> VerdictSample:
        """Which checks did the baseline capture?

        Errors: NoData.
        """
        return self._of_baseline(VerdictSample)[1]

    def _turned_on(self, flip: Flip) -> Flip:
        """The flip to true that a stage before it was run for: this one, or the newest that was flipped back since."""
        earlier = [one for one in self._run.history.flips(flip.flag) if one.value == "true"]
        return flip if flip.value == "true" or not earlier else earlier[-1]

    def _of_baseline(self, fact: type[Fact]) -> tuple[str, Fact]:
        baseline = self._run.history.stage("baseline")
        if baseline.verdict != Verdict.GO.value:
            raise NoData(_LEDGER, "no green baseline of this environment: capture one before the flip")
        found = [
            observation.value
            for record, observation in self._run.history.observations(fact)
            if record.run == baseline.run
        ]
        if not found:
            raise NoData(_LEDGER, f"the baseline of run {baseline.run} holds no {fact.__name__}")
        return baseline.run, found[-1]

    def _changes(self, flag: str, posture: Observation[Posture]) -> Iterator[Flip]:
        """Those that the ledger saw; the newest told by whoever knows it best."""
        seen = self._run.history.flips(flag, until=posture)
        newest = self.flip(flag, posture)
        yield from seen[:-1] if seen and seen[-1].value == newest.value else seen
        if seen or newest.at is not None:
            yield newest
