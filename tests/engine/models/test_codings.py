from __future__ import annotations

from pathlib import Path

import pytest

from engine.core.errors import UserError
from engine.inputs.coding import Columns, TableCoding, WordTokenizer
from engine.models.codings import coding_of
from tests.onnx_texts import save_onnx_text
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


def test_the_tokenizer_beside_an_onnx_file(tmp_path: Path):
    save_onnx_text(tmp_path)
    found = coding_of(str(tmp_path / "model.onnx"))
    assert found is not None and not isinstance(found, TableCoding | Columns) and found.size == 16
