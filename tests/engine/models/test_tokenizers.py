from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.core.errors import UserError
from engine.inputs.coding import Column, Columns, TableCoding, WordTokenizer
from engine.models.tokenizers import coding_facts, coding_of, read_columns
from tests.pretrained import save_text

GOLDEN = Path(__file__).parents[2] / "golden"


def test_shipped_models_tell_how_they_read():
    words, rows = coding_of("demo:filter"), coding_of("demo:mixed")
    assert isinstance(words, WordTokenizer) and words.size == 72
    assert isinstance(rows, TableCoding) and rows.arities == (3, 3, 3, 3, 3)
    letters = coding_of("demo:letters-mask")
    assert isinstance(letters, WordTokenizer) and letters.size == 525
    assert coding_of("demo:digits-0.25") is None
    with pytest.raises(UserError, match=r"^There is no shipped model demo:none\.$"):
        coding_of("demo:none")


def test_a_folder_s_tokenizer_and_an_onnx_file_s_columns(tmp_path: Path):
    save_text(tmp_path, "bert")
    found = coding_of(str(tmp_path))
    assert found is not None and not isinstance(found, TableCoding | Columns) and found.size == 16
    columns = coding_of(str(GOLDEN / "pumps.onnx"))
    assert isinstance(columns, Columns) and columns.names[:2] == ("temperature", "vibration")


def test_columns_come_back_as_they_were():
    coding = TableCoding((Column("age", mean=1.5, scale=2.0), Column("job", ("a", "b"))))
    header = {"columns": json.dumps(coding_facts(coding))}
    assert read_columns(Path("m"), header) == coding


@pytest.mark.parametrize(
    "columns",
    [
        None,
        "x",
        [1],
        [{"mean": 1, "scale": 1}],
        [{"name": "a", "mean": 0, "scale": 0}],
        [{"name": "a", "mean": "x", "scale": 1}],
        [{"name": "a", "values": ["b"]}],
        [{"name": "a", "values": ["b", "b"]}],
    ],
)
def test_columns_that_make_no_sense_are_refused(columns: object):
    with pytest.raises(UserError, match="^m does not describe its columns in its header; each"):
        read_columns(Path("m"), {"columns": json.dumps(columns)})


def test_two_columns_of_one_name_are_refused():
    twice = [{"name": "a", "mean": 0, "scale": 1}] * 2
    with pytest.raises(UserError, match=r"^m describes two columns of one name\.$"):
        read_columns(Path("m"), {"columns": json.dumps(twice)})
