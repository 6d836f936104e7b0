"""Which procedures of the platform only read? Whatever else there is cannot be called, over no protocol."""

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
