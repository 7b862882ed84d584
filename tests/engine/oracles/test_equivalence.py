from __future__ import annotations

import pytest

from engine.core.errors import UserError
from engine.oracles.equivalence import CLASSES, from_description, words


def test_overlap_is_the_f1_of_the_words():
    found = from_description({"threshold": 0.6, "reference": "The cat sits on a mat."}, "o")
    # Of the reference's 4 words without articles: all, 3 of 4 in 3 (f1 6/7), 1 of 4 in 2 (1/3).
    answers = ["on the mat sits a CAT", "cat sits mat", "a red mat", "", "?!"]
    assert found.classify(answers) == [0, 0, 1, 2, 2]
    assert found.identity.class_names == CLASSES


def test_the_threshold_counts_as_the_same():
    half = from_description({"threshold": 0.5, "reference": "one two"}, "o")
    assert half.classify(["one three"]) == [0]
    more = from_description({"threshold": 0.51, "reference": "one two"}, "o")
    assert more.classify(["one three"]) == [1]
    assert half.identity.sha256 != more.identity.sha256


def test_a_reference_is_fixed_once_and_does_not_change_the_rule():
    free = from_description({}, "o")
    assert free.needs_reference
    bound = free.with_reference("go left")
    assert not bound.needs_reference
    assert bound.identity == free.identity
    assert bound.with_reference("go right") is bound
    assert bound.classify(["left, go!", "go right"]) == [0, 1]
    with pytest.raises(UserError, match="has no words"):
        free.with_reference("...")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ({"threshold": 0}, "above 0 and at most 1"),
        ({"threshold": True}, "above 0 and at most 1"),
        ({"threshold": "high"}, "above 0 and at most 1"),
        ({"reference": "!!"}, "must have words"),
        ({"measure": "feeling"}, "tokens or embedding (it was 'feeling')"),
    ],
)
def test_descriptions_that_cannot_be(content, sentence):
    with pytest.raises(UserError) as refusal:
        from_description(content, "o")
    assert sentence in str(refusal.value)


def test_words_are_bare():
    assert words("The Cat's an owl") == ["cat", "s", "owl"]
