"""What does one line of the ledger hold?

A line is canonical JSON (RFC 8785): the envelope `Record`, whose body is one of

    run_start    RunStart     what is to be judged, where, by whom, by which text: the manifest
    observation  Seen         an observation, whole, with its digest
    step         StepJudged   one step: its verdict, what was seen, the limit, gate and figures
    gate_end     GateJudged   one scenario's verdict
    write        Written      what the suite wrote itself: before it is sent, and again with its answer
    witness      Witnessed    what a system's door and its server counted over the run
    run_end      RunJudged    the stage's verdict and what was missing
    attestation  Attested     a person's word that a box of the sign-off list is done
    waiver       Waived       a person's word that a box or gate is knowingly left as it is: never a GO
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass, field, fields
from datetime import datetime
from functools import cached_property
from typing import Any

import msgspec

from flipgate.core.errors import Refused
from flipgate.core.judgement import Figure
from flipgate.core.observation import Observation
from flipgate.core.redaction import redacted_tree
from flipgate.core.verdict import Verdict
from flipgate.core.written import Written
from flipgate.evidence.canonical import canonical, digest, plain
from flipgate.evidence.words import Attested, Waived

SCHEMA = 2
FACTS = "flipgate.core.facts"


@dataclass(frozen=True)
class StepText:
    """One sentence of a scenario, as the feature has it. And and But carry the keyword before them."""

    keyword: str
    text: str


@dataclass(frozen=True)
class GateText:
    """One scenario of the manifest. `section`, `owner`: from its tags; `advice`: the text under its title."""

    id: str
    title: str
    feature: str
    section: str
    owner: str
    tags: tuple[str, ...]
    advice: str
    steps: tuple[StepText, ...]


@dataclass(frozen=True)
class RunStart:
    """What a run set out to judge. `instance` tells provisioned worlds apart; "" where none was provisioned.

    allowed       what the environment's file allows beyond reading, each with the file's own words.
    operator      who ran it: user@host, or what FLIPGATE_OPERATOR says.
    previous_run  the newest run before it in this ledger, of whatever instance; "" for the first.
    command       the words of the command line.
    digests       of what judges: source, sentences, features, lock, environment (its file, which holds no credential).
    """

    environment: str
    tier: str
    instance: str
    provisioned: bool
    runbook: str
    stage: str
    offset_s: float
    manifest: tuple[GateText, ...]
    versions: dict[str, str] = field(default_factory=dict)
    allowed: dict[str, str] = field(default_factory=dict)
    operator: str = ""
    previous_run: str = ""
    command: tuple[str, ...] = ()
    digests: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Seen:
    """An observation; `fact` names its type within flipgate.core.facts, `sha256` is over its canonical bytes.

    observation  those bytes. Most of a ledger are the samples of runs long past: only who asks has them decoded.
    moment       "before" or "after" the gates, for what the run itself looked at; its gate is then "".
    """

    gate: str
    fact: str
    sha256: str
    observation: msgspec.Raw
    moment: str = ""

    def __post_init__(self) -> None:
        if bytes(memoryview(self.observation)[:1]) != b"{":
            raise ValueError("an observation is a JSON object")

    @cached_property
    def tree(self) -> dict[str, Any]:
        """The observation as JSON has it, whatever its digest says. Errors: ValueError."""
        return msgspec.json.decode(self.observation, type=dict[str, Any])

    @cached_property
    def read(self) -> Observation[Any]:
        """The observation itself, found to be what its digest says. Errors: ValueError."""
        return observation_of(self)


@dataclass(frozen=True)
class StepJudged:
    """One step's outcome. `cap` is "hold" for a guard and a claim with ", else hold"; the verdict has it applied."""

    gate: str
    index: int
    keyword: str
    text: str
    verdict: Verdict
    subject: str
    seen: str
    limit: str
    observation: str = ""
    judge: str = ""
    figures: dict[str, Figure] = field(default_factory=dict)
    cap: str = ""
    ready_at: datetime | None = None
    window: str = ""
    source: str = ""
    unexpected: bool = False


@dataclass(frozen=True)
class GateJudged:
    """One scenario's verdict, and the steps of its text that did not run."""

    gate: str
    verdict: Verdict
    missing_steps: tuple[int, ...] = ()


@dataclass(frozen=True)
class Witnessed:
    """What the suite did to one system over the run, as its own door counted it, and what the server says.

    calls    that the door let pass; `writes` of them were no reads; `refused` never left.
    server   the server's counters over the run, name by name; everybody's traffic is in them.
    told     what the server's counters can and cannot tell, or why there are none.
    """

    system: str
    calls: int
    writes: int
    refused: int
    server: dict[str, int] = field(default_factory=dict)
    told: str = ""


