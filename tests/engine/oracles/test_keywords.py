from __future__ import annotations

import pytest

from engine.core.errors import UserError
from engine.oracles.keywords import KeywordOracle, from_text
from tests.yardstick import processor_seconds


def oracle(text: str) -> KeywordOracle:
    return from_text(text, "rules.txt")


def test_the_first_class_in_declared_order_takes_the_answer():
    found = oracle("stop: stop, halt\nleft: left\nright: right")
    answers = ["Stop and turn left", "LEFT!", "turn  right", "leftover", "", "cannot say"]
    assert found.classify(answers) == [0, 1, 2, 3, 3, 3]
    assert found.identity.class_names[3] == "unparseable"
    turned = oracle("left: left\nstop: stop, halt\nright: right")
    assert turned.classify(answers)[0] == 0
    assert turned.identity.sha256 != found.identity.sha256


def test_words_of_several_parts_and_expressions():
    found = oracle("forward: straight  ahead, /go(es)? on, then/\nback: back")
    assert found.classify(["Straight\nahead", "he goes on, then back", "ahead"]) == [0, 0, 2]


def test_unparseable_may_have_rules_of_its_own():
    found = oracle("unparseable: not\nleft: left")
    assert found.identity.class_names == ("left", "unparseable")
    assert found.classify(["not left", "left", "?"]) == [1, 0, 1]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("left: ", "has no words"),
        ("left: left\nleft: port", "a name of its own"),
        (": left", "a name of its own"),
        ("unparseable: no", "must name between 1 and 200 classes"),
        ("left: /(left/", "is not a regular expression"),
        ("left: /(a+)+b/", "repeats a repetition or a choice"),
        ("left: /(a|a)*b/", "repeats a repetition or a choice"),
        ("left: /(?:a?){30}b/", "repeats a repetition or a choice"),
        ("left: /a*a*a*b/", "more than 2 things without end"),
        ("left: /a{0,99}(?:a{0,99}(a+))b/", "more than 2 things without end"),
        (r"left: /(a)\1/", "repeats a repetition or a choice"),
        (f"left: {'x' * 201}", "between 1 and 200 characters"),
    ],
)
def test_rules_that_cannot_be(text, sentence):
    with pytest.raises(UserError) as refusal:
        oracle(text)
    assert sentence in str(refusal.value)


def test_ordinary_expressions_are_let_through_and_are_fast():
    found = oracle(r"left: /\bturn(ed|ing)?\s+(to the )?left\b/, /l+e*ft/" + "\nright: right")
    texts = ["turning to the left", "l" * 4000 + "x", "right " * 5000]
    assert found.classify(texts) == [0, 2, 1]
    assert processor_seconds(lambda: found.classify(texts)) < 1
    slow = oracle("left: /\\w*\\w*!/")
    assert slow.classify(["a" * 5000]) == [1]
    assert processor_seconds(lambda: slow.classify(["a" * 5000])) < 1
