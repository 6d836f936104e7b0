"""What users copy is in order: every key of it is one that the workflow runner and the cluster know."""

from __future__ import annotations

import re
from typing import Annotated, Literal

import msgspec
import yaml
from msgspec import Meta

from flipgate.plugin.smoke import SMOKE, URL_SETTING
from tests.house.sources import ROOT

Name = Annotated[str, Meta(min_length=1)]
Label = Annotated[str, Meta(pattern=r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?-?$", max_length=63)]
Count = Annotated[int, Meta(ge=0)]


class Known(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """A key that is not listed is a misspelt one: both readers would pass over it, or refuse the file."""


class WorkflowStep(Known, frozen=True, rename={"condition": "if", "with_": "with"}):
    name: Name
    condition: str = ""
    uses: Annotated[str, Meta(pattern=r"^[\w-]+/[\w-]+@v\d+$")] = ""
    with_: dict[str, str | bool] = {}
    shell: Literal["bash"] | None = None
    env: dict[str, str] = {}
    run: str = ""


class WorkflowJob(Known, frozen=True, rename={"condition": "if", "runs_on": "runs-on", "timeout": "timeout-minutes"}):
    runs_on: Name
    steps: Annotated[list[WorkflowStep], Meta(min_length=1)]
    timeout: Count
    condition: str = ""
    environment: str = ""


class Workflow(Known, frozen=True):
    name: Name
    on: dict[Literal["deployment_status", "workflow_dispatch"], None]
    permissions: dict[Literal["contents"], Literal["read"]]
    jobs: dict[Label, WorkflowJob]


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


class Volume(Known, frozen=True):
    name: Label
    empty_dir: dict[str, str]


class Pod(Known, frozen=True):
    restart_policy: Literal["Never"]
    automount_service_account_token: bool
    security_context: PodSecurity
    containers: Annotated[list[Container], Meta(min_length=1, max_length=1)]
    volumes: list[Volume]


class Metadata(Known, frozen=True):
    labels: dict[str, Label]
    generate_name: Label = ""


class Template(Known, frozen=True):
    metadata: Metadata
    spec: Pod


class JobSpec(Known, frozen=True):
    backoff_limit: Literal[0]
    active_deadline_seconds: Count
    ttl_seconds_after_finished: Count
    template: Template


class Job(Known, frozen=True):
    api_version: Literal["batch/v1"]
    kind: Literal["Job"]
    metadata: Metadata
    spec: JobSpec


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
    pod = spec.template.spec
    (container,) = pod.containers
    assert container.command[:5] == ["python", "-m", "pytest", "-m", SMOKE]
    assert {variable.name: variable.value for variable in container.env}["CI"] == "true"
    assert all((one.value is None) != (one.value_from is None) for one in container.env)
    assert (container.security_context.allow_privilege_escalation, pod.automount_service_account_token) == (
        False,
        False,
    )
    assert {mount.name for mount in container.volume_mounts} == {volume.name for volume in pod.volumes}


def test_a_credential_is_a_reference() -> None:
    texts = {path: (ROOT / "deploy" / path).read_text() for path in ("github/smoke.yml", "kubernetes/smoke-job.yaml")}
    assert re.search(r"SMOKE_GATEWAY_TOKEN: \$\{\{ secrets\.", texts["github/smoke.yml"])
    assert re.search(r"SMOKE_GATEWAY_TOKEN\n\s+valueFrom:\n\s+secretKeyRef:", texts["kubernetes/smoke-job.yaml"])


def _read(path: str) -> object:
    return yaml.safe_load((ROOT / "deploy" / path).read_text(encoding="utf-8"))
