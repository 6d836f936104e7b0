"""The boxes of each runbook's sign-off list, by their numbers, as their scenarios are titled."""

from types import MappingProxyType

BOXES = MappingProxyType(
    {
        1: "Box 1, Founder: the pre-flight of §3 is complete",
        2: "Box 2, Founder: step 1 is flipped and §7.1 is green",
        3: "Box 3, Founder: the health of the shim (§7.2) is confirmed",
        4: "Box 4, Founder: the portal smoke tests of §7.3 passed",
        5: "Box 5, Founder: step 4 is flipped and §7.4 is green",
        6: "Box 6, Founder: step 5 is flipped and §7.5 is green",
        7: "Box 7, Founder: the soak of §8 is complete",
        8: "Box 8, DevOps: the post-soak reconciliation report is attached in #570",
        9: "Box 9, Principal Architect: the soak evidence is reviewed, no outstanding concerns",
        10: "Box 10, Project Manager: #692 and the parent tracker of §10.2 are closed",
    }
)
OPS_BOXES = MappingProxyType(
    {
        1: "Box 1, Ops team: the entry criteria of stage A were met",
        2: "Box 2, Ops team: stage A is enabled and its smoke procedure was green",
        3: "Box 3, Ops team: stage B had leave to begin",
        4: "Box 4, Ops team: stage B is enabled and its smoke procedure was green",
        5: "Box 5, Ops team: the exit criteria of stage B were met over two days",
        6: "Box 6, Ops team: the move of reads was announced before stage A",
        7: "Box 7, Ops team: the first day of stage A was reported",
        8: "Box 8, Ops team: the move of writes was announced before stage B",
        9: "Box 9, Ops team: the release was announced two days into stage B",
        10: "Box 10, Ops team: each rollback was told to those it concerns",
    }
)