@dataclass(frozen=True)
class RunJudged:
    """The stage's verdict. `missing`: gates without a verdict; `reasons`: why it is no GO beyond its gates.

    ready_at  for a HOLD that only time can end: when it is worth asking again.
    """

    verdict: Verdict
    missing: tuple[str, ...]
    reasons: tuple[str, ...]
    ready_at: datetime | None = None


Body = RunStart | Seen | StepJudged | GateJudged | Written | Witnessed | RunJudged | Attested | Waived
KINDS: dict[str, type[Body]] = {
    "run_start": RunStart,
    "observation": Seen,
    "step": StepJudged,
    "gate_end": GateJudged,
    "write": Written,
    "witness": Witnessed,
    "run_end": RunJudged,
    "attestation": Attested,
    "waiver": Waived,
}
_KIND_OF = {body: kind for kind, body in KINDS.items()}


@dataclass(frozen=True)
class Record:
    """One line: whose run, its place in it, when, what, and the digest of the line before.

    at           world time; `machine_at`: by this machine's clock, which can be set.
    monotonic_s  since this machine started: of one run and host it only grows, whatever the clock says.
    """

    run: str
    seq: int
    at: datetime
    machine_at: datetime
    monotonic_s: float
    body: Body
    previous: str

    @property
    def kind(self) -> str:
        return _KIND_OF[type(self.body)]


def line_of(record: Record) -> bytes:
    """How is this record written, without its line end?"""
    return canonical(
        {
            "schema": SCHEMA,
            "run": record.run,
            "seq": record.seq,
            "kind": record.kind,
            "at": record.at,
            "machine_at": record.machine_at,
            "monotonic_s": record.monotonic_s,
            "previous": record.previous,
            "body": _with_tree(record.body) if isinstance(record.body, Seen) else record.body,
        }
    )


def _with_tree(body: Seen) -> dict[str, Any]:
    return {each.name: getattr(body, each.name) for each in fields(Seen)} | {"observation": body.tree}


def redacted_record(record: Record) -> Record:
    """How is this record kept: without credentials? What `seen` made has none."""
    if isinstance(record.body, Seen):
        return record
    line = line_of(record)
    kept = canonical(redacted_tree(msgspec.json.decode(line)))
    return record if kept == line else record_of(kept)


def record_of(line: bytes) -> Record:
    """Which record does this line hold?

    Errors: ValueError (msgspec's too) for anything that is no record; Refused for one of another schema.
    """
    text = line.decode()  # what is left undecoded is at least text
    schema = msgspec.json.decode(text, type=_Head).schema
    if isinstance(schema, int) and schema != SCHEMA:
        raise Refused(
            f"written in schema {schema}, this flipgate reads {SCHEMA} alone: "
            "keep that ledger as it is under another name, and begin anew"
        )
    found = msgspec.json.decode(text, type=_Line)
    if schema != SCHEMA or found.kind not in KINDS:
        raise ValueError(f"no record of schema {SCHEMA}")
    body: Body = msgspec.json.decode(found.body, type=KINDS[found.kind], strict=False)
    return Record(found.run, found.seq, found.at, found.machine_at, found.monotonic_s, body, found.previous)


class _Head(msgspec.Struct):
    schema: Any = None


class _Line(msgspec.Struct):
    run: str
    seq: int
    at: datetime
    machine_at: datetime
    monotonic_s: float
    previous: str
    kind: str
    body: msgspec.Raw


def seen(gate: str, observation: Observation[Any], moment: str = "") -> Seen:
    """How is this observation recorded? Without credentials, whatever a system showed."""
    kind = type(observation.value)
    raw = canonical(redacted_tree(plain(observation)))
    name = f"{kind.__module__.removeprefix(FACTS + '.')}.{kind.__name__}"
    return Seen(gate, name, digest(raw), msgspec.Raw(raw), moment)


def observation_of(body: Seen) -> Observation[Any]:
    """Which observation was recorded here?

    Errors: ValueError where the record does not hold what its digest says, or names no known fact.
    """
    if digest(bytes(body.observation)) != body.sha256:
        raise ValueError(f"{body.fact}: the recorded observation does not match its digest")
    module, _, name = body.fact.partition(".")
    if not module.isidentifier():
        raise ValueError(f"{body.fact}: no fact of that name")
    fact = getattr(importlib.import_module(f"{FACTS}.{module}"), name)
    generic: Any = Observation
    found: Observation[Any] = msgspec.json.decode(body.observation, type=generic[fact], strict=False)
    return found
