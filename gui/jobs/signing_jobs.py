"""What the worker does with signing keys: making, opening, trusting, and signing what was saved."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.signing.keys import PublicKey, SigningKey


@dataclass(frozen=True)
class Keys:
    """The keys of this person.

    Attributes:
        path: where the private key lies, or would.
        public: the file to hand out, beside it.
        own: the public part of it; None without one.
        locked: it takes a passphrase.
        trusted: keys of others.
        inside: signatures inside a PDF can be made here.
    """

    path: Path
    public: Path
    own: PublicKey | None = None
    locked: bool = False
    trusted: tuple[PublicKey, ...] = ()
    inside: bool = False


def known_keys() -> Keys:
    """What keys there are.

    Raises:
        UserError: the own public key is damaged.
    """
    from engine.signing import keys, pades

    path = keys.default_path()
    public = keys.public_path(path)
    own = keys.read_public(public) if public.exists() else None
    others = [key for mark, key in keys.known().items() if own is None or mark != own.fingerprint]
    return Keys(
        path,
        public,
        own,
        locked=own is not None and keys.is_locked(path),
        trusted=tuple(others),
        inside=pades.available(),
    )


def make_key(name: str, passphrase: str) -> SigningKey:
    """A new key pair where the own one belongs.

    Raises:
        UserError: there is one, the name is empty, or the folder cannot be written.
    """
    from engine.signing import keys

    return keys.create(keys.default_path(), name=name, passphrase=passphrase)


def open_key(passphrase: str) -> SigningKey:
    """The own private key.

    Raises:
        UserError: there is none, or it is locked with another passphrase.
    """
    from engine.signing import keys

    return keys.load(keys.default_path(), passphrase=passphrase)


def trust_key(path: Path) -> PublicKey:
    """Count signatures of somebody's key as known.

    Raises:
        UserError: the file holds no public key.
    """
    from engine.signing import keys

    found = keys.read_public(path)
    keys.trust(found)
    return found


def signed(path: Path, key: SigningKey) -> str:
    """Sign a saved report or evidence, inside a PDF too where that can be done; what was done.

    A file of the same run and name beside it is signed with it: both share one envelope.

    Raises:
        UserError: a number in it does not hold, or the envelope there is about another run.
    """
    from engine.signing import pades
    from engine.verify.signing import sign

    inside = path.suffix.lower() == ".pdf" and pades.available()
    envelope = sign([path], key, inside=inside)
    where = "inside the PDF and beside it" if inside else f"in {envelope.name}"
    return f"signed by '{key.public.name}', key {key.public.fingerprint[:16]}…, {where}"
