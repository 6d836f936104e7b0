from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from flipgate.core.facts.flags import GLOBAL, FlagValue, Posture
from flipgate.core.observation import Observation
from flipgate.core.verdict import Verdict
from flipgate.gates.posture import flag_must_read, flags_must_stand_in_order, flip_must_be_able_to_win
from tests.unit.gates.given import GO, HOLD, NOW, STOP, ago, says, seen

FLAG = "cascade_4layer"


def held(surface: str, text: str, scope: str = GLOBAL, at: datetime | None = None, command: str = "") -> FlagValue:
    return FlagValue(FLAG, surface, scope, text, at, command)


def posture(*values: FlagValue, changed_at: datetime | None = None) -> Observation[Posture]:
    return seen(Posture((FLAG,), values, ("acme", "globex"), {FLAG: changed_at} if changed_at else {}))


def test_one_surface_with_the_exact_text_is_go() -> None:
    says(flag_must_read(posture(held("redis", "true")), flag=FLAG, value=True), GO, "true on redis global")


@pytest.mark.parametrize("text", ["True", "1", "true ", "TRUE", '"true"', "\ufefftrue", "", "on"])
def test_inexact_text_is_hold_and_shown_exactly(text: str) -> None:
    own = held("redis", text, command="SET it {value}")
    judgement = flag_must_read(posture(own), flag=FLAG, value=True)
    says(judgement, HOLD, "inexact text", "; by hand: SET it true")
    assert "\ufeff" not in judgement.seen


def test_a_trailing_blank_can_be_seen() -> None:
    says(flag_must_read(posture(held("redis", "true ")), flag=FLAG, value=True), HOLD, "'true '")


def test_an_absent_key_is_not_false() -> None:
    judgement = flag_must_read(posture(), flag=FLAG, value=False)
    says(judgement, HOLD)
    assert judgement.seen == "no platform-wide value on any surface that holds one"


def test_only_a_replica_or_a_tenant_saying_so_is_not_enough() -> None:
    values = held("redis", "true", "acme"), held("replica context-engine-1", "true")
    says(flag_must_read(posture(*values), flag=FLAG, value=True), HOLD, "no platform-wide value", "tenant acme")


def test_all_surfaces_agreeing_on_the_unwanted_value_is_stop_with_the_commands_that_change_it() -> None:
    values = (
        held("redis", "true", command="redis-cli SET ff:orgv23:cascade_4layer:global {value}"),
        held("database", "true", command="UPDATE platform_feature_flags SET value = {value}"),
    )
    judgement = flag_must_read(posture(*values), flag=FLAG, value=False)
    says(judgement, STOP, "redis global 'true'", "database global 'true'")
    says(judgement, STOP, "SET ff:orgv23:cascade_4layer:global false", "SET value = false")


def test_disagreeing_surfaces_are_hold_and_each_is_named() -> None:
    values = held("redis", "true"), held("database", "false", command="UPDATE … {value}")
    judgement = flag_must_read(posture(*values), flag=FLAG, value=True)
    told = "surfaces disagree: redis global 'true', database global 'false'; by hand: UPDATE … true"
    assert (judgement.verdict, judgement.seen) == (HOLD, told)


@pytest.mark.parametrize("surface", ["redis", "database"])
def test_a_tenant_with_another_effective_value_is_hold_and_named(surface: str) -> None:
    values = held("redis", "true"), held(surface, "false", "globex")
    told = f"redis global 'true', {surface} tenant globex 'false'; the platform's effective value is true"
    judgement = flag_must_read(posture(*values), flag=FLAG, value=True)
    assert judgement.seen == f"surfaces disagree: {told}, another for tenant globex"


def test_a_tenant_that_only_a_surface_knows_is_named_and_a_replicas_scope_is_none() -> None:
    values = held("redis", "true"), held("redis", "false", "initech"), held("replica a", "false", "here", at=NOW)
    judgement = flag_must_read(posture(*values), flag=FLAG, value=True)
    assert judgement.seen.endswith("the platform's effective value is true, another for tenant initech")


def test_a_replica_younger_than_the_flip_with_the_old_value_is_hold() -> None:
    old = held("replica context-engine-2", "false", at=ago(60))
    judgement = flag_must_read(posture(held("redis", "true"), old, changed_at=ago(300)), flag=FLAG, value=True)
    says(judgement, HOLD, "replica context-engine-2 'false'")
    at_once = held("replica context-engine-2", "false", at=ago(300))
    says(flag_must_read(posture(held("redis", "true"), at_once, changed_at=ago(300)), flag=FLAG, value=True), GO)


