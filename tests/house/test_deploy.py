"""What users copy is in order: every key of it is one that the workflow runner and the cluster know."""

from __future__ import annotations

import re
import subprocess
from typing import Annotated, Literal

import msgspec
import yaml
from msgspec import Meta
from typer.main import get_command

from flipgate.cli import app
from flipgate.config.database_url import VARIABLE
from flipgate.plugin.smoke import SMOKE, URL_SETTING
from flipgate.reconcile.comparison import ANSWER_S
from flipgate.rehearsal.components.programs import PROMTOOL, find
from tests.house.sources import ROOT
from tests.house.workflows import Count, Known, Label, Name, Schedule, Workflow


class KeyOfSecret(Known, frozen=True):
    name: Label
    key: Name


class ValueFrom(Known, frozen=True):
    secret_key_ref: KeyOfSecret


class Variable(Known, frozen=True):
    name: Annotated[str, Meta(pattern=r"^[A-Z_]+$")]
    value: str | None = None
    value_from: ValueFrom | None = None


class Capabilities(Known, frozen=True):
    drop: list[Literal["ALL"]]


class ContainerSecurity(Known, frozen=True):
    allow_privilege_escalation: bool
    read_only_root_filesystem: bool
    capabilities: Capabilities


class Mount(Known, frozen=True):
    name: Label
    mount_path: Annotated[str, Meta(pattern=r"^/")]


class Resources(Known, frozen=True):
    requests: dict[Literal["cpu", "memory"], str]
    limits: dict[Literal["cpu", "memory"], str]


class Container(Known, frozen=True):
    name: Label
    image: Annotated[str, Meta(pattern=r":[\w.-]+$")]
    working_dir: str
    command: list[Name]
    env: list[Variable]
    resources: Resources
    security_context: ContainerSecurity
    volume_mounts: list[Mount]


class Seccomp(Known, frozen=True):
    type: Literal["RuntimeDefault"]


class PodSecurity(Known, frozen=True):
    run_as_non_root: bool
    run_as_user: Annotated[int, Meta(gt=0)]
    seccomp_profile: Seccomp
    fs_group: Annotated[int, Meta(gt=0)] | None = None


class Claim(Known, frozen=True):
    claim_name: Label


class ConfigMap(Known, frozen=True):
    name: Label


class Volume(Known, frozen=True):
    name: Label
    empty_dir: dict[str, str] | None = None
    persistent_volume_claim: Claim | None = None
    config_map: ConfigMap | None = None


class Pod(Known, frozen=True):
    restart_policy: Literal["Never"]
    automount_service_account_token: bool
    security_context: PodSecurity
    containers: Annotated[list[Container], Meta(min_length=1, max_length=1)]
    volumes: list[Volume]


class Metadata(Known, frozen=True):
    labels: dict[str, Label]
    generate_name: Label = ""
    name: Label | None = None


class Template(Known, frozen=True):
    metadata: Metadata
    spec: Pod


class JobSpec(Known, frozen=True):
    backoff_limit: Literal[0]
    active_deadline_seconds: Count
    template: Template
    ttl_seconds_after_finished: Count | None = None


class Job(Known, frozen=True):
    api_version: Literal["batch/v1"]
    kind: Literal["Job"]
    metadata: Metadata
    spec: JobSpec


class JobTemplate(Known, frozen=True):
    spec: JobSpec


class CronJobSpec(Known, frozen=True):
    schedule: Annotated[str, Meta(pattern=r"^(\S+ ){4}\S+$")]
    time_zone: Literal["Etc/UTC"]
    concurrency_policy: Literal["Forbid"]
    starting_deadline_seconds: Count
    successful_jobs_history_limit: Count
    failed_jobs_history_limit: Count
    job_template: JobTemplate


class CronJob(Known, frozen=True):
    api_version: Literal["batch/v1"]
    kind: Literal["CronJob"]
    metadata: Metadata
    spec: CronJobSpec


def test_the_smoke_workflow_is_one_keeps_its_report_and_tells_its_verdict() -> None:
    workflow = msgspec.convert(_read("github/smoke.yml"), Workflow)
    steps = workflow.jobs["smoke"].steps
    assert all(bool(step.uses) != bool(step.run) for step in steps)
    smoke = next(step for step in steps if f"-m {SMOKE}" in step.run)
    assert URL_SETTING in smoke.env
    assert all(
        mark in smoke.run for mark in ("GITHUB_STEP_SUMMARY", "10) verdict=HOLD", "20) verdict=STOP", 'exit "$status"')
    )
    assert [step.condition for step in steps if step.uses.startswith("actions/upload-artifact@")] == ["always()"]


