"""The boxes of the sign-off list, by their numbers, as their scenarios are titled."""

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
