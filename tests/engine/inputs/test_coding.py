from __future__ import annotations

import numpy as np
import pytest

from engine.core.errors import UserError
from engine.inputs.coding import MASK_WORD, Column, TableCoding, WordTokenizer, cut, number

WORDS = ("wash", "the", "cup", "don't", "now", "please", "socket")
COLUMNS = (
    Column("age", mean=40.0, scale=10.0),
    Column("job", ("baker", "pilot", "smith")),
    Column("pay", mean=0.0, scale=2.0),
    Column("home", ("own", "rent")),
)


def test_words_in_any_case_with_punctuation():
    encoded = WordTokenizer(WORDS).encode("Please: WASH the cup!  Don't, now...")
    assert encoded.tokens.dtype == np.int64 and encoded.notes == ()
    assert encoded.tokens.tolist() == [5, 0, 1, 2, 3, 4]


def test_words_come_back_and_the_mask_shows():
    tokenizer = WordTokenizer(WORDS)
    assert tokenizer.size == 7
    assert tokenizer.words([0, 7, 2]) == ("wash", MASK_WORD, "cup")


def test_a_word_outside_the_alphabet_is_refused():
    with pytest.raises(UserError) as refused:
        WordTokenizer(WORDS).encode("wash the lamp")
    assert str(refused.value) == (
        "The word 'lamp' is not among the 7 that this model knows (wash, the, cup, don't, now, "
        "please, ...); write the text with these."
    )


@pytest.mark.parametrize("text", ["", "  ", "?! --"])
def test_no_word_is_refused(text: str):
    with pytest.raises(UserError, match=r"^The text has no word in it; write a few words\.$"):
        WordTokenizer(WORDS).encode(text)


def test_a_cut_is_said():
    encoded = WordTokenizer(WORDS, most=3).encode("wash the cup now please")
    assert encoded.tokens.tolist() == [0, 1, 2]
    assert encoded.notes == (
        "the text was cut to its first 3 of 5 tokens, all that the model takes",
    )
    assert cut(3, 3) == ()


def test_a_row_becomes_numbers_and_codes():
    coding = TableCoding(COLUMNS)
    numbers, codes = coding.encode(
        {"home": "rent", "pay": "-3", "age": "55", "job": "pilot", "more": "x"}, "row 1"
    )
    assert numbers.dtype == np.float32 and numbers.tolist() == [1.5, -1.5]
    assert codes.dtype == np.int64 and codes.tolist() == [1, 1]
    assert coding.arities == (3, 2)
    assert [one.name for one in coding.numeric] == ["age", "pay"]


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"age": "old"}, "row 1 has 'old' in the column 'age', which needs a number."),
        ({"age": ""}, "row 1 has 'nothing' in the column 'age', which needs a number."),
        ({"age": "nan"}, "row 1 has 'nan' in the column 'age', which needs a number."),
        (
            {"job": "king"},
            "row 1 has 'king' in the column 'job', which is none of its 3 values (baker, pilot, "
            "smith).",
        ),
    ],
)
def test_cells_that_do_not_fit_are_refused(changed: dict[str, str], sentence: str):
    cells = {"age": "40", "job": "baker", "pay": "1", "home": "own"} | changed
    with pytest.raises(UserError) as refused:
        TableCoding(COLUMNS).encode(cells, "row 1")
    assert str(refused.value) == sentence


def test_a_missing_column_is_refused():
    with pytest.raises(UserError, match=r"^row 1 has no column 'pay', which the model reads\.$"):
        TableCoding(COLUMNS).encode({"age": "40", "job": "baker", "home": "own"}, "row 1")


def test_other_scales_are_other_facts():
    moved = (Column("age", mean=40.0, scale=11.0), *COLUMNS[1:])
    assert TableCoding(COLUMNS).facts() != TableCoding(moved).facts()


def test_numbers_are_finite():
    assert number(" 1.5 ") == 1.5 and number("inf") is None and number("x") is None
