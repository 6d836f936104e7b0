"""Which calls answer who belongs where in an organisation, and which are the flows of the new services?"""

from __future__ import annotations

from dataclasses import dataclass

from flipgate.core.errors import NoData

LIST_TEAMS, GET_ORG_CHART, LIST_MEMBERS = "ListTeams", "GetOrgChart", "ListMembers"
PATHS = {
    LIST_TEAMS: "upsquad.tenant.v1.TenantService/ListTeams",
    GET_ORG_CHART: "upsquad.tenant.v1.TenantService/GetOrgChart",
    LIST_MEMBERS: "upsquad.member.v1.MemberService/ListMembers",
}


@dataclass(frozen=True)
class Flow:
    """One flow of the portal: the deployment that serves it, and the path of its method, the same on every protocol."""

    deployment: str
    path: str

    @property
    def full_name(self) -> str:
        return self.path.partition("/")[0]

    @property
    def names(self) -> tuple[str, ...]:
        """By which words may a sentence speak of it? Its method, its service's short name, its deployment."""
        return (self.path.partition("/")[2], self.full_name.rpartition(".")[2], self.deployment)


# Runbook §12.2.
FLOWS = (
    Flow("orgunit-service", "upsquad.orgunit.v1.OrgUnitService/GetTree"),
    Flow("context-engine", "upsquad.governance.v1.GovernanceService/ListPolicies"),
    Flow("rbac-service", "upsquad.rbac.v1.RbacService/ListRoles"),
    Flow("conflict-service", "upsquad.conflict.v1.ConflictService/ListConflicts"),
)


def flow(name: str) -> Flow:
    """Which flow goes by this name? Errors: NoData."""
    for one in FLOWS:
        if name in one.names:
            return one
    raise NoData("contract", f"no flow, service or deployment of the new services is called {name!r}")
