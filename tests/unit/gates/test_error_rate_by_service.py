"""One path that fails alone: the gateway's mean hides it, its own rate does not."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

import pytest

from flipgate.core.facts.series import Series
from flipgate.core.judgement import Judgement
from flipgate.core.verdict import Verdict
from flipgate.gates.error_rate import every_service_must_stay_below, must_stay_below
from tests.unit.gates.given import GO, HOLD, NAN, STOP, last, says, scraped, seen, series_set, up

FIGURES = {"limit_ratio": 0.001, "window_s": 900.0, "minute_requests": 100}
SCRAPES = 61  # fifteen minutes


def service(name: str, each: float, code: str = "200", at: int | None = None) -> Series:
    return counted([each if at in (None, index) else 0.0 for index in range(SCRAPES - 1)], code, service=name)


def counted(grown: Sequence[float], code: str, **labels: str) -> Series:
    return scraped({"code": code, "instance": "gw-1", **labels}, accumulate(grown, initial=5.0))


# 100 requests in each minute; in one of them one fails.
BARELY = counted([24.0 if index == 30 else 25.0 for index in range(SCRAPES - 1)], "200", service="RbacService")

AT_LIMIT = counted([249.0 if index == 30 else 250.0 for index in range(SCRAPES - 1)], "200", service="RbacService")


def judged(*series: Series) -> Judgement:
    its = seen(series_set(*series, scrapes=(up("gw-1", SCRAPES),)), last(900))
    return every_service_must_stay_below(its, **FIGURES)


BUSY = service("TenantService", 2500)


@pytest.mark.parametrize(
    ("series", "verdict", "told"),
    [
        ((BUSY, service("RbacService", 3)), GO, "RbacService, TenantService"),
        ((BUSY, service("RbacService", 3), service("RbacService", 2, "503", at=30)), STOP, "RbacService 503 ×2"),
        ((BUSY, service("RbacService", 250), service("RbacService", 1, "500", at=30)), GO, "none above it"),
        ((BUSY, service("RbacService", 249), service("RbacService", 1, "500", at=30)), STOP, "RbacService 500 ×1"),
        ((BUSY, BARELY, service("RbacService", 1, "500", at=30)), STOP, "1 of 100 requests"),
        ((BUSY, AT_LIMIT, service("RbacService", 1, "500", at=30)), STOP, "0.1 % (1 of 1 000 requests)"),
        ((BUSY, counted([5.0] * 60, "503")), STOP, "unknown service 503"),
        ((BUSY, service("RbacService", 3, "503", at=30)), HOLD, "too little traffic"),
        ((BUSY, service("RbacService", NAN)), HOLD, "no count"),
        ((), HOLD, "no service was called"),
    ],
)
def test_each_service_by_itself(series: tuple[Series, ...], verdict: Verdict, told: str) -> None:
    says(judged(*series), verdict, told)


def test_the_mean_of_all_hides_it() -> None:
    series = (BUSY, service("RbacService", 3), service("RbacService", 2, "503", at=30))
    its = seen(series_set(*series, scrapes=(up("gw-1", SCRAPES),)), last(900))
    says(must_stay_below(its, **FIGURES), GO)


def test_an_unknown_time_of_the_flip_is_hold() -> None:
    says(every_service_must_stay_below(seen(series_set(BUSY)), **FIGURES), HOLD, "unknown")
