"""What a scheme counts of an input, in the noun of the input's kind: some take several kinds."""

from __future__ import annotations

import re

NOUNS = {"image": ("pixel", "pixels"), "graph": ("node", "nodes")}
"""One and many, by the kind of input."""
_EDGES = " (edges of a graph stay as they are)"
_CLAIM = re.compile(
    r"no change of at most ([\d,]+) (?:pixel|node)(s?) of this (?:image|input)"
    r"( as the model takes it \([^()]*\))? in any way(?: \(edges of a graph stay as they are\))?"
)
_OF_THE_FILE = re.compile(r"(of this (?:file|given array) in any way)(?! \(edges)")

_TOKENS = re.compile(r"([\d,]+) tokens? of an alphabet of ([\d,]+)")
_CUT = re.compile(r"the text was cut to its first ([\d,]+) of ([\d,]+) tokens")


def as_read(adaptation: str) -> str:
    """How an input was fitted to the model, for people; files keep the words that are compared.

    >>> as_read("54 tokens of an alphabet of 525")
    'the text is read as 54 words or parts of words, out of the 525 that the model knows'
    """
    text = _CUT.sub(r"of the text's \2 words or parts of words the first \1 are read", adaptation)
    return _TOKENS.sub(_read, text)


def _read(found: re.Match[str]) -> str:
    what = "1 word or part of a word" if found[1] == "1" else f"{found[1]} words or parts of words"
    return f"the text is read as {what}, out of the {found[2]} that the model knows"


def of_kind(text: str, kind: str) -> str:
    """A text about pixels or nodes in the words of one kind of input; of any other as it is.

    >>> of_kind("at most 3 pixels or nodes of this input in any way", "image")
    'at most 3 pixels of this image in any way'
    >>> of_kind("each pixel or node taken away with probability 0.8", "graph")
    'each node taken away with probability 0.8'
    """
    if kind == "image":
        text = text.replace(_EDGES, "")
    if kind not in NOUNS:
        return text
    one, many = NOUNS[kind]
    found = text.replace("pixels or nodes", many).replace("pixel or node", one)
    found = found.replace("pixels (nodes)", many).replace("an entity (pixel, node)", f"a {one}")
    if kind == "image" and found != text:
        found = found.replace("of this input", "of this image")
    return found


def of_any_kind(claim: str) -> str:
    """A claim of today as it was worded before its noun was that of the input.

    >>> of_any_kind("no change of at most 1 pixel of this image in any way changes")[:52]
    'no change of at most 1 pixel or node of this input i'
    """
    before = rf"no change of at most \1 pixel\2 or node\2 of this input\3 in any way{_EDGES}"
    found = _CLAIM.sub(before, claim)
    return _OF_THE_FILE.sub(rf"\1{_EDGES}", found) if found != claim else claim