def test_the_smoke_job_is_one_and_runs_without_rights_or_retries() -> None:
    spec = msgspec.convert(_read("kubernetes/smoke-job.yaml"), Job).spec
    assert spec.ttl_seconds_after_finished is not None
    container = _without_rights(spec.template.spec)
    assert container.command[:5] == ["python", "-m", "pytest", "-m", SMOKE]
    assert {variable.name: variable.value for variable in container.env}["CI"] == "true"


def _without_rights(pod: Pod) -> Container:
    (container,) = pod.containers
    assert all((one.value is None) != (one.value_from is None) for one in container.env)
    assert (container.security_context.allow_privilege_escalation, pod.automount_service_account_token) == (
        False,
        False,
    )
    assert {mount.name for mount in container.volume_mounts} == {volume.name for volume in pod.volumes}
    return container


def test_the_reconcile_job_runs_daily_when_the_gate_expects_it() -> None:
    spec = msgspec.convert(_read("kubernetes/reconcile-cronjob.yaml"), CronJob).spec
    assert spec.schedule == "0 8 * * *"
    job = spec.job_template.spec
    assert job.active_deadline_seconds > ANSWER_S
    container = _without_rights(job.template.spec)
    _must_be_options(container.command)
    (url,) = [variable for variable in container.env if variable.name == VARIABLE]
    assert url.value_from is not None


def test_the_reconcile_workflow_runs_daily_and_opens_a_pull_request_for_a_new_file() -> None:
    workflow = msgspec.convert(_read("github/reconcile.yml"), Workflow)
    assert workflow.on.schedule == [Schedule("0 8 * * *")]
    assert workflow.permissions == {"contents": "write", "pull-requests": "write"}
    steps = workflow.jobs["reconcile"].steps
    assert all(bool(step.uses) != bool(step.run) for step in steps)
    written, opened, failed = steps[-3:]
    (line,) = [line for line in written.run.splitlines() if line.startswith("flipgate reconcile")]
    _must_be_options(line.split())
    assert written.env[VARIABLE] == f"${{{{ secrets.{VARIABLE} }}}}"
    assert "git ls-files --error-unmatch" in opened.run
    assert "gh pr create" in opened.run
    assert failed.condition == "steps.reconcile.outputs.status == '20'"


def test_the_alert_rules_fire_when_they_have_to_and_at_no_other_time() -> None:
    promtool = str(find(PROMTOOL))
    folder = ROOT / "deploy" / "prometheus"
    for words in (("check", "rules", "dualwrite.yaml"), ("test", "rules", "dualwrite.test.yaml")):
        ended = subprocess.run([promtool, *words], cwd=folder, capture_output=True, text=True, check=False)
        assert (ended.returncode, "SUCCESS" in ended.stdout) == (0, True), ended.stdout + ended.stderr


def test_both_alerts_of_the_gate_are_among_the_rules_and_each_has_a_test() -> None:
    (group,) = yaml.safe_load((ROOT / "deploy/prometheus/dualwrite.yaml").read_text())["groups"]
    alerts = {rule["alert"]: rule["labels"] for rule in group["rules"]}
    assert set(alerts) == {"DualwriteDriftPersisting", "DualwriteReconcilerStalled"}
    assert all(labels == {"severity": "critical", "component": "dualwrite"} for labels in alerts.values())
    tests = yaml.safe_load((ROOT / "deploy/prometheus/dualwrite.test.yaml").read_text())["tests"]
    told = [(one["alertname"], bool(one.get("exp_alerts"))) for test in tests for one in test["alert_rule_test"]]
    assert set(told) == {(name, fires) for name in alerts for fires in (True, False)}


def _must_be_options(command: list[str]) -> None:
    """Every option is one that the command has."""
    known = {option for parameter in get_command(app).commands["reconcile"].params for option in parameter.opts}
    stated = [word for word in command if word.startswith("--")]
    assert set(stated) - known == set()
    assert stated


def test_a_credential_is_a_reference() -> None:
    texts = {path: (ROOT / "deploy" / path).read_text() for path in ("github/smoke.yml", "kubernetes/smoke-job.yaml")}
    assert re.search(r"SMOKE_GATEWAY_TOKEN: \$\{\{ secrets\.", texts["github/smoke.yml"])
    assert re.search(r"SMOKE_GATEWAY_TOKEN\n\s+valueFrom:\n\s+secretKeyRef:", texts["kubernetes/smoke-job.yaml"])


def _read(path: str) -> object:
    return yaml.safe_load((ROOT / "deploy" / path).read_text(encoding="utf-8"))
