from __future__ import annotations

from typing import Any

import pytest

from engine.cli import main


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("--tolerance 1", "is for models that answer with places or numbers"),
        ("--output numbers --tolerance 1", "names classes (0, 1, 2, ...)"),
        ("--output keypoints --tolerance x", "--tolerance must be a number such as 0.25"),
    ],
)
def test_what_cannot_be_read_is_said(words: str, sentence: str, capsys: Any) -> None:
    given = f"certify --model demo:digits-0.25 --input digits:3 {words}"
    assert main(given.split()) == 2
    assert sentence in capsys.readouterr().err
