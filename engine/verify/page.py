"""What a PDF shows, against its own attachments: the report is set again and compared.

A report is a function of its evidence and of the illustrations attached beside it, so that every
byte of it must come out again; where one does not, the reason is looked for. What lies over the
pages (annotations, form fields, layers) is named. A signature that was appended may add nothing
else to be seen.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from engine import __version__
from engine.core.errors import UserError
from engine.evidence.evidence import Evidence
from engine.procedures.set_result import SetResult
from engine.report.audit.pages import set_pdf_again
from engine.report.audit.record import SetRecord
from engine.report.pdf import pdf_again
from engine.report.revision import PREFIX, revision
from engine.report.seal import read_seal
from engine.report.typeset import displayable
from engine.verify.report import Claim

OVERLAYS, PAGES = "nothing over the pages", "pages"
_MOST_PAGES = 200
_MOST_OBJECTS, _DEEPEST = 100_000, 60
_UNSEEN = {
    "/AcroForm": "form fields",
    "/OCProperties": "layers that can be switched",
    "/OpenAction": "an action on opening",
    "/AA": "actions",
    "/Collection": "a portfolio",
}
_DRAWN = ("/Contents", "/Resources", "/MediaBox", "/CropBox", "/Rotate", "/UserUnit")
"""Entries of a page that decide what it looks like."""


def check_pages(
    pdf: bytes, evidence: Evidence, illustrations: bytes | None = None, *, signed: bool = False
) -> list[Claim]:
    """Whether the pages show what follows from the attachments, and nothing else.

    Args:
        pdf: the report.
        evidence: attached to it.
        illustrations: attached to it; None where it has none.
        signed: it carries a signature that holds, whose empty field is no overlay.
    """

    def again() -> bytes:
        return pdf_again(evidence, illustrations)

    version, schema = evidence.software.certiscope, evidence.upgraded_from or ""
    return _pages(pdf, _Due(again, evidence.statement, version, schema), signed=signed)


def check_set_pages(
    pdf: bytes,
    record: SetRecord,
    result: SetResult,
    illustrations: bytes | None = None,
    *,
    signed: bool = False,
) -> list[Claim]:
    """The same of the report of a set, whose result was worked out from its rows."""

    def again() -> bytes:
        return set_pdf_again(record, result, illustrations)

    return _pages(pdf, _Due(again, record.statement, record.software.certiscope), signed=signed)


@dataclass(frozen=True)
class _Due:
    """What a report has to be.

    Attributes:
        again: sets it from what is attached.
        statement: stands on its first page.
        version: of the Certiscope that wrote it.
        schema: of its evidence, where that is an older one.
    """

    again: Callable[[], bytes]
    statement: str
    version: str
    schema: str = ""


def _pages(pdf: bytes, due: _Due, *, signed: bool) -> list[Claim]:
    from pypdf import PdfReader

    try:
        reader = PdfReader(io.BytesIO(pdf))
        if len(reader.pages) > _MOST_PAGES:
            raise ValueError("more pages than a report has")
        over = sorted(set(_overlays(reader, signed=signed)))
        words = [_squeezed(page.extract_text()) for page in reader.pages]
        drawn = [_drawn(page) for page in reader.pages]
    except Exception:  # damaged files fail in many ways
        return [_claim(PAGES, "its pages cannot be read")]
    laid_over = _claim(OVERLAYS, ", ".join(over))
    if (version := _other_version(reader, due)) is not None:
        return [laid_over, _older(words, due, version)]
    try:
        again = due.again()
    except UserError as error:
        return [laid_over, _claim(PAGES, str(error).rstrip("."))]
    except Exception:  # what is attached may be anybody's, and typst fails in its own ways
        return [laid_over, _claim(PAGES, "what is attached to it cannot be set")]
    if pdf == again:
        return [laid_over, Claim(name=PAGES, verdict="holds", detail="set again, byte for byte")]
    return [laid_over, _compared(reader, words, drawn, again, whole=pdf.startswith(again))]


def _compared(
    found: Any, words: list[str], drawn: list[str], again: bytes, *, whole: bool
) -> Claim:
    """Why the bytes of a report are others than those that its attachments give."""
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(again))
    should = [_squeezed(page.extract_text()) for page in reader.pages]
    if len(words) != len(should):
        return _claim(PAGES, f"it has {len(words)} pages, and {len(should)} follow from it")
    for number, (one, other) in enumerate(zip(words, should, strict=True), 1):
        if one != other:
            wrong = f"the words of page {number} are not those that follow from the evidence"
            return _claim(PAGES, wrong)
    then, now = (str((each.metadata or {}).get("/Creator", "")) for each in (found, reader))
    if then != now:
        reason = (
            f"it was set by {then[:40] or 'another program'}, and here is {now}; its words agree"
        )
        return Claim(name=PAGES, verdict="cannot be checked", detail=reason)
    for number, (page, due) in enumerate(zip(drawn, reader.pages, strict=True), 1):
        if page != _drawn(due):
            wrong = f"page {number} is drawn otherwise than its evidence is set; its words agree"
            return _claim(PAGES, wrong)
    return _claim(PAGES, "" if whole else "bytes beside its pages were changed")


def _overlays(reader: Any, *, signed: bool) -> Iterator[str]:
    """What can lie over a page, or change it, without being set by Certiscope."""
    root = reader.trailer["/Root"]
    for entry, what in _UNSEEN.items():
        if entry in root and not (entry == "/AcroForm" and signed and _holds_one(root[entry])):
            yield f"it has {what}"
    if "/JavaScript" in root.get("/Names", {}):
        yield "it has scripts"
    for number, page in enumerate(reader.pages, 1):
        contents = page.get("/Contents")
        contents = contents.get_object() if contents is not None else None
        if isinstance(contents, list) and len(contents) > 1:
            yield f"page {number} has content added to it"
        if "/AA" in page:
            yield f"page {number} has actions"
        for note in page.get("/Annots", ()) or ():
            each = note.get_object()
            if not (signed and _is_unseen_signature(each)):
                kind = str(each.get("/Subtype", "unknown")).removeprefix("/")[:20]
                yield f"page {number} has an annotation ({kind})"


def _holds_one(form: Any) -> bool:
    """Whether a form is that of one unseen signature and nothing else (scripts, XFA pages)."""
    fields = [field.get_object() for field in form.get("/Fields", ())]
    alone = set(form) <= {"/Fields", "/SigFlags"} and len(fields) == 1
    return alone and _is_unseen_signature(fields[0])


def _is_unseen_signature(note: Any) -> bool:
    """Whether an annotation is the field of a signature and takes no room."""
    x0, y0, x1, y1 = map(float, note.get("/Rect", (0, 0, 1, 1)))
    kinds = (str(note.get("/Subtype")), str(note.get("/FT")))
    return kinds == ("/Widget", "/Sig") and (x0, y0) == (x1, y1)


def _drawn(page: Any) -> str:
    """A digest of everything that decides what a page looks like, fonts and images among it."""
    digest, budget = hashlib.sha256(), [_MOST_OBJECTS]
    for entry in _DRAWN:
        digest.update(entry.encode())
        if entry in page:
            _digest(page[entry], digest, budget, _DEEPEST)
    return digest.hexdigest()


def _digest(value: Any, digest: Any, budget: list[int], depth: int) -> None:
    """Put a PDF object and all it refers to into a digest."""
    from pypdf.generic import DictionaryObject

    value = value.get_object()
    budget[0] -= 1
    if budget[0] < 0 or depth < 0:
        raise ValueError("more objects than a page of a report has")
    digest.update(type(value).__name__.encode())
    if hasattr(value, "get_data"):
        digest.update(value.get_data())
    if isinstance(value, DictionaryObject):
        for name in sorted(value):
            if name not in ("/Parent", "/Length", "/Filter", "/DecodeParms"):
                digest.update(str(name).encode())
                _digest(value.raw_get(name), digest, budget, depth - 1)
    elif isinstance(value, list):
        for each in value:
            _digest(each, digest, budget, depth - 1)
    else:
        digest.update(repr(value).encode())


def _other_version(reader: Any, due: _Due) -> str | None:
    """What set a report whose layout or sentences are not this program's; None if they are."""
    if due.schema:
        return f"a report of schema {due.schema}"
    if due.version != __version__:
        return f"a report of Certiscope {due.version[:20]}"
    stated = str((reader.metadata or {}).get("/Keywords", ""))
    if stated != PREFIX + revision():
        return "a report of another revision of Certiscope"
    return None


