"""Who signs packs, and whose signature counts?

Ed25519 keys in PEM files. The private one is readable by its owner alone, and encrypted where there is a passphrase.
"""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from flipgate.core.errors import Refused

_OWNER_ONLY = 0o600
_LARGEST = 10_000
PUBLIC_SUFFIX = ".pub"


def new_key(path: Path, passphrase: bytes = b"") -> str:
    """By which id does the new key go? The public one lies beside it, under `.pub`. Neither is ever overwritten.

    Errors: Refused where one of them exists.
    """
    key = Ed25519PrivateKey.generate()
    hidden = serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, hidden)
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    beside = public_of(path)
    if path.exists() or beside.exists():
        raise Refused(f"{path} or {beside.name} exists; a key is never overwritten: choose another name")
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    _write(path, private, _OWNER_ONLY)
    _write(beside, public, 0o644)
    return key_id(key.public_key())


def public_of(path: Path) -> Path:
    """Where does the public key lie that belongs to this private one?"""
    return path.with_name(path.name + PUBLIC_SUFFIX)


def private_key(path: Path, passphrase: bytes = b"") -> Ed25519PrivateKey:
    """Which key signs?

    Errors: Refused: not there, readable by others, no Ed25519 key, a passphrase that does not fit.
    """
    raw = _content(path)
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise Refused(f"{path}: others may read this private key; chmod 600 it, or make a new one")
    try:
        key = serialization.load_pem_private_key(raw, passphrase or None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise Refused(f"{path}: no private key, or not with this passphrase") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise Refused(f"{path}: an Ed25519 key is wanted; flipgate keys new makes one")
    return key


def public_key(path: Path) -> Ed25519PublicKey:
    """Whose signature counts?

    Errors: Refused: not there, no Ed25519 public key.
    """
    try:
        key = serialization.load_pem_public_key(_content(path))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Refused(f"{path}: no public key in PEM") from error
    if not isinstance(key, Ed25519PublicKey):
        raise Refused(f"{path}: an Ed25519 key is wanted")
    return key


def key_id(key: Ed25519PublicKey) -> str:
    """By which name does this key go? The digest of its 32 bytes."""
    raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return f"sha256:{hashlib.sha256(raw).hexdigest()}"


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > _LARGEST:
            raise Refused(f"{path}: too large for a key")
        return path.read_bytes()
    except OSError as error:
        raise Refused(f"{path}: {error.strerror or error}; flipgate keys new makes a key") from error


def _write(path: Path, raw: bytes, mode: int) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(raw)
