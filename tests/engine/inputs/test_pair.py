from __future__ import annotations

from pathlib import Path

import pytest

from engine.core.errors import UserError
from engine.inputs import load_input
from engine.inputs.base import PairInput
from engine.inputs.pair import load


def test_an_image_and_words():
    pair = load_input("pair:digits:7|what is | it")
    assert isinstance(pair, PairInput)
    assert pair.image.source == "digits:7" and pair.text == "what is | it"
    assert pair.kind == "pair" and pair.label is None
    assert pair.name == "digit 7 with 'what is | it'"
    other = load("pair:digits:7|what is it")
    assert other.sha256 != pair.sha256
    assert load("pair:digits:8|what is it").sha256 != other.sha256


def test_words_from_a_file(tmp_path: Path):
    path = tmp_path / "words.txt"
    path.write_text("wash the cup\n")
    assert load(f"pair:digits:7|{path}").text == "wash the cup"


@pytest.mark.parametrize(
    ("spec", "sentence"),
    [
        (
            "pair:digits:7",
            r"^pair:digits:7 is not a pair; write pair:IMAGE\|TEXT, e\.g\. pair:photo",
        ),
        ("pair:|words", "is not a pair"),
        ("pair:digits:7|", "^The text of the pair is empty"),
        ("pair:karate:3|words", r"^karate:3 is not an image; a pair is pair:IMAGE\|TEXT\.$"),
        ("pair:none.png|words", r"^There is no image none\.png"),
        ("pair:digits:7|none.txt", r"^There is no text none\.txt"),
    ],
)
def test_half_a_pair_is_refused(spec: str, sentence: str):
    with pytest.raises(UserError, match=sentence):
        load(spec)
