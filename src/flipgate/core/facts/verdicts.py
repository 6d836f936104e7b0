"""What does governance allow whom, before and after?"""

from __future__ import annotations

from dataclasses import dataclass

from flipgate.core.facts.series import SeriesSet


@dataclass(frozen=True)
class Check:
    """One question to governance, and its verdict ("ALLOW", "DENY")."""

    tenant: str
    member: str
    action: str
    resource: str
    verdict: str


@dataclass(frozen=True)
class VerdictSample:
    """A sample of checks over all tenants, on which all addresses agreed."""

    addresses: tuple[str, ...]
    checks: tuple[Check, ...]


@dataclass(frozen=True)
class OtherVerdict:
    """A check of the sample that an address now answers otherwise. policy: the one that it names for it."""

    address: str
    asked: Check
    verdict: str
    policy: str


@dataclass(frozen=True)
class VerdictReading:
    """The sample, asked again at every address.

    asked   how many checks each address was asked.
    others  the first of the answers that differ (at most 20); `differing` counts them all.
    layers  by address: how many layers its answers say that they took, and how many answers.
    """

    asked: int
    others: tuple[OtherVerdict, ...]
    differing: int
    layers: dict[str, dict[str, int]]


@dataclass(frozen=True)
class DenyReading:
    """Verdicts of the cascade as its counter has them, beside those of the sample.

    evaluations             raw samples, with the label `verdict`.
    sample, sample_denied   checks captured at the baseline, and how many of them were denied.
    """

    evaluations: SeriesSet
    sample: int
    sample_denied: int
