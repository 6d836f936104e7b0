"""What does the gateway answer on the paths of the new services, and does its refresh refuse whom it has to refuse?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class RouteAnswer:
    """One answer of the gateway.

    path          "package.Service/Method", or the path of a REST endpoint.
    address       of the one replica that was asked; "" for the public address.
    status        the HTTP status; 0 where there was no answer.
    content_type  in lower case, without its parameters.
    code          the error code in a JSON body; "" without one.
    detail        how the body begins, or why there was no answer.
    """

    path: str
    address: str
    status: int
    content_type: str
    code: str
    detail: str


@dataclass(frozen=True)
class RoutesReading:
    """One answer for each path at the public address, in the order asked; then one for each path and replica."""

    answers: tuple[RouteAnswer, ...]


@dataclass(frozen=True)
class ReplicasReading:
    """What each replica of the gateway answered on one gated path; flipped_at is when the flag took its value."""

    flag: str
    answers: tuple[RouteAnswer, ...]
    flipped_at: datetime | None


@dataclass(frozen=True)
class AuditRow:
    """One row of `agent_audit_log`; created_at in world time."""

    audit_kind: str
    surface: str
    actor_user_id: str
    actor_clearance: int
    reason: str
    created_at: datetime


@dataclass(frozen=True)
class RefreshReading:
    """How the refresh answered without a token and with one of low clearance, and the rows that refreshes left."""

    without_token: RouteAnswer
    low_clearance: RouteAnswer
    rows: tuple[AuditRow, ...]
