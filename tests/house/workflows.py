"""What does a workflow file of GitHub hold, as far as ours go?"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Name = Annotated[str, Meta(min_length=1)]
Label = Annotated[str, Meta(pattern=r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?-?$", max_length=63)]
Count = Annotated[int, Meta(ge=0)]


class Known(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """A key that is not listed is a misspelt one: both readers would pass over it, or refuse the file."""


class WorkflowStep(Known, frozen=True, rename={"condition": "if", "with_": "with"}):
    name: Name
    id: Label | None = None
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


class Schedule(Known, frozen=True):
    cron: Annotated[str, Meta(pattern=r"^(\S+ ){4}\S+$")]


class Concurrency(Known, frozen=True, rename="kebab"):
    group: Name
    cancel_in_progress: bool


class PullRequest(Known, frozen=True):
    paths: Annotated[list[Name], Meta(min_length=1)]


class Triggers(Known, frozen=True, rename=None):
    deployment_status: None = None
    workflow_dispatch: None = None
    pull_request: PullRequest | None = None
    schedule: list[Schedule] = []


class Workflow(Known, frozen=True):
    name: Name
    on: Triggers
    permissions: dict[Literal["contents", "pull-requests"], Literal["read", "write"]]
    jobs: dict[Label, WorkflowJob]
    concurrency: Concurrency | None = None
