from __future__ import annotations

import pytest

from flipgate.core.facts.environment import Identity
from flipgate.core.judgement import Judgement
from flipgate.gates.authority import tier_must_be
from tests.unit.gates.given import GO, HOLD, STOP, says, seen


def judged(declared: str = "dev", **stated: str) -> Judgement:
    return tier_must_be(seen(Identity(declared, stated, ("prometheus",))), tier="dev")


def test_the_declared_tier_stated_by_one_system_is_go() -> None:
    says(judged(gateway="dev"), GO, "gateway")


def test_a_tier_that_no_system_states_is_hold() -> None:
    says(judged(), HOLD, "no system says", "prometheus")


@pytest.mark.parametrize("name", ["prod", "PROD", "Production", "production", "prod-eu-1", " prod"])
def test_any_system_that_calls_itself_production_is_stop(name: str) -> None:
    says(judged(gateway="dev", namespace=name), STOP, "namespace")


@pytest.mark.row("K13")
@pytest.mark.parametrize("name", ["staging", "preprod", "non-prod", "Dev", "", "product-team"])
def test_another_name_is_hold_and_shown_with_its_source(name: str) -> None:

    says(judged(gateway="dev", namespace=name), HOLD, "namespace", repr(name))


def test_another_declared_tier_is_hold() -> None:
    says(judged("staging", gateway="dev"), HOLD, "environment file")
