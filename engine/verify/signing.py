"""Signing the files of one run, after looking at what one signs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from engine.core.errors import UserError
from engine.core.files import sha256_file, write_atomically
from engine.evidence.evidence import Evidence
from engine.signing import attestation, dsse, pades
from engine.signing.keys import SigningKey


def sign(paths: Sequence[Path], key: SigningKey, *, inside: bool = False) -> Path:
    """Sign evidence and report of one run; the path of the envelope.

    Another file of the run that the envelope signs already is signed in it again, if it is as it
    was: the two share one envelope.

    Args:
        paths: JSON or PDF files, all of one run.
        key: whose signature.
        inside: sign inside the PDFs too; their bytes grow, so that comes first.

    Raises:
        UserError: a number in a file does not hold, the files are of different runs, or what is
            at the envelope's place signs a file of another run, or is no envelope at all.
    """
    evidence = _one_run(paths)
    if len({attestation.envelope_path(path).absolute() for path in paths}) > 1:
        raise UserError(
            "Files that are signed together need one name and folder, such as run.json and "
            "run.pdf; sign others one by one."
        )
    before = _signed_before(paths, evidence, key)
    if inside:
        for path in paths:
            if path.suffix.lower() == ".pdf":
                write_atomically(path, pades.sign(path.read_bytes(), key))
    return attestation.sign_files([*paths, *before], evidence, key)


def _signed_before(paths: Sequence[Path], evidence: Evidence, key: SigningKey) -> list[Path]:
    """Other files that the envelope of these signs, and that are there as they were."""
    envelope = attestation.envelope_path(paths[0])
    if not envelope.exists():
        return []
    try:
        stated = dsse.read(envelope.read_bytes(), envelope.name)
        before = attestation.read_statement(stated.payload, envelope.name)
    except (OSError, UserError) as error:  # evidence, say, that somebody called run.dsse.json
        raise UserError(
            f"The signature of {paths[0].name} belongs into {envelope}, and what is there is none, "
            "or is damaged; give one of the two another name."
        ) from error
    names = {path.name for path in paths}
    files = [paths[0].with_name(name) for name in before.subjects if Path(name).name == name]
    kept = [path for path in files if path.name not in names and path.is_file()]
    kept = [path for path in kept if sha256_file(path) == before.subjects[path.name]]
    other = ""
    if before.seal != evidence.seal:
        other = f"signs {kept[0].name}, which is of another run" if kept else ""
    elif kept and before.signer.raw != key.public.raw:
        other = f"is the signature of '{before.signer.name}' under {kept[0].name}"
    if other:
        raise UserError(f"{envelope} {other}; give {paths[0].name} another name first.")
    for path in kept:
        _sound(path)
    return kept


def _one_run(paths: Sequence[Path]) -> Evidence:
    found = [_sound(path) for path in paths]
    if any(evidence.seal != found[0].seal for evidence in found):
        raise UserError(
            f"{paths[0]} and {paths[-1]} are not of the same run; sign them one by one."
        )
    return found[0]


def _sound(path: Path) -> Evidence:
    """The evidence of a file whose every number follows from its votes."""
    from engine.verify import Plan, verify
    from engine.verify.reading import evidence_of

    report = verify(path, Plan(counts_only=True))
    own = [claim for claim in report.claims if not claim.name.startswith("sign")]
    wrong = [claim for claim in own if claim.verdict != "holds"]
    if wrong:
        raise UserError(f"{path} is not signed: {wrong[0].line()}.")
    return evidence_of(path)
