from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from engine.core.errors import UserError
from engine.demos.data import filter
from engine.demos.data.filter import (
    CURRENT,
    ELECTRIC,
    LONGEST,
    PLAIN,
    SHORTEST,
    THINGS,
    VESSELS,
    VOCABULARY,
    WATER,
    load_pairs,
    make_pairs,
)


def test_the_words_are_three_lists_without_repeats():
    assert len(VOCABULARY) == len(set(VOCABULARY)) == 72
    assert len(WATER) == len(CURRENT) == len(PLAIN) == 24


def test_neither_part_tells_the_answer():
    """Every thing comes as often safe as unsafe, and so does either kind of words."""
    pairs = make_pairs(160, seed=5)
    found = Counter(zip(pairs.things, pairs.labels.tolist(), strict=True))
    assert all(found[thing, label] == 10 for thing in THINGS for label in (0, 1))
    wet = [any(word in WATER for word in text.split()) for text in pairs.texts]
    assert Counter(zip(wet, pairs.labels.tolist(), strict=True)) == Counter(
        {(kind, label): 40 for kind in (True, False) for label in (0, 1)}
    )


def test_the_rule():
    pairs = make_pairs(64, seed=6)
    for thing, text, label in zip(pairs.things, pairs.texts, pairs.labels, strict=True):
        words = set(text.split())
        assert SHORTEST <= len(text.split()) <= LONGEST
        assert not (words & set(WATER) and words & set(CURRENT))
        water = bool(words & set(WATER))
        assert label == (water and thing in ELECTRIC) or (not water and thing in VESSELS)


def test_drawings_differ_and_are_bytes():
    pairs = make_pairs(8, seed=7)
    assert pairs.levels.shape == (8, 3, 32, 32) and pairs.levels.dtype == np.uint8
    spread = pairs.levels.reshape(8, -1).std(axis=1)
    assert (spread > 10).all()


def test_the_shipped_pairs_are_made_again_byte_for_byte():
    made, shipped = make_pairs(160, seed=1 << 32), load_pairs()
    assert np.array_equal(made.levels, shipped.levels)
    assert made.texts == shipped.texts and made.things == shipped.things
    assert np.array_equal(made.labels, shipped.labels)


def test_pairs_in_a_file():
    pairs = make_pairs(8, seed=1)
    assert pairs.archive()[:2] == b"PK" and pairs.archive() == pairs.archive()


def test_a_damaged_file_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(filter, "assets", lambda: tmp_path)
    filter.load_pairs.cache_clear()
    with pytest.raises(UserError, match="cannot be read; install Certiscope again"):
        filter.load_pairs()
    filter.load_pairs.cache_clear()
