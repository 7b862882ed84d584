"""For whom and why a run was made, in the words of whoever made the report: nothing checks them."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field, ValidationInfo, field_validator

from engine.core.errors import UserError
from engine.core.records import Record
from engine.core.text import visible

LINE, TEXT = 200, 1000
"""Most characters of a line, and of the remarks."""


class Assignment(Record):
    """What a person wrote about a run: no claim rests on it, and no check can show it wrong."""

    client: str = Field(default="", title="client", description="for whom the run was made")
    purpose: str = Field(default="", title="purpose", description="what it was made for")
    auditor: str = Field(default="", title="auditor", description="who made it, or reviews it")
    remarks: str = Field(default="", title="remarks", description="anything else to be said of it")

    @field_validator("*")
    @classmethod
    def _readable(cls, text: str, info: ValidationInfo) -> str:
        """Characters that act on their neighbours could make a name read as another."""
        if wrong := _wrong(str(info.field_name), text):
            raise ValueError(wrong)
        return text

    def lines(self) -> Iterator[tuple[str, str]]:
        """Name and text of each field that is filled in."""
        for name in type(self).model_fields:
            if text := getattr(self, name):
                yield name, text


def assigned(**texts: str) -> Assignment | None:
    """What was written; None where nothing was.

    Raises:
        UserError: a text is too long or holds characters that cannot be shown.
    """
    written = {name: text.strip() for name, text in texts.items() if text.strip()}
    for name, text in written.items():
        if wrong := _wrong(name, text):
            raise UserError(f"The {name} {wrong}.")
    return Assignment(**written) if written else None


def _wrong(name: str, text: str) -> str:
    """What is wrong with a text; empty if nothing is."""
    most = TEXT if name == "remarks" else LINE
    if len(text) > most:
        return f"must have at most {most:,} characters (it has {len(text):,})"
    if visible(text, lines=name == "remarks") != text:
        return "must not hold control characters or direction marks"
    return ""
