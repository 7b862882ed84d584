"""What the kinds of input are called."""

from __future__ import annotations

from dataclasses import dataclass

from engine.core.records import InputKind


@dataclass(frozen=True)
class KindWords:
    """Names of a kind.

    Attributes:
        one: as in ``open a picture``.
        many: as in ``for pictures``.
    """

    one: str
    many: str


KIND_WORDS: dict[InputKind, KindWords] = {
    "image": KindWords("picture", "pictures"),
    "graph": KindWords("node", "nodes of a graph"),
    "text": KindWords("text", "texts"),
    "pair": KindWords("picture with text", "pictures with text"),
    "table": KindWords("row", "rows of a table"),
}


def listed(kinds: tuple[str, ...]) -> str:
    """Kinds in words: ``pictures and nodes of a graph``."""
    names = [words.many for kind, words in KIND_WORDS.items() if kind in kinds]
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
