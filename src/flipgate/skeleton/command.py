"""flipgate new-runbook: writes the folder of a runbook that runs as it stands."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from flipgate.core.errors import Refused, visible
from flipgate.skeleton.features import feature
from flipgate.skeleton.metadata import environment, runbook, sections
from flipgate.skeleton.plan import Plan, planned


def new_runbook(
    name: Annotated[str, typer.Argument(help="its folder under features/, and its word for pytest -m")],
    title: Annotated[str, typer.Option(help="how reports call it")] = "",
    flag: Annotated[list[str] | None, typer.Option(help="a flag that it flips; again for the next, in order")] = None,
    stage: Annotated[list[str] | None, typer.Option(help="only this stage; may be given again")] = None,
    owner: Annotated[str, typer.Option(help="who answers for its gates")] = "operator",
) -> None:
    """Begin a runbook: metadata, a feature for each stage, and an environment to fill in. Overwrites nothing."""
    plan = planned(name, title, flag or (), owner, stage or ())
    for path in written(plan, Path.cwd()):
        typer.echo(path)
    typer.echo(f"next: docs/write-a-runbook.md; its stages: {', '.join(plan.stages)}")


def written(plan: Plan, root: Path) -> list[str]:
    """Which files were written, as paths in the project? All of them, or none.

    Errors: Refused where this is no project, something of the name is there, or the place cannot be written.
    """
    features, example = root / "features", root / "environments" / f"{plan.name}.example.toml"
    if not (features.is_dir() and example.parent.is_dir()):
        raise Refused("no features/ and environments/ in this folder: run it where the project's README.md lies")
    folder = features / plan.name
    for path in (folder, example):
        if path.exists() or path.is_symlink():
            raise Refused(f"{path.relative_to(root)} is there already, and nothing is overwritten")
    try:
        _write(folder, example, files(plan), environment(plan))
    except OSError as error:
        raise Refused(
            f"{visible(str(error.filename or folder))} cannot be written: {visible(str(error.strerror))}"
        ) from error
    return [str(path.relative_to(root)) for path in (*(folder / name for name in files(plan)), example)]


def files(plan: Plan) -> dict[str, str]:
    """Which files make the runbook's folder, by name?"""
    features = {f"{stage}.feature": feature(plan, stage, number) for number, stage in enumerate(plan.stages, start=1)}
    return {"runbook.toml": runbook(plan), "sections.toml": sections(plan), **features}


def _write(folder: Path, example: Path, texts: Mapping[str, str], environment: str) -> None:
    """Written aside, then put in its place: by two calls that fail where something is there."""
    with tempfile.TemporaryDirectory(prefix=".new-runbook-", dir=folder.parent) as aside:
        whole, beside = Path(aside) / folder.name, Path(aside) / example.name
        whole.mkdir()
        for name, text in texts.items():
            (whole / name).write_text(text, encoding="utf-8")
        beside.write_text(environment, encoding="utf-8")
        example.hardlink_to(beside)
        try:
            whole.rename(folder)
        except OSError:
            example.unlink()
            raise
