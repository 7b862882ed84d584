"""What a PDF prints, against its own attachment: the pages are set again and their words compared.

Images of the input stand between the first part with its figures and the rest, and are not in the
evidence; their words are left out. Everything else must be the same, character for character.
"""

from __future__ import annotations

import io
import re
from typing import NamedTuple

import numpy as np

from engine.evidence.evidence import Evidence
from engine.figures import Example, ExamplesFigure, Illustrations, ImageMedium
from engine.report.content import Section
from engine.report.pdf import pdf_bytes
from engine.report.seal import read_seal
from engine.report.summary import content
from engine.report.typeset import displayable
from engine.verify.report import Claim

_MOST_PAGES = 200
_IMAGE = 3
"""Axes of an image; inputs of other kinds have fewer."""
_NUMBER = re.compile(r"page\d+of\d+$")


def check_pages(pdf: bytes, evidence: Evidence) -> list[Claim]:
    """Whether the first page and the sections say what the evidence says."""
    try:
        printed = _pages(pdf)
    except Exception:  # damaged files fail in many ways
        wrong = "its pages cannot be read"
        return [Claim(name="first page", verdict="does not hold", detail=wrong)]
    if evidence.upgraded_from is not None:
        return [_older(printed, evidence)]
    plain, imaged = _pages(pdf_bytes(evidence)), _pages(pdf_bytes(evidence, _image(evidence)))
    told = content(evidence)
    last = _squeezed(displayable(told.limits.sentences[-1]))
    front, rest = _cut(plain, last)
    fronts = (front, _cut(imaged, last)[0])
    drawn, sections = _apart(rest, told.sections[0])
    figures = tuple(front + drawn for front in fronts)
    framed = {page.frame for page in printed} == {plain[0].frame}
    words = _joined(printed)
    wrong = "its words are not those that follow from the attached evidence"
    return [
        _claim("first page", framed and words.startswith(fronts), wrong),
        _claim(
            "further pages",
            framed and words.startswith(figures) and words.endswith(sections),
            wrong,
        ),
    ]


def _older(printed: list[_Page], evidence: Evidence) -> Claim:
    """Pages of an older version, which this one would set otherwise: the claim stands on them."""
    statement = _squeezed(displayable(evidence.statement))
    if not printed or statement not in printed[0].body:
        wrong = "its first page does not say what the attached evidence says"
        return _claim("pages", False, wrong)
    reason = (
        f"a report of schema {evidence.upgraded_from} is set otherwise; the statement on it is "
        "that of the attached evidence"
    )
    return Claim(name="pages", verdict="cannot be checked", detail=reason)


def _cut(pages: list[_Page], last: str) -> tuple[str, str]:
    """The words up to ``last``, which ends the first part, and those after it."""
    words = _joined(pages)
    place = words.rindex(last) + len(last)
    return words[:place], words[place:]


def _apart(words: str, first: Section) -> tuple[str, str]:
    """The words of figures that are drawn from the evidence, and those from ``first`` on."""
    labels = [fact.label for fact in first.facts[:1]]
    place = words.index(_squeezed(displayable("".join([first.title, *labels]))))
    return words[:place], words[place:]


def _joined(pages: list[_Page]) -> str:
    return "".join(page.body for page in pages)


def check_seal(pdf: bytes, *, signed: bool) -> Claim:
    """Whether the bytes of the PDF are those that were written."""
    seal = read_seal(pdf)
    if seal is None:
        reason = "it has no seal of its own; another program wrote or rewrote it"
        return Claim(name="bytes of the PDF", verdict="cannot be checked", detail=reason)
    wrong = "a byte was changed after it was written" if not seal.whole else ""
    if seal.appended and not signed:
        wrong = wrong or "something was appended, and it is not a valid signature"
    return _claim("bytes of the PDF", not wrong, wrong)


def _claim(name: str, holds: bool, wrong: str) -> Claim:  # noqa: FBT001
    if holds:
        return Claim(name=name, verdict="holds")
    return Claim(name=name, verdict="does not hold", detail=wrong)


class _Page(NamedTuple):
    """A page's characters without spaces: header and footer, and what stands between."""

    frame: tuple[str, str]
    body: str


def _pages(pdf: bytes) -> list[_Page]:
    from pypdf import PdfReader

    pages = PdfReader(io.BytesIO(pdf)).pages
    if len(pages) > _MOST_PAGES:
        raise ValueError("more pages than a report has")
    return [_page(page.extract_text()) for page in pages]


def _page(text: str) -> _Page:
    """The first line is the header, the last the footer; only the page's number may vary."""
    head, _, rest = text.strip().partition("\n")
    body, _, foot = rest.rpartition("\n")
    return _Page((_squeezed(head), _NUMBER.sub("", _squeezed(foot))), _squeezed(body))


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _image(evidence: Evidence) -> Illustrations | None:
    """Stand-in images: a first page with a thumbnail breaks its lines elsewhere."""
    if len(evidence.input.shape) != _IMAGE:
        return None
    blank = np.zeros(evidence.input.shape, dtype=np.float32)
    original = Example.clean((ImageMedium(pixels=blank),))
    return Illustrations(examples=ExamplesFigure(noise_in_words="", original=original))
