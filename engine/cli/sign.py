"""``certiscope sign`` puts a name to evidence; ``certiscope keys`` makes, shows and trusts keys."""

from __future__ import annotations

import inspect
import os
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from engine.cli.flags import OUTPUT, flag
from engine.cli.outcome import CERTIFIED
from engine.cli.terminal import write_line
from engine.core.errors import UserError

if TYPE_CHECKING:
    from engine.signing.keys import SigningKey


def signing_flags() -> list[inspect.Parameter]:
    """Signing what a run leaves."""
    return [
        flag("sign", "Sign the JSON and the PDF.", OUTPUT, bool),
        flag("key", "Private key; default in your settings.", OUTPUT, Path | None),
    ]


def asked_key(values: Mapping[str, Any]) -> SigningKey | None:
    """The key that ``--sign`` asks for, opened before anything slow begins.

    Raises:
        UserError: it cannot be opened.
    """
    if not values.get("sign"):
        return None
    from engine.signing import keys

    return keys.load(values.get("key") or keys.default_path(), passphrase=passphrase())


def sign_each(paths: Sequence[Path], key: SigningKey) -> None:
    """Sign files, those of one name together.

    Raises:
        UserError: an envelope cannot be written.
    """
    from engine.signing.attestation import envelope_path
    from engine.verify.signing import sign

    together: dict[Path, list[Path]] = defaultdict(list)
    for path in paths:
        together[envelope_path(path)].append(path)
    for group in together.values():
        sign(group, key)


def sign_command(
    files: list[Path] = typer.Argument(
        ..., metavar="FILE...", help="Evidence (.json), its report (.pdf), or both of one run."
    ),
    key: Path | None = typer.Option(None, "--key", help="Private key; default in your settings."),
    inside: bool = typer.Option(  # noqa: FBT001 - typer reads it from the signature
        False, "--inside", help="Also sign inside the PDF (PAdES; the extra 'sign')."
    ),
) -> int:
    """Sign the files of one run: an in-toto statement in a DSSE envelope, FILE.dsse.json.

    Only files whose every number holds are signed. CERTISCOPE_PASSPHRASE unlocks the key.
    """
    from engine.signing import keys
    from engine.verify.signing import sign

    opened = keys.load(key or keys.default_path(), passphrase=passphrase())
    if inside and all(path.suffix.lower() != ".pdf" for path in files):
        raise UserError("--inside signs a PDF; none of the files ends in .pdf.")
    envelope = sign(files, opened, inside=inside)
    name, mark = opened.public.name, opened.public.fingerprint
    also = ", and inside the PDF" if inside else ""
    write_line(sys.stdout, f"Signed by '{name}', fingerprint {mark}: {envelope}{also}")
    return CERTIFIED


PASSPHRASE = "CERTISCOPE_PASSPHRASE"


def keys_app() -> typer.Typer:
    """The command and its three verbs."""
    app = typer.Typer(help="Keys that sign evidence (Ed25519): new, show, trust.")
    app.command("new")(new)
    app.command("show")(show)
    app.command("trust")(trust)
    return app


def passphrase() -> str:
    """The passphrase of the private key, from the environment: command lines can be seen by all."""
    return os.environ.get(PASSPHRASE, "")


def new(
    name: str = typer.Option(..., "--name", help="Whose key it is; verifiers see it."),
    key: Path | None = typer.Option(None, "--key", help="Where to; default in your settings."),
) -> int:
    """Make a key pair. CERTISCOPE_PASSPHRASE, if set, locks the private key."""
    from engine.signing import keys

    path = key or keys.default_path()
    made = keys.create(path, name=name, passphrase=passphrase())
    locked = "locked with the passphrase" if passphrase() else "not locked with a passphrase"
    write_line(sys.stdout, f"Private key ({locked}): {path}")
    write_line(sys.stdout, f"Public key, to hand out: {keys.public_path(path)}")
    write_line(sys.stdout, f"'{made.public.name}', fingerprint {made.public.fingerprint}")
    return CERTIFIED


def show(
    key: Path | None = typer.Option(None, "--key", help="Private key; default in your settings."),
) -> int:
    """Show your key's fingerprint, and the keys you trust."""
    from engine.signing import keys

    path = keys.public_path(key or keys.default_path())
    own = keys.read_public(path) if path.exists() else None
    if own is None and key is not None:
        raise UserError(f"There is no key {path}; certiscope keys new makes one.")
    if own is None:
        write_line(sys.stdout, "You have no key; certiscope keys new --name 'Your Name' makes one.")
    else:
        write_line(sys.stdout, f"yours: '{own.name}', fingerprint {own.fingerprint}, {path}")
    for fingerprint, other in keys.known().items():
        if own is None or fingerprint != own.fingerprint:
            write_line(sys.stdout, f"trusted: '{other.name}', fingerprint {fingerprint}")
    return CERTIFIED


def trust(
    file: Path = typer.Argument(..., metavar="FILE.pub.json", help="Somebody's public key."),
) -> int:
    """Trust somebody's key from now on; compare the fingerprint with them first."""
    from engine.signing import keys

    known = keys.read_public(file)
    keys.trust(known)
    write_line(
        sys.stdout,
        f"Signatures of '{known.name}', fingerprint {known.fingerprint}, are known from now on.",
    )
    return CERTIFIED
