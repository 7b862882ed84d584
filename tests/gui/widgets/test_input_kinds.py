from __future__ import annotations

from typing import get_args

from engine.core.records import InputKind
from gui.widgets.input_kinds import KIND_WORDS, listed


def test_every_kind_has_a_name():
    assert set(KIND_WORDS) == set(get_args(InputKind))


def test_kinds_are_listed_in_words():
    assert listed(("image",)) == "images"
    assert listed(("graph", "image", "table")) == ("images, nodes of a graph and rows of a table")
