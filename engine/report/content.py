"""What a report says, before anyone sets it in type: PDF and HTML show the same words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Tone = Literal["good", "warn", "bad", "plain"]


@dataclass(frozen=True)
class Fact:
    """A number or name with its label and, small, what qualifies it.

    Attributes:
        code: a digest, a key or a command: set in a typewriter face.
    """

    label: str
    value: str
    note: str = ""
    code: bool = False


@dataclass(frozen=True)
class Table:
    """A small table; every cell is text."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Section:
    """A heading with facts, a table and sentences below it; each may be empty."""

    title: str
    facts: tuple[Fact, ...] = ()
    sentences: tuple[str, ...] = ()
    table: Table | None = None


@dataclass(frozen=True)
class Content:
    """A whole report in words.

    Attributes:
        verdict: one word in capitals.
        tone: how the verdict is coloured; the word itself is the second cue.
        badge: how far the arithmetic of the noise can be relied on, in a few words.
        partial: what was not done, for a run that was stopped; else empty.
        statement: the claim, or that there is none.
        why: what follows an abstention; else None.
        key_facts: the numbers of the first page.
        identity: run, model and input in a line each.
        limits: what the statement must not be taken for.
        sections: everything else, in the order a reader needs it.
    """

    title: str
    verdict: str
    tone: Tone
    badge: str
    partial: str
    statement: str
    why: Section | None
    key_facts: tuple[Fact, ...]
    identity: tuple[Fact, ...]
    limits: Section
    sections: tuple[Section, ...]
