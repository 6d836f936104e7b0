"""How long did calls take that were asked for nothing but their latency?"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class AddressSamples:
    """The calls of one address.

    sent          how many were sent; those that failed have no latency.
    latencies_ms  from the moment that each call was meant to start to its answer.
    null_ms       the same of calls that do nothing, sent in between: what client and network take by themselves.
    """

    address: str
    sent: int
    failed: int
    latencies_ms: tuple[float, ...]
    null_ms: tuple[float, ...]


@dataclass(frozen=True)
class LatencySamples:
    """Latencies of an operation, address by address, where the environment asks for samples of their own.

    wanted            samples at each address; 0 where the environment does not ask for any.
    rate_per_s        at which calls were started, whether earlier ones had been answered or not.
    histogram         the histogram that serves where no samples are wanted, and how many series it has then.
    """

    operation: str
    wanted: int
    rate_per_s: float
    addresses: tuple[AddressSamples, ...]
    histogram: str
    histogram_series: int
