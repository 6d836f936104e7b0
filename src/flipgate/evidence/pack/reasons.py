"""Why does a pack not hold? Every reason has a code, and a sentence of its own; docs/evidence-pack.md lists them."""

from __future__ import annotations

from dataclasses import dataclass

REASONS = {
    "file-missing": "a file that SHA256SUMS lists is not there",
    "file-required": "a file that every pack has is not listed or not there",
    "file-unlisted": "a file lies in the pack that SHA256SUMS does not list",
    "file-changed": "a file is not what SHA256SUMS says",
    "file-too-large": "a file is larger than any of a pack is",
    "symbolic-link": "a name leads elsewhere",
    "not-a-file": "something is neither a file nor a folder",
    "name-forbidden": "a name holds what no name of a pack holds, or leads out of it",
    "name-collides": "two names differ only by upper and lower case",
    "sums-malformed": "SHA256SUMS is not written as a pack writes it",
    "sums-duplicate": "SHA256SUMS lists a name twice",
    "pack-quarantined": "a credential was found when it was made; it was set aside and is no pack",
    "credential-shown": "something is written as credentials are",
    "folder-renamed": "the folder's name is not what was sealed",
    "envelope-malformed": "the envelope is no JSON of the strict kind",
    "envelope-fields": "the envelope has other fields than payload, payloadType and signatures",
    "payload-type": "the envelope's payload is of another type",
    "payload-encoding": "the payload or the signature is not in the one form that base64 has",
    "signature-missing": "nobody signed",
    "signature-extra": "more than one signature: a pack has one",
    "signature-wrong": "the signature does not fit the payload and the key",
    "key-unknown": "the key that signed is not among those that are trusted here",
    "key-none": "nobody said whose signature counts",
    "statement-malformed": "the statement is not canonical JSON of the wanted shape",
    "statement-type": "the statement is of another type",
    "predicate-type": "the predicate is of another type",
    "subject-empty": "the statement speaks of no file",
    "subject-differs": "the statement speaks of other files, or other contents, than SHA256SUMS",
    "result-differs": "the statement's result is not the one that its verdict makes",
    "verdict-differs": "the sealed verdict is not the one that the records make",
    "gates-expected-differ": "the sealed list of expected gates is not that of the manifests",
    "gates-executed-differ": "the sealed list of executed gates is not what the records hold",
    "gates-outcome-differ": "the sealed lists of passed, warned and failed gates are not what the records hold",
    "runs-differ": "the sealed list of runs is not what the records hold",
    "records-lost": "the pack holds fewer or more records than were sealed",
    "head-differs": "the last record is not the sealed one",
    "anchor-differs": "the first record does not follow what was sealed as coming before it",
    "configuration-differs": "the sealed digests of what judged are not those that the sign-off recorded",
    "sealed-in-future": "the pack says that it was sealed later than now",
    "seal-stale": "the sign-off was older than a day when it was sealed",
    "seal-before-end": "the pack says that it was sealed before its last record was written",
    "verifier-older": "the pack was made by a newer flipgate than this one",
    "environment-differs": "the records are of another environment, tier or runbook than the seal says",
    "rehearsal-hidden": "the records are of a rehearsal, the seal says otherwise",
    "other-environment": "the pack is of another environment than the one that was asked for",
    "identity-differs": "the servers called themselves by other names in one run than in another",
    "evidence-malformed": "evidence.json is not written as a pack writes it",
    "evidence-not-canonical": "a record is not in the one form that its content has",
    "record-unknown": "a record is of no known kind",
    "chain-broken": "a record does not name the one before it",
    "record-order": "the records of a run are not numbered as they came",
    "clock-backwards": "a record is older than the one before it in its run",
    "offset-differs": "world and machine time of a record are not as far apart as its run states",
    "runs-interleaved": "records of two runs are mixed",
    "run-repeated": "a run begins or ends more than once",
    "gate-unlisted": "a gate was judged that the run's manifest does not hold",
    "gate-repeated": "a gate stands twice in a manifest, or ended twice",
    "id-confusable": "the name of a gate holds letters that look like others",
    "step-unlisted": "a step was judged that the gate's text does not hold",
    "step-text-differs": "the sentence of a step is not the manifest's",
    "step-cap-differs": "a step was weighed as a kind that it is not",
    "step-unfounded": "a step is GO without a judgement of an observation",
    "observation-missing": "the observation that a step judged is not among the records",
    "observation-changed": "an observation is not what its digest says",
    "fact-unknown": "an observation is of no known kind of fact",
    "judge-unknown": "a step was judged by a gate that this flipgate does not have",
    "judge-fails": "a gate cannot judge the recorded observation",
    "figures-differ": "a gate was given figures that its sentence does not hold",
    "step-verdict-differs": "a step's verdict is not the one that its observation makes",
    "step-words-differ": "a step says it saw something else than its observation holds",
    "gate-verdict-differs": "a gate's verdict is not the one that its steps make",
    "run-verdict-differs": "a run's verdict is not the one that its gates make",
    "stage-misquoted": "a judgement rests on the result of an earlier run that the records tell otherwise",
    "word-misquoted": "a judgement rests on a person's word that the records do not hold",
    "stages-out-of-order": "a stage counts although it was run before one that comes before it",
    "picture-missing": "a picture that an observation names is not there",
    "picture-changed": "a picture is not what the observation that names it says",
    "picture-unnamed": "a picture lies in the pack that no observation names",
    "comment-differs": "comment.md does not say what the records say",
    "readme-differs": "README.md is not the one that this pack was made with",
    "report-differs": "report.html does not open on the page that the records make",
    "posted-differs": "the comment that was posted is not the pack's",
}


@dataclass(frozen=True)
class Finding:
    """What does not hold, where, and what was seen there."""

    code: str
    where: str
    seen: str = ""

    def __str__(self) -> str:
        told = f": {self.seen}" if self.seen else ""
        return f"{self.code}: {self.where}: {REASONS[self.code]}{told}"
