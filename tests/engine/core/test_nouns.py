import doctest

import pytest

from engine.core import nouns
from engine.core.nouns import as_read, of_any_kind, of_kind

BOTH = "no change of at most {} of this input{} in any way (edges of a graph stay as they are)"
TAKEN = " as the model takes it (grey, 8 x 8, resized from 4 x 4)"


def test_docstrings() -> None:
    assert doctest.testmod(nouns).failed == 0


@pytest.mark.parametrize("taken", ["", TAKEN])
@pytest.mark.parametrize(
    ("count", "pixels", "nodes"),
    [
        ("1 pixel or node", "1 pixel", "1 node"),
        ("1,200 pixels or nodes", "1,200 pixels", "1,200 nodes"),
    ],
)
def test_each_kind_has_its_noun_and_leads_back(taken, count, pixels, nodes) -> None:
    said = BOTH.format(count, taken)
    image, graph = of_kind(said, "image"), of_kind(said, "graph")
    assert image == f"no change of at most {pixels} of this image{taken} in any way"
    assert graph == BOTH.format(nodes, taken)
    assert of_any_kind(image) == of_any_kind(graph) == said
    assert of_kind(said, "text") == said


def test_other_claims_stay() -> None:
    said = "no change of at most 3 words of this text to other words of the vocabulary"
    assert of_any_kind(said) == of_kind(said, "text") == said
    ball = "no change of this image with l2 norm below 0.5"
    assert of_any_kind(ball) == of_kind(ball, "image") == ball


def test_what_is_read_of_a_text_is_said_in_words() -> None:
    assert as_read("1 token of an alphabet of 1,000") == (
        "the text is read as 1 word or part of a word, out of the 1,000 that the model knows"
    )
    cut = "4 tokens of an alphabet of 5; the text was cut to its first 4 of 5 tokens, all that"
    assert "token" not in as_read(f"resized 8x8 -> 4x4; {cut}")
    assert as_read("resized 8x8 -> 4x4") == "resized 8x8 -> 4x4" and as_read("") == ""
