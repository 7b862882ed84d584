from __future__ import annotations

import hashlib

from engine.demos.data.letters import (
    CLASSES,
    FEWEST,
    MATTERS,
    MOST,
    TEST,
    TRAINED_FROM,
    letter,
    vocabulary,
)
from engine.inputs.coding import WordTokenizer


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
