"""flipgate: what is done with the ledger after a run, and the daily reconciliation report. Reads and files only."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from flipgate.core.errors import Refused, visible
from flipgate.core.redaction import redacted
from flipgate.core.verdict import REFUSED_STATUS, Verdict
from flipgate.reconcile.command import reconcile
from flipgate.signing import add_to
from flipgate.skeleton.command import new_runbook

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)


@app.callback()
def flipgate() -> None:
    """An executable go/no-go for feature-flag cutovers: what is done beside its runs. Reads and files only."""


@app.command()
def report(
    env: Annotated[str, typer.Option(help="the environment, by its name under reports/")],
    runbook: Annotated[str, typer.Option(help="needed where the environment has ledgers of several")] = "",
    run: Annotated[list[str] | None, typer.Option(help="only this run; may be given again")] = None,
) -> None:
    """Make one HTML file of a whole cutover, or of the runs named; its path is the last line."""
    from flipgate.evidence.report import report as made

    typer.echo(made(_ledger(_reports(), env, runbook), run or ()))


@app.command()
def attest(  # noqa: PLR0913, PLR0917  its parameters are the command's options
    box: Annotated[str, typer.Argument(help="the number of a box that a person owns")],
    env: Annotated[str, typer.Option(help="the environment, by its name under reports/")],
    by: Annotated[str, typer.Option(help="whose word it is")],
    note: Annotated[str, typer.Option(help="what is attested, in your words")],
    runbook: Annotated[str, typer.Option(help="needed where the environment has ledgers of several")] = "",
    file: Annotated[Path | None, typer.Option(help="a file that shows it; its digest is kept")] = None,
    expires: Annotated[str, typer.Option(help="until when it holds; without: until the next flip")] = "",
    when: Annotated[str, typer.Option(help="when it was done: a time with its zone")] = "",
) -> None:
    """Give your word that a box of the sign-off list is done; sign_off reads it in the ledger."""
    from flipgate.evidence.attest import Times
    from flipgate.evidence.attest import attest as given

    record = given(_ledger(_reports(), env, runbook), box, by, note, file, Times(expires, when))
    typer.echo(f"box {visible(box)} is attested by {visible(by)}; record {record.run}")


@app.command()
def waive(  # noqa: PLR0913, PLR0917  its parameters are the command's options
    what: Annotated[str, typer.Argument(help="a box's number, or a gate's title or id")],
    env: Annotated[str, typer.Option(help="the environment, by its name under reports/")],
    by: Annotated[str, typer.Option(help="who waives it")],
    owner: Annotated[str, typer.Option(help="who answers for it")],
    reason: Annotated[str, typer.Option(help="why it is left as it is")],
    expires: Annotated[str, typer.Option(help="until when: a date, or a time with its zone")],
    runbook: Annotated[str, typer.Option(help="needed where the environment has ledgers of several")] = "",
) -> None:
    """Say that a box or gate is knowingly left as it is. It is shown first everywhere, and makes nothing GO."""
    from flipgate.evidence.attest import waive as given

    record = given(_ledger(_reports(), env, runbook), what, by, owner, reason, expires)
    typer.echo(f"{visible(what)} is waived, not GO; record {record.run}")


def _reports() -> Path:
    """Where runs wrote: `reports/`, or where FLIPGATE_REPORTS says."""
    return Path.cwd() / (os.environ.get("FLIPGATE_REPORTS") or "reports")


app.command()(reconcile)
app.command()(new_runbook)


@app.command()
def doctor(env: Annotated[str, typer.Option(help="the environment, by its file's name")]) -> None:
    """Tell what an environment's credentials may do beyond reading, each with the command that mends it."""
    from flipgate.doctor import examined, told

    found, audit = examined(env, Path.cwd() / "environments")
    typer.echo("\n".join(told(found, audit)))
    beyond = bool(audit.rights) and found.allow_write_capable is None
    raise typer.Exit(REFUSED_STATUS if beyond else Verdict.HOLD.exit_status if audit.unanswered else 0)


@app.command()
def glossary(
    *, write: Annotated[bool, typer.Option("--write", help="into features/README.md, not to the terminal")] = False
) -> None:
    """Tell the sentences that a gate may be spoken in, from steps/, each with its meaning and an example."""
    from flipgate.plugin import glossary as made

    if write:
        typer.echo(f"{made.PAGE}: {'written' if made.write(Path.cwd()) else 'as it was'}")
    else:
        typer.echo(made.glossary(Path.cwd()), nl=False)


def _ledger(reports: Path, environment: str, runbook: str) -> Path:
    """Names are looked up among those that exist, so that none of them is a path."""
    ledgers = {(path.parts[-3], path.parts[-2]): path for path in sorted(reports.glob("*/*/ledger.jsonl"))}
    found = [path for (where, what), path in ledgers.items() if where == environment and runbook in ("", what)]
    if len(found) == 1:
        return found[0]
    known = ", ".join(f"--env {where} --runbook {what}" for where, what in ledgers) or "none"
    raise Refused(f"{len(found)} ledgers for --env {visible(environment)}; there are: {known}")


add_to(app, _ledger, _reports)


def main() -> None:
    """The command line's entry: what cannot be done is said in one sentence, exit 30."""
    try:
        app()
    except (Refused, OSError) as error:
        sys.stderr.write(redacted(f"refused: {error}\n"))
        sys.exit(REFUSED_STATUS)


if __name__ == "__main__":
    main()
