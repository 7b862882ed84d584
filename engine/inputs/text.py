"""Texts: a .txt file, or the words themselves after ``text:``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal

from engine.core.errors import UserError, quoted
from engine.core.files import sha256_bytes
from engine.inputs.base import Given

PREFIX = "text:"
SUFFIX = ".txt"
MAX_BYTES = 1_000_000
_GIVE = "give a .txt file in UTF-8, or the words themselves as text:the words"
_SHOWN = 40


@dataclass(frozen=True)
class TextInput(Given):
    """A text, before any model is chosen.

    Attributes:
        text: the words, without white space at either end.
    """

    kind: ClassVar[Literal["text"]] = "text"

    text: str


def claims(spec: str) -> bool:
    """``text:words`` or the name of a .txt file."""
    return spec.startswith(PREFIX) or spec.lower().endswith(SUFFIX)


def expand(spec: str) -> list[str]:
    """A text stands for itself."""
    return [spec]


def load(spec: str) -> TextInput:
    """The text that ``spec`` is or names.

    Raises:
        UserError: there is no such file, it is not a text in UTF-8, or it is empty.
    """
    written = spec.startswith(PREFIX)
    data = spec.removeprefix(PREFIX).encode("utf-8", "surrogatepass") if written else read(spec)
    text = decoded(data, "The text" if written else spec)
    return TextInput(
        name=shortened(text) if written else Path(spec).name,
        source=spec,
        sha256=sha256_bytes(data),
        text=text,
    )


def shortened(text: str) -> str:
    """The beginning of a text in quotation marks, as a name for people."""
    return f"'{quoted(' '.join(text.split()), _SHOWN)}'"


def decoded(data: bytes, name: str) -> str:
    """The text of some bytes, without white space at either end.

    Raises:
        UserError: too many, not UTF-8, with control characters, or nothing in it.
    """
    if len(data) > MAX_BYTES:
        raise UserError(
            f"{name} has {len(data) / 1e6:.1f} MB, more than the {MAX_BYTES / 1e6:.0f} MB of text "
            "that open here; give a shorter one."
        )
    try:
        text = data.decode("utf-8-sig").strip()
    except UnicodeDecodeError as error:
        raise UserError(f"{name} is not written in UTF-8; {_GIVE}.") from error
    if "\0" in text:
        raise UserError(f"{name} holds bytes that are no text; {_GIVE}.")
    if not text:
        raise UserError(f"{name} is empty; {_GIVE}.")
    return text


def read(spec: str) -> bytes:
    """The bytes of a text file, one more than allowed at most.

    Raises:
        UserError: there is no such file, or it cannot be read.
    """
    try:
        path = Path(spec).expanduser()
        if not path.is_file():
            raise UserError(f"There is no text {spec[:200]}; {_GIVE}.")
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except (OSError, ValueError, RuntimeError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise UserError(f"Cannot read {spec[:200]}: {reason}; {_GIVE}.") from error
