"""Which flags does each process of a deployment serve, and since when?"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from flipgate.core.facts.history import Flip


@dataclass(frozen=True)
class Served:
    """What one process says of itself. `values`: flag -> exact text; started_at: world time."""

    address: str
    pod: str
    started_at: datetime
    values: dict[str, str]


@dataclass(frozen=True)
class FlagsInForce:
    """Every process that answered at an address of the environment's file, beside the pods of its deployment.

    pods    that the cluster knows, running or not.
    logged  by pod: what its newest boot record said of each flag.
    flip    the newest flip of the flag that is looked at; None where none is.
    """

    served: tuple[Served, ...]
    pods: tuple[str, ...]
    logged: dict[str, dict[str, str]] = field(default_factory=dict)
    flip: Flip | None = None
