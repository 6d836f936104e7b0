"""A DATABASE_URL names one database, or is refused without being repeated."""

from __future__ import annotations

import pytest

from flipgate.config.database_url import database
from flipgate.core.errors import Refused

HIDDEN = "hunter2"


def test_a_url_is_a_database() -> None:
    block = database(f"postgresql://flip%40gate:{'p%2Fw%3A'}@db.example.com:6432/plat%20form?sslmode=verify-full")
    assert (block.host, block.port, block.dbname, block.user) == ("db.example.com", 6432, "plat form", "flip@gate")
    assert (block.password.reveal(), block.sslmode) == ("p/w:", "verify-full")
    assert "p/w" not in repr(block)


def test_what_may_be_left_out() -> None:
    block = database("postgres://flipgate@[::1]/platform")
    assert (block.host, block.port, block.password.reveal()) == ("::1", 5432, "")


@pytest.mark.parametrize(
    "url",
    [
        HIDDEN,
        f"mysql://u:{HIDDEN}@h/d",
        f"postgres://:{HIDDEN}@h/d",
        f"postgres:///{HIDDEN}",
        f"postgres://u:{HIDDEN}@h/",
        f"postgres://u:{HIDDEN}@h:port/d",
        f"postgres://u:{HIDDEN}@h:99999/d",
        f"postgres://u:{HIDDEN}@h/d?options=-c",
        f"postgres://u:{HIDDEN}@h/d?sslmode=sometimes",
        f"postgres://u:{HIDDEN}@[h/d",
        f"host=h password={HIDDEN}",
    ],
)
def test_any_other_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(Refused, match="DATABASE_URL: postgres://user@host") as refused:
        database(url)
    assert HIDDEN not in str(refused.value)