def _older(words: list[str], due: _Due, version: str) -> Claim:
    """Pages of another version, which this one would set otherwise: the claim stands on them."""
    statement = _squeezed(displayable(due.statement))
    if not words or statement not in words[0]:
        return _claim(PAGES, "its first page does not say what the attached evidence says")
    reason = (
        f"{version} is set otherwise, so that nothing shows what "
        "lies over its words; rely on the attached evidence, whose statement the first page repeats"
    )
    return Claim(name=PAGES, verdict="cannot be checked", detail=reason)


def check_seal(pdf: bytes, *, signed: bool) -> Claim:
    """Whether the bytes of the PDF are those that were written."""
    name, seal = "bytes of the PDF", read_seal(pdf)
    if seal is None:
        reason = "it has no seal of its own; another program wrote or rewrote it"
        return Claim(name=name, verdict="cannot be checked", detail=reason)
    if seal.appended and not signed and seal.whole:
        return _claim(name, "something was appended, and it is not a valid signature")
    if not seal.whole:
        return _claim(name, "a byte was changed after it was written")
    return Claim(name=name, verdict="holds", detail="a seal without a key: it finds accidents")


def _claim(name: str, wrong: str) -> Claim:
    if wrong:
        return Claim(name=name, verdict="does not hold", detail=wrong)
    return Claim(name=name, verdict="holds")


def _squeezed(text: str) -> str:
    return "".join(text.split())
