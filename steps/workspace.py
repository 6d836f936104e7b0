"""Sentences about what the database of a workspace holds."""

from flipgate.core.facts.workspace import BackupsReading, Held, MigrationHistory, Migrations
from flipgate.core.judgement import Judgement
from flipgate.core.observation import Observation
from flipgate.gates import workspace
from flipgate.plugin.scene import Scene
from flipgate.plugin.sentences import then, when
from flipgate.probes.readings import workspace as reading


@when("the applied migrations are read")
def migrations_read(scene: Scene) -> Observation[Migrations]:
    """By the table in which the database keeps them, not by files."""
    return reading.migrations(scene.systems)


@then("migration {version:name} is applied")
def migration_applied(its: Observation[Migrations], version: str) -> Judgement:
    """It stands in that table."""
    return workspace.migration_must_be_applied(its, version=version)


@when("the migrations are read beside what earlier runs saw of them")
def migrations_beside(scene: Scene) -> Observation[MigrationHistory]:
    """In this environment's ledger."""
    return reading.migration_history(scene.systems, scene.recall.migration_sights())


@then("{first:name} and {second:name} are still applied, or went back within {limit_s:duration}")
def schema_stays(its: Observation[MigrationHistory], first: str, second: str, limit_s: float) -> Judgement:
    """What went back took at most what lies between the last sight of it and the first without."""
    return workspace.schema_must_stay_or_go_back_within(its, first=first, second=second, limit_s=limit_s)


@when("the records of the workspace are counted")
def records_counted(scene: Scene) -> Observation[Held]:
    """Patches and requests for information of the workspace that the environment's file names."""
    return reading.records(scene.systems)


@when("the roles of the workspace are counted")
def roles_counted(scene: Scene) -> Observation[Held]:
    """How many people have each."""
    return reading.roles(scene.systems)


@then("it holds at least {least:count} of {kind:name}")
def holds(its: Observation[Held], least: int, kind: str) -> Judgement:
    """In this workspace, whatever others hold."""
    return workspace.must_hold(its, least=least, kind=kind)


@when("the backups are listed beside the flip of {flag:name}")
def backups_listed(scene: Scene, flag: str) -> Observation[BackupsReading]:
    """Every file of the folder that the environment's file names."""
    return reading.backups(scene.systems, scene.flip(flag))


@then("a whole one of the database was taken after that flip")
def backup_taken(its: Observation[BackupsReading]) -> Judgement:
    """Complete, not empty, of this database, and not from before."""
    return workspace.backup_must_be_younger_than_the_flip(its)
