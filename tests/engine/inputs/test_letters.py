from __future__ import annotations

import hashlib

import pytest

from engine.core.errors import UserError
from engine.inputs import expand, load_input
from engine.inputs.coding import WordTokenizer
from engine.inputs.letters import (
    CLASSES,
    FEWEST,
    MATTERS,
    MOST,
    TEST,
    TRAINED_FROM,
    letter,
    vocabulary,
)


def test_a_letter_is_the_same_everywhere():
    """The digest was worked out once; another one would be other test letters."""
    texts = "\n".join(letter(number).text for number in range(TEST))
    assert hashlib.sha256(texts.encode()).hexdigest()[:16] == "c7ec16f82ee35f82"


def test_every_matter_comes_equally_often_and_says_enough():
    made = [letter(number) for number in range(40)]
    assert [made.count(one) for one in made] == [1] * 40
    assert all(sum(one.matter == c for one in made) == 10 for c in range(len(CLASSES)))
    for one in made:
        assert FEWEST + 3 <= one.text.count(".") <= MOST + 3


def test_a_letter_speaks_of_its_own_matter_alone():
    said = {matter: set(sentences) for matter, sentences in MATTERS.items()}
    plain = {c: {one for one in said[c] if "{" not in one} for c in CLASSES}
    for number in range(TEST):
        one = letter(number)
        about = {c for c in CLASSES if any(f"{sentence}." in one.text for sentence in plain[c])}
        assert about <= {CLASSES[one.matter]}


def test_test_letters_are_no_training_letters():
    held = {letter(number).text for number in range(TEST)}
    trained = {letter(number).text for number in range(TRAINED_FROM, TRAINED_FROM + 8000)}
    assert not held & trained


def test_all_words_are_in_the_alphabet():
    words = vocabulary()
    assert len(set(words)) == len(words) and sorted(words) == list(words)
    tokenizer = WordTokenizer(words)
    for number in range(200):
        assert not tokenizer.encode(letter(number).text).notes


def test_a_spec_names_one_letter_or_all():
    given = load_input("letters:5")
    assert given.kind == "text" and given.label == 1 and given.label_name == "damage"
    assert given.text == letter(5).text and not given.notes
    assert given.name.startswith("letter 5: '")
    assert load_input("letters:12000").notes
    assert expand("letters") == [f"letters:{n}" for n in range(200)]
    assert expand("letters:7") == ["letters:7"]


@pytest.mark.parametrize("spec", ["letters:x", "letters:100000", "letters:-1", "letters:²"])
def test_a_letter_that_is_not_there_is_one_sentence(spec: str):
    with pytest.raises(UserError) as caught:
        load_input(spec)
    assert str(caught.value) == (
        f"There is no letter '{spec[8:]}'; give letters:N with N from 0 to 99,999, e.g. letters:5."
    )


def test_the_set_is_no_letter():
    with pytest.raises(UserError, match="letters stands for 200 letters; name one, e.g. letters:5"):
        load_input("letters")
