"""Which database does a DATABASE_URL name?"""

from __future__ import annotations

from urllib.parse import parse_qs, unquote, urlsplit

import msgspec

from flipgate.config.environment import Postgres
from flipgate.config.secret import Secret
from flipgate.core.errors import Refused

VARIABLE = "DATABASE_URL"
_WANTED = f"{VARIABLE}: postgres://user@host[:port]/database[?sslmode=…] is wanted, with :password after the user"


def database(url: str) -> Postgres:
    """Which database is it? Nothing of a URL that is refused is repeated: it holds a password.

    Errors: Refused, with what is wrong.
    """
    try:
        parts = urlsplit(url)
        options = parse_qs(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
        port = parts.port or 5432
    except ValueError:
        raise Refused(f"{_WANTED}; this one cannot be read") from None
    if parts.scheme not in ("postgres", "postgresql") or not parts.hostname or not parts.username:
        raise Refused(f"{_WANTED}; scheme, host or user is another or none")
    if unknown := sorted(set(options) - {"sslmode"}):
        raise Refused(f"{_WANTED}; of its options only sslmode is known, this one has {len(unknown)} more")
    tree = {
        "host": parts.hostname,
        "port": port,
        "dbname": unquote(parts.path.removeprefix("/")),
        "user": unquote(parts.username),
        **{name: values[-1] for name, values in options.items()},
    }
    password = Secret(unquote(parts.password or ""), f"env:{VARIABLE}")
    try:
        return msgspec.convert({**tree, "password": password}, Postgres)
    except (msgspec.ValidationError, ValueError) as error:
        raise Refused(f"{_WANTED}; {error}") from None
