"""Who stands for this statement? DSSE, read strictly: one signature, one payload type, no field beyond the three.

Readers that take more than one form of an envelope have been shown different things by the same bytes.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from flipgate.core.errors import visible
from flipgate.evidence.canonical import canonical
from flipgate.evidence.pack.keys import key_id
from flipgate.evidence.pack.reasons import Finding
from flipgate.evidence.pack.strict import strict

PAYLOAD_TYPE = "application/vnd.in-toto+json"
NAME = "attestation.dsse.json"
_FIELDS = {"payload", "payloadType", "signatures"}


def signed(payload: bytes, key: Ed25519PrivateKey) -> bytes:
    """How does this payload stand in its envelope, signed?"""
    signature = {"keyid": key_id(key.public_key()), "sig": _base64(key.sign(_pae(payload)))}
    return canonical({"payload": _base64(payload), "payloadType": PAYLOAD_TYPE, "signatures": [signature]}) + b"\n"


class Envelope:
    """An envelope as found. `payload` is b"" where there is none to be read; `findings` tell what is wrong."""

    def __init__(self, raw: bytes, pinned: Mapping[str, Ed25519PublicKey]) -> None:
        self.payload, self.signer = b"", ""
        self.findings = tuple(self._checked(raw, pinned))

    def _checked(self, raw: bytes, pinned: Mapping[str, Ed25519PublicKey]) -> Iterator[Finding]:
        try:
            tree = strict(raw)
        except ValueError as error:
            yield Finding("envelope-malformed", NAME, visible(str(error)))
            return
        if not isinstance(tree, dict):
            yield Finding("envelope-malformed", NAME, "no object")
            return
        if set(tree) != _FIELDS:
            yield Finding("envelope-fields", NAME, visible(", ".join(sorted(tree))))
        if tree.get("payloadType") != PAYLOAD_TYPE:
            yield Finding("payload-type", NAME, visible(str(tree.get("payloadType"))))
        payload = _bytes(tree.get("payload"))
        if payload is None:
            yield Finding("payload-encoding", NAME, "payload")
            return
        self.payload = payload
        yield from self._signature(tree.get("signatures"), pinned)

    def _signature(self, signatures: Any, pinned: Mapping[str, Ed25519PublicKey]) -> Iterator[Finding]:
        if not isinstance(signatures, list) or not signatures:
            yield Finding("signature-missing", NAME)
            return
        if len(signatures) > 1:
            yield Finding("signature-extra", NAME, f"{len(signatures)} signatures")
            return
        one = signatures[0]
        if not isinstance(one, dict) or set(one) != {"keyid", "sig"}:
            yield Finding("envelope-fields", NAME, "a signature has other fields than keyid and sig")
            return
        self.signer, signature = str(one["keyid"]), _bytes(one["sig"])
        if signature is None:
            yield Finding("payload-encoding", NAME, "sig")
        elif not pinned:
            yield Finding("key-none", NAME, f"it is signed by {visible(self.signer)}; pass --key PUB")
        elif self.signer not in pinned:
            yield Finding("key-unknown", NAME, f"{visible(self.signer)}, trusted: {', '.join(pinned)}")
        else:
            yield from _verified(pinned[self.signer], signature, self.payload)


def _verified(key: Ed25519PublicKey, signature: bytes, payload: bytes) -> Iterator[Finding]:
    try:
        key.verify(signature, _pae(payload))
    except InvalidSignature:
        yield Finding("signature-wrong", NAME)


def _pae(payload: bytes) -> bytes:
    """What is signed: type and payload with their lengths, so that neither can run into the other."""
    kind = PAYLOAD_TYPE.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _bytes(text: Any) -> bytes | None:
    """Base64 in its one form: standard letters, whole padding, no stray bits."""
    try:
        raw = base64.b64decode(text, validate=True) if isinstance(text, str) else None
    except (binascii.Error, ValueError):
        return None
    return raw if raw is not None and _base64(raw) == text else None
