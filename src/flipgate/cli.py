"""flipgate: what is done with the ledger after a run. Reads and files only; it never asks a system."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from flipgate.core.errors import Refused, visible
from flipgate.core.verdict import REFUSED_STATUS

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)


@app.callback()
def flipgate() -> None:
    """An executable go/no-go for feature-flag cutovers: what is done with the ledger after a run."""


@app.command()
def report(
    env: Annotated[str, typer.Option(help="the environment, by its name under reports/")],
    runbook: Annotated[str, typer.Option(help="needed where the environment has ledgers of several")] = "",
    run: Annotated[list[str] | None, typer.Option(help="only this run; may be given again")] = None,
) -> None:
    """Make one HTML file of a whole cutover, or of the runs named; its path is the last line."""
    from flipgate.evidence.report import report as made

    typer.echo(made(_ledger(Path.cwd() / "reports", env, runbook), run or ()))


def _ledger(reports: Path, environment: str, runbook: str) -> Path:
    """Names are looked up among those that exist, so that none of them is a path."""
    ledgers = {(path.parts[-3], path.parts[-2]): path for path in sorted(reports.glob("*/*/ledger.jsonl"))}
    found = [path for (where, what), path in ledgers.items() if where == environment and runbook in ("", what)]
    if len(found) == 1:
        return found[0]
    known = ", ".join(f"--env {where} --runbook {what}" for where, what in ledgers) or "none"
    raise Refused(f"{len(found)} ledgers for --env {visible(environment)}; there are: {known}")


def main() -> None:
    """The command line's entry: what cannot be done is said in one sentence, exit 30."""
    try:
        app()
    except (Refused, OSError) as error:
        sys.stderr.write(f"refused: {error}\n")
        sys.exit(REFUSED_STATUS)


if __name__ == "__main__":
    main()
