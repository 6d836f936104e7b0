"""What may the suite's user do to the flag store?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import redis

from flipgate.core.errors import Unreachable, visible
from flipgate.probes.rights import Right
from flipgate.safety.redis_rights import allowed, is_open

if TYPE_CHECKING:
    from flipgate.config.environment import Redis

READER = (
    "resetkeys %R~{prefix}:* resetchannels -@all +get +mget +strlen +type +ttl +exists +ping +hello +auth"
    " +time +info +role +client|setname +client|setinfo"
)


def rights(block: Redis) -> tuple[Right, ...]:
    """Which rights beyond reading has this user, and does the server serve whoever names none?

    Errors: Unreachable.
    """
    source = f"redis {block.host}:{block.port}"
    try:
        kinds: dict[str, str] = {}
        for attempt in allowed(block):
            kinds.setdefault(attempt.right, " ".join(attempt.words[: 2 if attempt.words[0] in _TWO_WORDS else 1]))
        everybody = is_open(block)
    except redis.RedisError as error:
        raise Unreachable(source, visible(str(error)), "SET, DEL … of what is not there") from error
    mend = f"ACL SETUSER {block.username} {READER.format(prefix=block.key_prefix)}"
    found = [
        Right(source, kind, f"{block.username} {kind} ({word} is not refused)", mend) for kind, word in kinds.items()
    ]
    if everybody:
        what = "whoever names no user is served, as the user default; RESET makes everybody that"
        found.append(Right(source, "default user", what, "ACL SETUSER default off"))
    return tuple(found)


_TWO_WORDS = ("ACL", "CONFIG", "CLIENT", "SCRIPT")
