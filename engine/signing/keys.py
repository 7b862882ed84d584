"""Signing keys: one private key per person, and the public keys of those whom that person trusts.

The private key is a PEM file (PKCS 8) that only its owner may read; beside it lies the public key
as a small JSON file to hand out.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.core.errors import UserError
from engine.core.files import write_atomically

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

PUBLIC = ".pub.json"
_LONGEST = 1 << 16


@dataclass(frozen=True)
class PublicKey:
    """Whose key it is: a name its owner chose, and the key itself, 32 bytes."""

    name: str
    raw: bytes

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the key's bytes: what people compare."""
        return hashlib.sha256(self.raw).hexdigest()

    def text(self) -> str:
        """The file to hand out."""
        stated = {"name": self.name, "key": self.raw.hex(), "fingerprint": self.fingerprint}
        return json.dumps({"certiscope": "public key v1", **stated}, indent=2) + "\n"


@dataclass(frozen=True)
class SigningKey:
    """A private key, opened."""

    private: Ed25519PrivateKey
    public: PublicKey

    def sign(self, message: bytes) -> bytes:
        """An Ed25519 signature, 64 bytes."""
        return self.private.sign(message)


def folder() -> Path:
    """Where keys lie unless a path is given."""
    config = os.environ.get("XDG_CONFIG_HOME", "") or str(Path("~/.config").expanduser())
    return Path(config) / "certiscope"


def default_path() -> Path:
    """The user's own private key."""
    return folder() / "signing-key.pem"


def create(path: Path, *, name: str, passphrase: str = "") -> SigningKey:
    """A new key pair on the disk; the private part readable by its owner alone.

    Raises:
        UserError: there is a key already, the name is empty, or the folder cannot be written.
    """
    from cryptography.hazmat.primitives import serialization as forms
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    if not name.strip() or not name.isprintable() or len(name) > 200:
        raise UserError("A key needs a name that people know, e.g. --name 'Ada Example'.")
    if path.exists() or public_path(path).exists():
        raise UserError(f"{path} exists already, and keys are never overwritten; choose another.")
    private = Ed25519PrivateKey.generate()
    lock: forms.KeySerializationEncryption = forms.NoEncryption()
    if passphrase:
        lock = forms.BestAvailableEncryption(passphrase.encode())
    pem = private.private_bytes(forms.Encoding.PEM, forms.PrivateFormat.PKCS8, lock)
    write_atomically(path, pem, folders=True)  # a temporary file of mode 0600, renamed
    path.chmod(0o600)
    key = SigningKey(private, PublicKey(name.strip(), private.public_key().public_bytes_raw()))
    write_atomically(public_path(path), key.public.text().encode())
    return key


def load(path: Path, *, passphrase: str = "") -> SigningKey:
    """The private key in a file.

    Raises:
        UserError: there is none, it is locked with another passphrase, or it is no Ed25519 key.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    pem = _bytes(path, "certiscope keys new makes one")
    try:
        private = load_pem_private_key(pem, passphrase.encode() or None)
    except TypeError as error:
        raise UserError(
            f"{path} is locked; give its passphrase in CERTISCOPE_PASSPHRASE."
            if not passphrase
            else f"{path} has no passphrase; leave CERTISCOPE_PASSPHRASE empty."
        ) from error
    except Exception as error:  # cryptography has a class of its own for each kind of damage
        raise UserError(f"{path} is no private key, or its passphrase is another one.") from error
    if not isinstance(private, Ed25519PrivateKey):
        raise UserError(f"{path} is no Ed25519 key; certiscope keys new makes one.")
    raw = private.public_key().public_bytes_raw()
    public = read_public(public_path(path))
    if public.raw != raw:
        raise UserError(f"{public_path(path)} does not belong to {path}; restore the right one.")
    return SigningKey(private, public)


def is_locked(path: Path) -> bool:
    """Whether a private key takes a passphrase.

    Raises:
        UserError: it cannot be read.
    """
    return b"ENCRYPTED" in _bytes(path, "certiscope keys new makes one").partition(b"\n")[0]


def public_path(path: Path) -> Path:
    """The public file beside a private key."""
    return path.with_name(path.stem + PUBLIC)


def read_public(path: Path) -> PublicKey:
    """A public key as it was handed out.

    Raises:
        UserError: it is no such file, or damaged.
    """
    text = _bytes(path, "ask its owner for the .pub.json file")
    try:
        stated = json.loads(text)
        key = PublicKey(str(stated["name"]), bytes.fromhex(stated["key"]))
        whole = stated["fingerprint"] == key.fingerprint and len(key.raw) == 32
    except (ValueError, KeyError, TypeError, RecursionError):
        whole = False
    if not whole:
        raise UserError(f"{path} is no public key of Certiscope, or is damaged.")
    return key


def trust(key: PublicKey) -> Path:
    """Count signatures of this key as known from now on.

    Raises:
        UserError: the user's folder cannot be written.
    """
    path = folder() / "trusted" / f"{key.fingerprint}{PUBLIC}"
    write_atomically(path, key.text().encode(), folders=True)
    return path


def own() -> PublicKey | None:
    """The user's own key; None without one, or where its public file is damaged."""
    try:
        return read_public(public_path(default_path()))
    except UserError:
        return None


def known() -> dict[str, PublicKey]:
    """The user's own key and all trusted ones, by fingerprint; damaged files count for nothing."""
    paths = [public_path(default_path())]
    if (folder() / "trusted").is_dir():
        paths += sorted((folder() / "trusted").glob(f"*{PUBLIC}"))
    found: dict[str, PublicKey] = {}
    for path in paths:
        try:
            key = read_public(path)
        except UserError:
            continue
        found[key.fingerprint] = key
    return found


def _bytes(path: Path, advice: str) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_LONGEST)
    except OSError as error:
        raise UserError(f"Cannot read {path}: {error.strerror or error}; {advice}.") from error
