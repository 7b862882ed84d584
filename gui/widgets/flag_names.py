"""The engine's sentences name flags of the command line; the window names its own fields."""

from __future__ import annotations

import re
from functools import cache

from pydantic import BaseModel

from engine import schemes
from engine.core.fields import field_specs
from engine.evidence.settings import CertifySettings, Execution
from engine.models.request import REQUEST_FIELDS

_FLAG = re.compile(r"(?<!\S)[(']?--[a-z][a-z0-9-]*")
_BESIDE_THE_FORM = {
    "--labels": "Labels",
    "--selection": "class chosen by",
    "--at": "certified at",
    "--scheme": "Attacker may",
    "--model": "Model",
    "--input": "Input",
    "--target-radius": "stop at radius",
    "--rerun": "Draw blocks again",
    "--trust": "Open this file",
}
"""Fields that no scheme, no run and no request for a model declares."""
_PHRASES = (
    (" (in Python batch=1)", ""),
    ("certiscope verify FILE, on this report,", "'Verify a report', on this file,"),
    ("; omit --", "; leave out --"),
    (" (--trust)", ""),
    ("(verify --rerun all --model FILE)", "('Verify a report', all blocks drawn again)"),
    (
        "(certiscope verify FILE --rerun all --model MODEL)",
        "('Verify a report', all blocks drawn again)",
    ),
    ("; certiscope verify --rerun draws", "; 'Draw again' on 'Verify a report' draws"),
    ("; start it with certiscope serve-encrypted --model M", "; start one, here or there"),
    ("certiscope keys new makes one", "'Signing keys' makes one"),
    ("; certiscope keys trust FILE.pub.json adds it", "; 'Signing keys' adds it"),
    ("; give its passphrase in CERTISCOPE_PASSPHRASE", "; type its passphrase"),
    ("; leave CERTISCOPE_PASSPHRASE empty", "; leave the field empty"),
    ("--name 'Ada Example'", "Ada Example"),
)
"""Advice that is about the command line or Python, and the same for the window."""


def in_the_window(sentence: str) -> str:
    """A sentence with the titles of fields in place of flags, and their own words where none is.

    >>> in_the_window("It may be [0,255]; choose another with --normalize, e.g. none.")
    "It may be [0,255]; choose another with 'Normalisation', e.g. none."
    >>> in_the_window("--allow-flips 3 accepts that many.")
    "'allow flips' 3 accepts that many."
    """
    for said, meant in _PHRASES:
        sentence = sentence.replace(said, meant)
    return _FLAG.sub(_title, sentence)


def _title(found: re.Match[str]) -> str:
    opening, flag = found[0].partition("--")[0], found[0].lstrip("('")
    title = _titles().get(flag, flag.removeprefix("--").replace("-", " "))
    return f"{opening}'{title}'"


@cache
def _titles() -> dict[str, str]:
    """Titles by flag."""
    forms: tuple[type[BaseModel], ...] = (*schemes.SCHEMES, CertifySettings, Execution)
    declared = {spec.flag: spec.title for form in forms for spec in field_specs(form)}
    read = {field.flag: field.label for field in REQUEST_FIELDS if field.title}
    return declared | read | _BESIDE_THE_FORM
