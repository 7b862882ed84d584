from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.core.errors import UserError
from engine.inputs import fit, load_input
from engine.inputs.coding import Column, Columns, TableCoding, WordTokenizer
from tests.factories import make_model

WORDS = WordTokenizer(("wash", "the", "cup", "plug", "it"), most=4)
CODING = TableCoding((Column("age", mean=30.0, scale=10.0), Column("job", ("baker", "smith"))))


@pytest.fixture
def rows(tmp_path: Path) -> str:
    path = tmp_path / "rows.csv"
    path.write_text("age,job,label\n20,baker,no\n30.5,smith,yes\n41,baker,yes\n")
    return str(path)


def test_a_text_is_all_alphabet():
    model = make_model(("no", "yes"), kind="text", input_shape=(0,))
    fitted = fit(load_input("text:plug it"), model, WORDS)
    (tokens,) = fitted.arrays
    assert tokens.tolist() == [3, 4] and tokens.dtype == np.int64
    identity = fitted.identity
    assert identity.kind == "text" and identity.shape == (2,) and identity.alphabet == (5,)
    assert identity.elements == 2 and identity.adaptation == "2 tokens of an alphabet of 5"
    assert identity.notes == ("its text is: plug it",)


def test_a_cut_text_says_so():
    model = make_model(("no", "yes"), kind="text", input_shape=(0,))
    fitted = fit(load_input("text:plug it the cup wash"), model, WORDS)
    assert "cut to its first 4 of 5 tokens" in fitted.identity.adaptation


def test_a_pair_has_pixels_and_tokens():
    model = make_model(("no", "yes"), kind="pair", input_shape=(3, 4, 4))
    fitted = fit(load_input("pair:digits:7|wash the cup"), model, WORDS)
    pixels, tokens = fitted.arrays
    assert pixels.shape == (3, 4, 4) and tokens.tolist() == [0, 1, 2]
    identity = fitted.identity
    assert identity.shape == (3, 4, 4) and identity.more_shapes == ((3,),)
    assert identity.elements == 51 and identity.alphabet == (5,)
    assert "resized 8x8 -> 4x4" in identity.adaptation and "3 tokens" in identity.adaptation
    other = fit(load_input("pair:digits:7|wash the plug"), model, WORDS)
    assert other.identity.pixels_sha256 != identity.pixels_sha256


def test_a_row_by_the_model_s_own_scales(rows: str):
    model = make_model(("no", "yes"), kind="table", input_shape=(1,))
    fitted = fit(load_input(f"{rows}:0"), model, CODING)
    assert fitted.arrays[0].tolist() == [-1.0] and fitted.arrays[1].tolist() == [0]
    assert fitted.identity.alphabet == (2,) and fitted.identity.label == 0
    assert fitted.identity.adaptation == (
        "numbers in standard deviations of their columns (of the model's training data): age 10"
    )
    assert fitted.context is CODING
    wider = TableCoding((Column("age", mean=30.0, scale=20.0), CODING.columns[1]))
    again = fit(load_input(f"{rows}:1"), model, wider)
    assert again.identity.pixels_sha256 != fitted.identity.pixels_sha256


@pytest.mark.parametrize("coding", [None, Columns(("age", "job")), Columns(())])
def test_else_by_the_table_s(rows: str, coding: Columns | None):
    model = make_model(("no", "yes"), kind="table", input_shape=(0,))
    fitted = fit(load_input(f"{rows}:1"), model, coding)
    ages = np.array([20, 30.5, 41])
    assert fitted.arrays[0][0] == pytest.approx((30.5 - ages.mean()) / ages.std(), abs=1e-6)
    assert f"(of {rows} as it is, this row included" in fitted.identity.adaptation


def test_a_table_needs_both_kinds_of_columns(tmp_path: Path):
    model = make_model(("no", "yes"), kind="table", input_shape=(0,))
    path = tmp_path / "t.csv"
    path.write_text("a,b\n1.5,2.5\n2.5,1.5\n")
    with pytest.raises(UserError, match="has no categorical column; the schemes for tables"):
        fit(load_input(f"{path}:0"), model)


@pytest.mark.parametrize(
    ("spec", "kind", "sentence"),
    [
        ("text:a", "image", "takes an image, e.g. digits:7; text:a is a text."),
        ("digits:7", "pair", "takes an image with a text, e.g. filter:12; digits:7 is an image."),
        ("mixed:5", "text", "takes a text, e.g. text:the words; mixed:5 is a row of a table."),
        ("filter:3", "table", "takes a row of a table, e.g. mixed:5; filter:3 is an image with"),
    ],
)
def test_another_kind_is_refused(spec: str, kind: str, sentence: str):
    with pytest.raises(UserError) as refused:
        fit(load_input(spec), make_model(kind=kind))
    assert sentence in str(refused.value)


@pytest.mark.parametrize("coding", [None, CODING, Columns(("a",))])
def test_a_text_needs_a_tokenizer(coding: object):
    model = make_model(("no", "yes"), kind="text", input_shape=(0,))
    with pytest.raises(UserError, match=r"^The tokenizer of the model '.*' is not at hand; give"):
        fit(load_input("text:a"), model, coding)  # type: ignore[arg-type]
