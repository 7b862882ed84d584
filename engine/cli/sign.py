"""``certiscope sign``: put a name to evidence, beside the files and inside a PDF."""

from __future__ import annotations

import sys
from pathlib import Path

import typer

from engine.cli.keys import passphrase
from engine.cli.outcome import CERTIFIED
from engine.errors import UserError


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
    from engine.signing.signing import sign

    opened = keys.load(key or keys.default_path(), passphrase=passphrase())
    if inside and all(path.suffix.lower() != ".pdf" for path in files):
        raise UserError("--inside signs a PDF; none of the files ends in .pdf.")
    envelope = sign(files, opened, inside=inside)
    sys.stdout.write(
        f"Signed by '{opened.public.name}', fingerprint {opened.public.fingerprint}: {envelope}\n"
    )
    return CERTIFIED
