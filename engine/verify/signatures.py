"""Whose signature a file carries, beside it or inside, and whether that key is known."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from engine.core.errors import UserError
from engine.core.files import sha256_bytes
from engine.signing import attestation, dsse, keys, pades
from engine.verify.report import Claim, Verdict

_LONGEST = 8 << 20
_ABOUT = ("model ", "input ")
"""Subjects of a statement that are no files of the run."""
BESIDE, INSIDE, SIGNER = "signature beside the file", "signature in the PDF", "signer"


def check_beside(path: Path, data: bytes, note: Callable[[str], object]) -> Iterator[Claim]:
    """The envelope beside the file; nothing where there is none.

    ``run.json`` and ``run.pdf`` share one. What signs the one alone is no claim on the other, and
    is noted; what names a file of this kind, by whatever name, is about this one.

    Args:
        path, data: the file.
        note: told of an envelope that is about another file.
    """
    place = attestation.envelope_path(path)
    if not place.is_file() or place == path:
        return
    try:
        envelope = dsse.read(_text(place), str(place))
        stated = attestation.read_statement(envelope.payload, str(place))
    except UserError as error:
        yield _claim(BESIDE, "does not hold", str(error).rstrip("."))
        return
    signer = stated.signer
    if len(signer.raw) != 32 or not dsse.signed_by(envelope, signer.raw):
        yield _claim(BESIDE, "does not hold", f"{place.name} was changed after it was signed")
        return
    signed = sha256_bytes(data) in stated.subjects.values()
    if not signed:
        files = [name for name in stated.subjects if not name.startswith(_ABOUT)]
        names = ", ".join(files)
        if all(Path(name).suffix.lower() != path.suffix.lower() for name in files):
            note(
                f"{place.name}, signed by {_who(signer)}, is about {names} and not about this file."
            )
            return
        wrong = f"{place.name}, signed by {_who(signer)}, is about other bytes than these ({names})"
        yield _claim(BESIDE, "does not hold", wrong)
        return
    yield _claim(BESIDE, "holds", f"{place.name}, by {_who(signer)}")
    yield _known(signer)


def check_inside(pdf: bytes) -> Iterator[Claim]:
    """The signature in a PDF; nothing where there is none."""
    if not pades.carries_signature(pdf):
        return
    if not pades.available():
        reason = "pyHanko is not installed (the extra 'sign')"
        yield _claim(INSIDE, "cannot be checked", reason)
        return
    try:
        found = pades.inspect(pdf)
    except Exception:  # damaged files fail in many ways
        yield _claim(INSIDE, "does not hold", "the signature cannot be read")
        return
    if not found:
        yield _claim(INSIDE, "does not hold", "the signature was taken out of its field")
    for each in found:
        if each.problem:
            yield _claim(INSIDE, "does not hold", each.problem)
        else:
            yield _claim(INSIDE, "holds", f"by {_who(each.signer)}")
            yield _known(each.signer)


def _known(signer: keys.PublicKey) -> Claim:
    own = keys.own()
    if own is not None and own.fingerprint == signer.fingerprint:
        return _claim(SIGNER, "holds", f"{own.name}, your own key")
    known = keys.known().get(signer.fingerprint)
    if known is not None:
        return _claim(SIGNER, "holds", f"{known.name}, a key you trust")
    reason = (
        f"the key {signer.fingerprint[:16]}… is not among those you trust; "
        "certiscope keys trust FILE.pub.json adds it"
    )
    return _claim(SIGNER, "cannot be checked", reason)


def _who(signer: keys.PublicKey) -> str:
    name = "".join(c for c in signer.name if c.isprintable())[:80] or "somebody without a name"
    return f"'{name}', key {signer.fingerprint}"


def _text(place: Path) -> bytes:
    try:
        with place.open("rb") as file:
            return file.read(_LONGEST)
    except OSError as error:
        raise UserError(f"Cannot read {place}: {error.strerror or error}.") from error


def _claim(name: str, verdict: Verdict, detail: str) -> Claim:
    return Claim(name=name, verdict=verdict, detail=detail)