def test_the_boot_record_of_a_replica_older_than_the_flip_says_nothing() -> None:
    old = held("replica context-engine-2", "false", at=ago(600))
    says(flag_must_read(posture(held("redis", "true"), old, changed_at=ago(300)), flag=FLAG, value=True), GO)


def test_without_a_known_change_every_boot_record_counts() -> None:
    old = held("replica context-engine-2", "true", at=ago(600))
    says(flag_must_read(posture(held("redis", "false"), old), flag=FLAG, value=False), HOLD, "context-engine-2")


def test_only_the_redis_global_key_lets_the_flip_win() -> None:
    other = FlagValue("read_from_org_units", "database", GLOBAL, "true")
    says(flip_must_be_able_to_win(posture(held("redis", "false"), other), flag=FLAG), GO)
    says(flip_must_be_able_to_win(posture(other, held("replica a", "true")), flag=FLAG), HOLD, "no value anywhere")


@pytest.mark.parametrize(("surface", "scope"), [("redis", "acme"), ("database", GLOBAL), ("database", "acme")])
def test_a_value_that_outranks_the_flip_is_hold_and_named(surface: str, scope: str) -> None:
    values = held("redis", "false"), held(surface, "false", scope, command="SET it {value}")
    says(flip_must_be_able_to_win(posture(*values), flag=FLAG), HOLD, "outranked by", surface, "by hand: SET it true")


ORDER = ("dual_write_org_units", "read_from_org_units", "cascade_4layer", "new_services_enabled")


def standing(*texts: str) -> Observation[Posture]:
    values = (FlagValue(flag, "redis", GLOBAL, text) for flag, text in zip(ORDER, texts, strict=True) if text)
    return seen(Posture(ORDER, tuple(values), (), {}))


@pytest.mark.parametrize(
    ("texts", "verdict"),
    [
        (("true", "true", "true", "true"), GO),
        (("true", "true", "true", "false"), GO),
        (("true", "true", "false", "false"), GO),
        (("true", "false", "false", "false"), GO),
        (("true", "false", "true", "false"), STOP),
        (("true", "true", "false", "true"), STOP),
        (("false", "true", "true", "true"), STOP),
        (("true", "true", "", "false"), HOLD),
        (("true", "true", "True", "false"), HOLD),
    ],
)
def test_only_a_prefix_of_the_order_may_read_true(texts: tuple[str, ...], verdict: Verdict) -> None:
    assert flags_must_stand_in_order(standing(*texts)).verdict is verdict


def test_surfaces_that_disagree_have_no_order() -> None:
    read = standing("true", "true", "false", "false")
    other = FlagValue(ORDER[1], "database", GLOBAL, "false")
    says(flags_must_stand_in_order(seen(replace(read.value, values=(*read.value.values, other)))), HOLD, ORDER[1])


@pytest.mark.parametrize(
    ("texts", "verdict"),
    [(("true", "true"), GO), (("false", "true"), HOLD), (("false", "false"), STOP), (("True", "true"), HOLD)],
)
def test_what_each_process_serves_is_the_value_itself(texts: tuple[str, ...], verdict: Verdict) -> None:
    values = [held(f"process ops-{number}", text, at=ago(9999)) for number, text in enumerate(texts)]
    says(flag_must_read(posture(*values, changed_at=ago(60)), flag=FLAG, value=True), verdict, "process ops-0")


@pytest.mark.parametrize(
    ("first", "second", "verdict"),
    [
        (("true", "true"), ("false", "false"), GO),
        (("true", "true"), ("true", "true"), GO),
        (("false", "false"), ("true", "true"), STOP),
        (("true", "false"), ("false", "false"), HOLD),
        (("false", "false"), ("true", "false"), HOLD),
    ],
)
def test_flags_of_processes_stand_in_their_order(
    first: tuple[str, ...], second: tuple[str, ...], verdict: Verdict
) -> None:
    values = tuple(
        FlagValue(flag, f"process ops-{number}", GLOBAL, text)
        for flag, texts in (("read", first), ("write", second))
        for number, text in enumerate(texts)
    )
    says(flags_must_stand_in_order(seen(Posture(("read", "write"), values, (), {}))), verdict)
