"""flipgate sign-off, verify, keys: what is sealed at the end of a cutover, and how anybody checks it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flipgate.config.environment import Environment
from flipgate.config.load import environment, read
from flipgate.config.provision import HANDED_DOWN, Provisioned
from flipgate.config.references import secret
from flipgate.config.secret import Secret
from flipgate.core.errors import NoAnswer, Refused, visible
from flipgate.core.redaction import redacted
from flipgate.core.verdict import Verdict

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    from flipgate.evidence.pack.verify import Verified

KEY_HELP = "the private key (default: signing.key in flipgate's folder of the user's configuration)"
PHRASE_HELP = 'what opens the key, by reference: "env:NAME" or "file:PATH"'
POST_HELP = 'with --post: what may write comments there, by reference: "env:NAME" or "file:PATH"'
LedgerOf = Callable[[Path, str, str], Path]

keys = typer.Typer(no_args_is_help=True, help="Keys that sign packs.")


def add_to(app: typer.Typer, ledger_of: LedgerOf, reports: Callable[[], Path]) -> None:
    """Give the command line its three commands; it knows where ledgers lie."""

    @app.command("sign-off")
    def sign_off(
        env: Annotated[str, typer.Option(help="the environment, by its name under reports/")],
        runbook: Annotated[str, typer.Option(help="needed where the environment has ledgers of several")] = "",
        key: Annotated[Path | None, typer.Option(help=KEY_HELP)] = None,
        passphrase: Annotated[str, typer.Option(help=PHRASE_HELP)] = "",
        post: Annotated[bool, typer.Option("--post", help="write the comment into the tracker, not only here")] = False,  # noqa: FBT002
        token: Annotated[str, typer.Option(help=POST_HELP)] = "",
    ) -> None:
        """Seal the cutover into a signed pack, show the comment for the tracker, and post it if asked to."""
        if post and not token:
            raise Refused("--post needs --token, a reference to a token that may write comments")
        ledger = ledger_of(reports(), env, runbook)
        found = _environment(env, needed=post)
        pack = _sealed(ledger, reports(), key or _default_key(), passphrase)
        verified = _checked(pack, key or _default_key())
        typer.echo((pack / "comment.md").read_text(encoding="utf-8"))
        if post and found:
            typer.echo(_posted(pack, found, token, verified))
        typer.echo(f"{verified.verdict.value}  sealed as\n{pack}")
        raise typer.Exit(verified.verdict.exit_status)

    app.command()(verify)
    app.add_typer(keys, name="keys")


@keys.command()
def new(
    path: Annotated[Path | None, typer.Argument(help="where to write it; .pub is added for the public one")] = None,
    passphrase: Annotated[str, typer.Option(help=PHRASE_HELP)] = "",
) -> None:
    """Make a key that signs packs; the public one is for those who verify."""
    from flipgate.evidence.pack.keys import new_key, public_of

    where = path or _default_key()
    name = new_key(where, _phrase(passphrase))
    typer.echo(f"{name}\nprivate {where}\npublic  {public_of(where)}")


def verify(
    pack: Annotated[Path, typer.Argument(help="the pack's folder")],
    key: Annotated[list[Path] | None, typer.Option(help="a public key that counts; may be given again")] = None,
    env: Annotated[str, typer.Option(help="the environment that it has to be of")] = "",
    comment: Annotated[Path | None, typer.Option(help="the comment as it was posted, to compare")] = None,
) -> None:
    """Compute a pack again from its records, offline: 0 it holds and says GO, 10 HOLD, 20 STOP or it does not hold."""
    from flipgate.evidence.pack import verify as verifying

    posted = comment.read_text(encoding="utf-8") if comment else ""
    asked = verifying.Asked(_pinned(key), datetime.now(UTC), env, posted)
    verified = verifying.verify(pack, asked)
    for finding in verified.findings:
        typer.echo(str(finding))
    typer.echo(_told(verified))
    raise typer.Exit(verified.verdict.exit_status)


def _told(verified: Verified) -> str:
    if verified.findings or verified.seal is None:
        return f"STOP  it does not hold: {len(verified.findings)} findings"
    seal = verified.seal
    rehearsal = ", REHEARSAL: it signs off nothing else" if seal.provisioned else ""
    sealed = f"{seal.runbook} on {visible(seal.environment)}{rehearsal}, sealed {seal.sealed_at.isoformat()}"
    signed = f"signed by {visible(verified.signer)}, {verified.records} records computed again"
    return f"{seal.verdict}  it holds: {sealed}\n{signed}"


def _environment(name: str, *, needed: bool) -> Environment | None:
    """The environment, so that its credentials are known to whoever searches the pack for them.

    One that is provisioned is gone by now, with its credentials, unless it was handed down or is asked for.
    """
    tree = read(name, Path.cwd() / "environments")
    words = tree.get("provision")
    if not words:
        return environment(name, tree, {})
    if not isinstance(words, list) or not (needed or os.environ.get(HANDED_DOWN)):
        return None
    with Provisioned([str(word) for word in words]) as provisioned:
        return environment(name, tree, provisioned.printed)


def _sealed(ledger: Path, reports: Path, key: Path, passphrase: str) -> Path:
    from flipgate.evidence.pack.keys import private_key
    from flipgate.evidence.pack.seal import Order, Quarantined, seal

    order = Order(ledger, Path.cwd(), reports, private_key(key, _phrase(passphrase)), datetime.now(UTC))
    try:
        return seal(order)
    except Quarantined as error:
        for hit in error.hits:
            typer.echo(f"credential-shown: {hit}", err=True)
        typer.echo(redacted(f"HOLD  nothing was sealed: {error}"), err=True)
        raise typer.Exit(Verdict.HOLD.exit_status) from None


def _checked(pack: Path, key: Path) -> Verified:
    """What was just sealed is verified as anybody would."""
    from flipgate.evidence.pack.keys import public_of
    from flipgate.evidence.pack.verify import Asked, verify

    verified = verify(pack, Asked(_pinned([public_of(key)]), datetime.now(UTC)))
    for finding in verified.findings:
        typer.echo(str(finding), err=True)
    return verified


def _posted(pack: Path, found: Environment, token: str, verified: Verified) -> str:
    from flipgate.evidence.pack.comment import marker
    from flipgate.evidence.pack.posting import post
    from flipgate.safety.comments import Comments

    seal = verified.seal
    if found.tracker is None or seal is None or not seal.tracker.isdecimal():
        raise Refused(f"{found.name}: no tracker in its file, or no issue number in its runbook; nothing was posted")
    issue = Comments(found.tracker, int(seal.tracker), _secret(token))
    try:
        done = post(issue, marker(seal.runbook, seal.environment), (pack / "comment.md").read_text(encoding="utf-8"))
    except NoAnswer as error:
        raise Refused(f"nothing is known to have been posted: {error}; the pack is {pack}") from error
    return f"comment {done.what}: {done.where}"


def _pinned(paths: list[Path] | None) -> Mapping[str, Ed25519PublicKey]:
    """By default the user's own public key counts, and nobody else's."""
    from flipgate.evidence.pack.keys import key_id, public_key, public_of

    own = public_of(_default_key())
    chosen = paths or ([own] if own.is_file() else [])
    return {key_id(key): key for key in map(public_key, chosen)}


def _default_key() -> Path:
    home = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(home) / "flipgate" / "signing.key"


def _phrase(reference: str) -> bytes:
    return _secret(reference).reveal().encode() if reference else b""


def _secret(reference: str) -> Secret:
    try:
        return secret(reference)
    except ValueError as error:
        raise Refused(str(error)) from error
