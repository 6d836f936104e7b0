"""What does the database of a workspace hold, and is there a backup of it?"""

from __future__ import annotations

from collections.abc import Sequence

from flipgate.core.facts.history import Flip
from flipgate.core.facts.workspace import BackupsReading, Held, MigrationHistory, Migrations, MigrationSight
from flipgate.core.facts.writes import TransitionsReading
from flipgate.core.observation import Observation
from flipgate.core.window import Window
from flipgate.probes.readings.joined import joined
from flipgate.probes.systems import Systems


def migrations(systems: Systems) -> Observation[Migrations]:
    """Which migrations are applied? Errors: NotConfigured, Unreachable."""
    seen = systems.ops_rows.migrations()
    return joined(Migrations(seen.value), "migrations", seen)


def migration_history(systems: Systems, earlier: Sequence[MigrationSight]) -> Observation[MigrationHistory]:
    """Which migrations are applied, beside what earlier runs saw? Errors: NotConfigured, Unreachable."""
    seen = migrations(systems)
    return joined(MigrationHistory(seen.value, tuple(earlier)), "migrations", seen)


def records(systems: Systems) -> Observation[Held]:
    """How many records of each kind holds the file's workspace? Errors: NotConfigured, Unreachable."""
    workspace = systems.ops_view.block.workspace
    seen = systems.ops_rows.records(workspace)
    return joined(Held(workspace, seen.value), "rows", seen)


def roles(systems: Systems) -> Observation[Held]:
    """How many people have which role in that workspace? Errors: NotConfigured, Unreachable."""
    workspace = systems.ops_view.block.workspace
    seen = systems.ops_rows.roles(workspace)
    return joined(Held(workspace, seen.value), "roles", seen)


def backups(systems: Systems, flip: Observation[Flip]) -> Observation[BackupsReading]:
    """Which backups are listed, beside this flip? Errors: NotConfigured, Unreachable, NoData."""
    database = systems.block("postgres", systems.environment.postgres).dbname
    seen = systems.backups.listed()
    found, unreadable = seen.value
    return joined(BackupsReading(database, found, unreadable, flip.value), "backups", seen, flip)


def transitions(systems: Systems, since: Window, most: int) -> Observation[TransitionsReading]:
    """Which records changed their state last in this window, and how many audit events tell of each?

    Errors: NotConfigured, Unreachable.
    """
    seen = systems.ops_rows.transitions(systems.ops_view.block.workspace, since.start, most)
    return joined(TransitionsReading(seen.value), "transitions", seen)
