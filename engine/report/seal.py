"""A digest of a PDF inside the PDF: a comment line in front of ``startxref``.

A comment there is allowed by PDF/A, and readers skip it. The digest covers every other byte, so
that a byte changed anywhere is noticed, in images and fonts too. A signature appended later
leaves the sealed part as it was.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

_START, _END = b"startxref", b"%%EOF"
_LINE = re.compile(rb"%certiscope sha256 ([0-9a-f]{64})\n(?=startxref)")


@dataclass(frozen=True)
class Seal:
    """What a PDF says of itself.

    Attributes:
        whole: the sealed part is as it was written.
        appended: bytes follow after the sealed part.
    """

    whole: bool
    appended: bool


def sealed(pdf: bytes) -> bytes:
    """``pdf`` with its seal."""
    place = pdf.rindex(_START)
    head, tail = pdf[:place], pdf[place:]
    return head + b"%certiscope sha256 " + _digest(head + tail).encode() + b"\n" + tail


def read_seal(pdf: bytes) -> Seal | None:
    """The seal of ``pdf``; None if it carries none."""
    lines = list(_LINE.finditer(pdf))
    if len(lines) != 1:
        return None
    line = lines[0]
    end = pdf.find(_END, line.end())
    if end < 0:
        return Seal(whole=False, appended=False)
    end += len(_END)
    found = _digest(pdf[: line.start()] + pdf[line.end() : end])
    return Seal(whole=found == line[1].decode(), appended=end < len(pdf))


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
