from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from engine.core.errors import UserError
from engine.inputs import expand, load_input
from engine.inputs.text import TextInput, load, shortened


def test_the_words_themselves():
    text = load_input("text:  wash the cup ")
    assert isinstance(text, TextInput)
    assert text.text == "wash the cup" and text.name == "'wash the cup'"
    assert text.kind == "text" and text.source == "text:  wash the cup "
    assert text.sha256 == hashlib.sha256(b"  wash the cup ").hexdigest()
    assert expand("text:a.csv:3") == ["text:a.csv:3"]


def test_a_file_with_a_byte_order_mark(tmp_path: Path):
    path = tmp_path / "note.txt"
    path.write_bytes("\ufeffdéjà vu\n".encode())
    text = load_input(str(path))
    assert isinstance(text, TextInput)
    assert text.text == "déjà vu" and text.name == "note.txt"
    assert text.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"\xff\xfe\x00a", r"t\.txt is not written in UTF-8; give a \.txt file in UTF-8"),
        (b"a\0b", r"t\.txt holds bytes that are no text"),
        (b" \n ", r"t\.txt is empty; give a \.txt file"),
        (b"a" * 1_000_001, r"t\.txt has 1\.0 MB, more than the 1 MB of text that open here"),
    ],
)
def test_bad_files_are_refused(tmp_path: Path, data: bytes, sentence: str):
    path = tmp_path / "t.txt"
    path.write_bytes(data)
    with pytest.raises(UserError, match=sentence):
        load(str(path))


@pytest.mark.parametrize("spec", ["text:", "text:   "])
def test_no_words_are_refused(spec: str):
    with pytest.raises(UserError, match="^The text is empty; give a"):
        load(spec)


def test_a_missing_file_and_an_odd_name(tmp_path: Path):
    with pytest.raises(UserError, match=r"^There is no text .*none\.txt; give a \.txt file"):
        load(str(tmp_path / "none.txt"))
    with pytest.raises(UserError, match=r"^(Cannot read|There is no text)"):
        load("a\0b.txt")


def test_half_a_character_is_no_text():
    with pytest.raises(UserError, match="is not written in UTF-8"):
        load("text:\udc80")


def test_names_are_short():
    assert shortened("one\n two") == "'one two'"
    assert len(shortened("word " * 50)) == 42
