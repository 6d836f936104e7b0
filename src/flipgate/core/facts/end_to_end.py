"""Do the services answer the same over Connect, through the gateway, and over gRPC, address by address?"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CallAnswer:
    """One whole answer, all pages walked.

    method   "ListRoles".
    way      "Connect" or "gRPC", with the address that was asked.
    code     "ok", or the protocol's error code in lower case; "" where there was no usable answer.
    detail   of an error, in its sender's words.
    records  how many the answer holds; a tree's nodes are its records.
    sha256   of the records in canonical form; "" without an answer.
    """

    method: str
    way: str
    code: str
    detail: str = ""
    records: int = 0
    sha256: str = ""


@dataclass(frozen=True)
class EndToEnd:
    """Every method over every way. unsettled: methods whose records changed while they were asked."""

    answers: tuple[CallAnswer, ...]
    unsettled: tuple[str, ...] = ()
