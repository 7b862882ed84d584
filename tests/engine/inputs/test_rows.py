from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.core.errors import UserError
from engine.inputs import ImageInput, expand, load_input
from engine.inputs.base import PairInput
from engine.inputs.rows import saying
from engine.inputs.table import TableInput
from engine.inputs.text import TextInput
from tests.factories import make_model

TABLE = "age,job,label\n20,baker,no\n30.5,smith,yes\n41,baker,yes\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    Image.fromarray(np.full((4, 4, 3), 51, np.uint8)).save(tmp_path / "p.png")
    (tmp_path / "texts.csv").write_text("Prompt,class\nwash the cup,1\nplug it in,0\n,0\n")
    (tmp_path / "pairs.csv").write_text(
        "image,text,label\np.png,wash it,unsafe\ndigits:7,plug it,safe\nq.png,a,safe\n,b,safe\n"
        "karate:3,c,\n"
    )
    (tmp_path / "images.csv").write_text("path,label\np.png,grey\n")
    (tmp_path / "rows.csv").write_text(TABLE)
    return tmp_path


def test_a_text_column_makes_texts(folder: Path):
    text = load_input(f"{folder}/texts.csv:1")
    assert isinstance(text, TextInput) and text.text == "plug it in"
    assert (text.label, text.label_name) == (0, "0")
    assert text.name == "texts.csv, row 1: 'plug it in'"
    with pytest.raises(UserError, match=r"^texts\.csv, row 2: its text is empty"):
        load_input(f"{folder}/texts.csv:2")


def test_an_image_column_beside_it_makes_pairs(folder: Path):
    pair = load_input(f"{folder}/pairs.csv:0")
    assert isinstance(pair, PairInput) and pair.text == "wash it"
    assert pair.image.pixels.shape == (3, 4, 4) and pair.image.pixels[0, 0, 0] == np.float32(0.2)
    assert (pair.label, pair.label_name) == (1, "unsafe")  # of safe, unsafe
    shipped = load_input(f"{folder}/pairs.csv:1")
    assert isinstance(shipped, PairInput) and shipped.image.source == "digits:7"


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (2, r"^There is no image .*q\.png"),
        (3, r"^pairs\.csv, row 3 names no image; write the path of one into the table\.$"),
        (4, r"^There is no image .*karate:3"),
        (9, r"pairs\.csv has no row 9; its rows are numbered 0 to 4\.$"),
    ],
)
def test_rows_without_an_image_are_refused(folder: Path, row: int, sentence: str):
    with pytest.raises(UserError, match=sentence):
        load_input(f"{folder}/pairs.csv:{row}")


def test_an_image_column_alone_makes_images(folder: Path):
    image = load_input(f"{folder}/images.csv:0")
    assert isinstance(image, ImageInput) and image.label_name == "grey"
    assert image.source == f"{folder}/images.csv:0"


def test_other_tables_are_numbers_and_categories(folder: Path):
    row = load_input(f"{folder}/rows.csv:1")
    assert isinstance(row, TableInput)
    assert row.cells == {"age": "30.5", "job": "smith", "label": "yes"}
    assert (row.label, row.label_name) == (1, "yes") and row.table.type_of("age") == "numeric"


def test_types_in_the_spec_and_beside_the_file(folder: Path):
    said = load_input(f"{folder}/rows.csv:1?types=age:categorical,job:categorical")
    assert isinstance(said, TableInput) and said.table.types["age"] == "categorical"
    (folder / "rows.types.json").write_text(json.dumps({"age": "categorical"}))
    beside = load_input(f"{folder}/rows.csv:1")
    assert isinstance(beside, TableInput) and beside.table.types == {"age": "categorical"}
    (folder / "rows.types.json").write_text("[")
    with pytest.raises(UserError, match=r"rows\.types\.json is not understood; write"):
        load_input(f"{folder}/rows.csv:1")


@pytest.mark.parametrize(
    ("types", "sentence"),
    [
        ("none:numeric", r"has no column 'none', but its type is given\.$"),
        ("age:number", r"^A column is numeric or categorical, not 'number' \('age'\)\.$"),
        ("age", r"has no column '', but its type is given"),
    ],
)
def test_types_that_make_no_sense_are_refused(folder: Path, types: str, sentence: str):
    with pytest.raises(UserError, match=sentence):
        load_input(f"{folder}/rows.csv:1?types={types}")


def test_a_table_stands_for_its_rows(folder: Path):
    path = f"{folder}/rows.csv"
    assert expand(path) == [f"{path}:0", f"{path}:1", f"{path}:2"]
    assert expand(f"{path}?types=age:numeric")[2] == f"{path}:2?types=age:numeric"
    assert expand(f"{path}:1") == [f"{path}:1"]
    with pytest.raises(UserError, match=r"is a table of 3 rows; name one by its number, e\.g\."):
        load_input(path)


def test_the_shipped_table():
    row = load_input("mixed:5")
    assert isinstance(row, TableInput) and row.source == "mixed:5"
    assert row.label_name in ("sound", "worn") and len(expand("mixed")) == 200


def test_a_review_with_its_sentiment():
    cases = Path(__file__).parents[2] / "cases" / "field" / "csv"
    found = load_input(f"{cases / 'review.csv'}:0")
    assert isinstance(found, TextInput) and found.text == "the film was good"
    assert (found.label, found.label_name) == (1, "positive")


def test_labels_that_count_from_one_are_said():
    cases = Path(__file__).parents[2] / "cases" / "field" / "csv"
    model = make_model(("bad", "good"), kind="text", input_shape=(0,))
    seen = set()
    for spec in expand(str(cases / "label_one_two.csv")):
        given = load_input(spec)
        identity = given.identity(model, pixels_sha256="", shape=(1,))
        assert identity.label == int(given.label_name or "") - 1
        assert "because the labels count from 1 to 2" in identity.notes[-1]
        seen.add(identity.label)
    assert seen == {0, 1}


def test_columns_are_chosen_by_name(tmp_path: Path):
    path = tmp_path / "tweets.csv"
    path.write_text("tweet,mood,stars\nwhat a day,glad,5\noh no,sad,1\n")
    found = load_input(f"{path}:1?text=tweet?label=mood")
    assert isinstance(found, TextInput) and found.text == "oh no"
    assert (found.label_name, found.label_names) == ("sad", ("glad", "sad"))
    assert expand(f"{path}?text=tweet?label=mood")[1] == f"{path}:1?text=tweet?label=mood"
    row = load_input(f"{path}:0?label=mood?types=stars:numeric")
    assert isinstance(row, TableInput) and row.table.without_label() == ("tweet", "stars")
    assert saying(f"{path}:0?label=mood", "types", "stars:numeric").endswith("types=stars:numeric")
    for spec in (f"{path}:0?text=words", f"{path}:0?label=words", f"{path}:0?image=words"):
        with pytest.raises(UserError) as error:
            load_input(spec)
        assert str(error.value).endswith("has no column 'words'; it has tweet, mood, stars.")
