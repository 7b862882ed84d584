r"""Text from outside, made visible where it is shown.

Names, answers and evidence may hold characters that steer a terminal (escape sequences), reorder
their neighbours (direction overrides) or hide. Records keep them as they are; whoever shows a text
to a person (terminal, window, HTML, CSV) shows it through :func:`visible`. PDFs, whose fonts have
fewer characters, have ``report.typeset.displayable``.
"""

from __future__ import annotations

import re

_ACTING = (
    "\x00-\x1f\x7f-\x9f"  # C0, DEL, C1
    "\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f"
)
_ALL, _BUT_LINES = re.compile(f"[{_ACTING}]"), re.compile(rf"(?![\n\t])[{_ACTING}]")


def visible(text: str, *, lines: bool = False) -> str:
    r"""``text`` with every character that would act instead of being read as its escape.

    Args:
        text: from anywhere.
        lines: keep line ends and tabs, where several lines may be shown.

    >>> visible("a\x1b[2Jb"), visible("x\u202ey"), visible("one\ntwo"), visible("é ✓")
    ('a\\x1b[2Jb', 'x\\u202ey', 'one\\ntwo', 'é ✓')
    """
    return (_BUT_LINES if lines else _ALL).sub(_escaped, text)


def json_ascii(text: str) -> str:
    r"""JSON that means the same, with such characters as ``\u`` escapes.

    They stand only inside strings of JSON, but for the line ends and spaces between values.
    """
    return _BUT_LINES.sub(lambda found: _units(found.group()), text)


OF_THE_REFERENCE = " of the reference"
"""So ends what is counted of a model of places or numbers, which is no class."""


def class_in_words(name: str) -> str:
    """A class by its name, where nothing else says that it is one.

    >>> class_in_words("7"), class_in_words("class 7"), class_in_words("")
    ('class 7', 'class 7', '')
    >>> class_in_words("the box within 2 pixels of the reference")
    'the box within 2 pixels of the reference'
    """
    known = name.startswith("class ") or name.endswith(OF_THE_REFERENCE)
    return f"class {name}" if name and not known else name


_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def guarded(text: str) -> str:
    """``text`` such that no spreadsheet takes it for a formula.

    >>> guarded("=1+1"), guarded("seven")
    ("'=1+1", 'seven')
    """
    return "'" + text if text.startswith(_FORMULA) else text


def unguarded(text: str) -> str:
    """The text that :func:`guarded` was given."""
    return text[1:] if text[:1] == "'" and text[1:].startswith(_FORMULA) else text


def _escaped(found: re.Match[str]) -> str:
    code = ord(found.group())
    short = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}.get(found.group())
    return short or (f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}")


def _units(character: str) -> str:
    code = ord(character)
    if code < 0x10000:
        return f"\\u{code:04x}"
    high, low = divmod(code - 0x10000, 0x400)
    return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"
