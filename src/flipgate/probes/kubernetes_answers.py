"""In which shapes does the cluster answer? (Kubernetes API; members that nobody reads are left out)"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec

Moment = Annotated[datetime, msgspec.Meta(tz=True)]
# A name of the cluster goes into a path: only what the cluster itself allows in one.
ObjectName = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$")]


class Metadata(msgspec.Struct):
    name: ObjectName
    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}
    generation: int = 0
    uid: str = ""


class Namespace(msgspec.Struct):
    metadata: Metadata


class EnvironmentVariable(msgspec.Struct):
    """`value` is None where it comes from somewhere else (a secret, a field)."""

    name: str
    value: str | None = None


class Container(msgspec.Struct):
    name: ObjectName
    image: str = ""
    env: list[EnvironmentVariable] = []


class PodSpec(msgspec.Struct):
    containers: Annotated[list[Container], msgspec.Meta(min_length=1)]


class Template(msgspec.Struct):
    spec: PodSpec


class Requirement(msgspec.Struct):
    key: str
    operator: str
    values: list[str] = []


class Selector(msgspec.Struct, rename="camel"):
    match_labels: dict[str, str] = {}
    match_expressions: list[Requirement] = []


class DeploymentSpec(msgspec.Struct):
    selector: Selector
    template: Template
    replicas: int = 1


class DeploymentStatus(msgspec.Struct, rename="camel"):
    observed_generation: int = 0
    replicas: int = 0
    updated_replicas: int = 0


class Deployment(msgspec.Struct):
    metadata: Metadata
    spec: DeploymentSpec
    status: DeploymentStatus


class Running(msgspec.Struct, rename="camel"):
    started_at: Moment


class State(msgspec.Struct):
    running: Running | None = None


class ContainerStatus(msgspec.Struct, rename="camel"):
    name: str
    restart_count: int
    state: State = msgspec.field(default_factory=State)


class PodStatus(msgspec.Struct, rename="camel"):
    phase: str = ""
    pod_ip: str = msgspec.field(default="", name="podIP")
    container_statuses: list[ContainerStatus] = []


class Pod(msgspec.Struct):
    metadata: Metadata
    spec: PodSpec
    status: PodStatus


class PodList(msgspec.Struct):
    items: list[Pod]
