"""What do services say of their own health?"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class HealthAnswer:
    """One address asked for one name.

    name    "" is the whole server's.
    status  as in grpc.health.v1, or the code that the call failed with.
    """

    service: str
    address: str
    name: str
    status: str
    detail: str = ""


@dataclass(frozen=True)
class HealthReading:
    """Every address of every service, each asked by itself for the empty name and its own.

    pods  by service: how many pods of it run in the cluster.
    """

    answers: tuple[HealthAnswer, ...]
    pods: dict[str, int]
