"""The same four questions about an organisation, asked of the legacy tables and of their mirror.

The answers are equal, byte for byte, as long as the rows are: ids are shared, and every list is ordered by id.
"""

from dataclasses import dataclass
from typing import LiteralString


@dataclass(frozen=True)
class OrgReads:
    """SQL by question. Parameters: tenant, and for the two lists the id to begin after and the number of rows."""

    teams: LiteralString
    members: LiteralString
    pillars: LiteralString
    memberships: LiteralString


LEGACY = OrgReads(
    teams="""
        select t.id, t.name, t.pillar_id, coalesce(t.lead_member_id, ''),
            (select count(*) from team_memberships m where m.tenant_id = t.tenant_id and m.team_id = t.id)
        from teams t where t.tenant_id = %s and t.id > %s order by t.id limit %s""",
    members="""
        select m.id, m.display_name, m.email, coalesce(own.team_id, ''), coalesce(own.role, '')
        from members m left join lateral (
            select team_id, role from team_memberships t where t.tenant_id = m.tenant_id and t.member_id = m.id
            order by team_id limit 1) own on true
        where m.tenant_id = %s and m.id > %s order by m.id limit %s""",
    pillars="select id, name from pillars where tenant_id = %s order by id",
    memberships="select team_id, member_id from team_memberships where tenant_id = %s order by team_id, member_id",
)

MIRROR = OrgReads(
    teams="""
        select t.id, t.name, coalesce(t.parent_id, ''), coalesce(
            (select min(member_id) from org_unit_memberships m
             where m.tenant_id = t.tenant_id and m.org_unit_id = t.id and m.role = 'lead'), ''),
            (select count(*) from org_unit_memberships m where m.tenant_id = t.tenant_id and m.org_unit_id = t.id)
        from org_units t where t.tenant_id = %s and t.kind = 'team' and t.id > %s order by t.id limit %s""",
    members="""
        select m.id, m.display_name, m.email, coalesce(own.org_unit_id, ''), coalesce(own.role, '')
        from members m left join lateral (
            select org_unit_id, role from org_unit_memberships t where t.tenant_id = m.tenant_id and t.member_id = m.id
            order by org_unit_id limit 1) own on true
        where m.tenant_id = %s and m.id > %s order by m.id limit %s""",
    pillars="select id, name from org_units where tenant_id = %s and kind = 'pillar' order by id",
    memberships="""
        select org_unit_id, member_id from org_unit_memberships where tenant_id = %s order by org_unit_id, member_id""",
)
