"""Which procedures only read, and which few may write? Whatever else there is cannot be called, over no protocol."""

from __future__ import annotations

from dataclasses import dataclass

READ_PROCEDURES = frozenset(
    {
        "upsquad.conflict.v1.ConflictService/ListConflicts",
        "upsquad.governance.v1.GovernanceService/Check",
        "upsquad.governance.v1.GovernanceService/ListPolicies",
        "upsquad.member.v1.MemberService/ListMembers",
        "upsquad.orgunit.v1.OrgUnitService/GetTree",
        "upsquad.rbac.v1.RbacService/ListRoles",
        "upsquad.tenant.v1.TenantService/GetOrgChart",
        "upsquad.tenant.v1.TenantService/ListTeams",
    }
)
# Asked only in order to be refused (§13.1): without a token, and with one of too low a clearance. Never with a body.
REFRESH = "v1/admin/feature-flags/refresh"
TENANT = "x-upsquad-org-id"


@dataclass(frozen=True)
class Writing:
    """One procedure that writes. Nothing else of a request can be chosen.

    template  of its path: `{workspace}` is the environment's, `{id}` that of a record that the suite made itself.
    fields    what its body holds, no more and no less.
    names     the field that has to name one of the environment's test records; "" where `{id}` does.
    """

    method: str
    template: str
    fields: frozenset[str] = frozenset()
    names: str = ""


_OPS = "/api/v2.5"
# What gates that carry @writes may do, where the environment says that they may.
WRITE_PROCEDURES = {
    "create patch": Writing(
        "POST", f"{_OPS}/workspaces/{{workspace}}/patches", frozenset({"record_id", "field_key", "intent"}), "record_id"
    ),
    "move patch": Writing("PATCH", f"{_OPS}/patches/{{id}}", frozenset({"status", "version"})),
    "withdraw patch": Writing("DELETE", f"{_OPS}/patches/{{id}}"),
    "create rfi": Writing(
        "POST", f"{_OPS}/workspaces/{{workspace}}/rfis", frozenset({"question", "target_record_id"}), "target_record_id"
    ),
    "move rfi": Writing("PATCH", f"{_OPS}/rfis/{{id}}", frozenset({"custody_status", "version"})),
    "withdraw rfi": Writing("DELETE", f"{_OPS}/rfis/{{id}}"),
    "create drive batch": Writing(
        "POST", f"{_OPS}/workspaces/{{workspace}}/drive-batches", frozenset({"file_id", "revision"}), "file_id"
    ),
    "withdraw drive batch": Writing("DELETE", f"{_OPS}/drive-batches/{{id}}"),
}
