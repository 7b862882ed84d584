"""``certiscope sign``: put a name to evidence, beside the files and inside a PDF."""

from __future__ import annotations

import inspect
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from engine.cli.keys import passphrase
from engine.cli.options import OUTPUT, flag
from engine.cli.outcome import CERTIFIED
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
    sys.stdout.write(
        f"Signed by '{opened.public.name}', fingerprint {opened.public.fingerprint}: {envelope}\n"
    )
    return CERTIFIED
