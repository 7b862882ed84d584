from __future__ import annotations

from typing import get_args

from engine.core.records import InputKind
from gui.widgets.input_kinds import KIND_WORDS, listed, of_kind


def test_every_kind_has_a_name():
    assert set(KIND_WORDS) == set(get_args(InputKind))


def test_kinds_are_listed_in_words():
    assert listed(("image",)) == "images"
    assert listed(("graph", "image", "table")) == ("images, nodes of a graph and rows of a table")


def test_nouns_are_those_of_the_kind():
    text = "an entity (pixel, node) of the pixels or nodes"
    assert of_kind(text, "image") == "a pixel of the pixels"
    assert of_kind(text, "text") == "a word of the words"
    assert of_kind(text, "pair") == of_kind(text, "") == text


def test_tokens_are_words_of_a_text_and_fields_of_a_row():
    text = "masking a token; number of tokens that the noise draws from; every token"
    words = "masking a word; number of words that the noise draws from; every word"
    assert of_kind(text, "text") == of_kind(text, "pair") == words
    assert of_kind(text, "table") == (
        "masking a field; number of values that the noise draws from; every field"
    )
    assert of_kind(text, "") == text
