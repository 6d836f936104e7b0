"""Who is at the keyboard?"""

from __future__ import annotations

import os
import pwd
import socket

from flipgate.core.errors import visible

SETTING = "FLIPGATE_OPERATOR"


def operator() -> str:
    """Who runs this: the system's own name of the user, and the host's; in CI what FLIPGATE_OPERATOR says.

    The environment's USER and LOGNAME are not asked: anybody can set them.
    """
    stated = os.environ.get(SETTING, "").strip()
    return visible(stated or f"{_user()}@{socket.gethostname()}")


def _user() -> str:
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())
