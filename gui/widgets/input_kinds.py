"""What the kinds of input are called."""

from __future__ import annotations

from dataclasses import dataclass

from engine.core.nouns import NOUNS
from engine.core.records import InputKind


@dataclass(frozen=True)
class KindWords:
    """Names of a kind.

    Attributes:
        one: as in ``open an image``.
        many: as in ``for images``.
    """

    one: str
    many: str


KIND_WORDS: dict[InputKind, KindWords] = {
    "image": KindWords("image", "images"),
    "graph": KindWords("node", "nodes of a graph"),
    "text": KindWords("text", "texts"),
    "pair": KindWords("image with text", "images with text"),
    "table": KindWords("row", "rows of a table"),
}


_THINGS: dict[str, tuple[str, str]] = {
    **NOUNS,
    "text": ("word", "words"),
    "table": ("field", "fields"),
}
"""What a scheme that counts changed things counts of an input."""
_TOKENS: dict[str, tuple[str, str]] = {
    "text": ("word", "words"),
    "pair": ("word", "words"),
    "table": ("field", "values"),
}
"""What a token is, and what those are that take its place."""


def of_kind(text: str, kind: str) -> str:
    """A text about pixels, nodes or tokens in the noun of one kind of input; else as it is.

    >>> of_kind("number of pixels (nodes) that are kept", "graph")
    'number of nodes that are kept'
    """
    if kind in _TOKENS:
        token, others = _TOKENS[kind]
        text = text.replace("a token", f"a {token}").replace("of tokens", f"of {others}")
        text = text.replace("every token", f"every {token}")
    if kind not in _THINGS:
        return text
    one, many = _THINGS[kind]
    for both, noun in (
        ("pixels (nodes)", many),
        ("pixels or nodes", many),
        ("an entity (pixel, node)", f"a {one}"),
    ):
        text = text.replace(both, noun)
    return text


def listed(kinds: tuple[str, ...]) -> str:
    """Kinds in words: ``images and nodes of a graph``."""
    names = [words.many for kind, words in KIND_WORDS.items() if kind in kinds]
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
