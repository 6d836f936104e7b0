"""What does a process itself say on its /metrics page?"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from urllib.parse import urlsplit

from flipgate.config.environment import Exporter as ExporterBlock
from flipgate.core.clock import Clock
from flipgate.core.errors import visible
from flipgate.core.facts.series import Labels
from flipgate.core.observation import Observation
from flipgate.safety.http import Door
from flipgate.safety.reply import TEXT, Reply

_PAGE = "/metrics"
_OLDEST_STAMP_S = 60.0


@dataclass(frozen=True)
class Sample:
    """One line of the page. The value as the process wrote it, so that NaN stays visible."""

    name: str
    labels: Labels
    value: float


class Exposition:
    """The /metrics page of one process, in Prometheus' text format. An address with a path of its own is that page."""

    def __init__(self, source: str, block: ExporterBlock, clock: Clock) -> None:
        parts = urlsplit(block.url)
        self._path = parts.path if parts.path not in ("", "/") else _PAGE
        self._clock = clock
        self.source, self.deployment, self.job = source, block.deployment, block.job
        self._door = Door(source, f"{parts.scheme}://{parts.netloc}", r"/[\w./-]+")

    def page(self) -> Observation[tuple[Sample, ...]]:
        """Which samples are on the page now?

        Errors: Unreachable; Malformed: another content type, a broken last line, a line that is no sample, the same
                series twice, a sample with a time of its own that is long past.
        """
        reply = self._door.get(self._path, kind=TEXT)
        samples = self._parsed(reply)
        counted = Counter((one.name, *sorted(one.labels.items())) for one in samples)
        if twice := [key for key, count in counted.items() if count > 1]:
            raise reply.malformed(f"the series {visible(str(twice[0]))} is there more than once")
        return Observation(samples, "samples", self.source, (reply.asked,), self._clock.now())

    def _parsed(self, reply: Reply) -> tuple[Sample, ...]:
        from prometheus_client.parser import text_string_to_metric_families

        text = reply.text()
        if not text.endswith("\n"):
            raise reply.malformed("the page ends inside a line")
        try:
            found = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
        except (ValueError, KeyError, IndexError, AttributeError) as error:
            raise reply.malformed(f"not Prometheus' text format: {visible(str(error))}") from None
        oldest = self._clock.to_unix(self._clock.now()) - _OLDEST_STAMP_S
        if any(float(sample.timestamp) < oldest for sample in found if sample.timestamp is not None):
            raise reply.malformed("it holds samples of a time long past")
        return tuple(Sample(sample.name, dict(sample.labels), float(sample.value)) for sample in found)


def of(name: str, page: tuple[Sample, ...]) -> tuple[Sample, ...]:
    """Which samples of a page have this name?"""
    return tuple(sample for sample in page if sample.name == name)
