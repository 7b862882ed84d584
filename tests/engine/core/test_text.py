"""Every character that steers a terminal, reorders text or hides is shown as its escape."""

from __future__ import annotations

import json
import unicodedata

import pytest

from engine.core.text import guarded, json_ascii, unguarded, visible

ACTING = [
    chr(code)
    for code in (*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A))
] + ["\u200e", "\u200f", "\u061c", "\u2028", "\u2029", "\ufeff", "\U000e0041", "\ud800"]


def test_what_acts_is_shown_and_what_is_read_stays() -> None:
    for character in ACTING:
        shown = visible(f"a{character}b")
        assert shown.isascii() and shown.isprintable() and shown.startswith("a\\"), ascii(character)
    assert visible("\x1b[2J") == "\\x1b[2J" and visible("a\u202eb") == "a\\u202eb"
    for text in ("é ✓ 日本語 מרחב 😀", "99.9 %", "R = 0.5"):
        assert visible(text) == text
    assert visible("a\n\tb\r", lines=True) == "a\n\tb\\r"


def test_no_control_character_is_forgotten() -> None:
    """By Unicode's own classes: controls, separators of lines, surrogates, direction marks."""
    directions = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
    for code in range(0x110000):
        character = chr(code)
        kind = unicodedata.category(character)
        if kind in ("Cc", "Cs", "Zl", "Zp") or unicodedata.bidirectional(character) in directions:
            assert visible(character) != character, hex(code)


def test_json_means_the_same() -> None:
    value = {"name": "".join(c for c in ACTING if c != "\ud800") + "é"}
    text = json.dumps(value, ensure_ascii=False, indent=2)
    told = json_ascii(text)
    assert json.loads(told) == value
    assert not any(c in told for c in ACTING if c not in "\n\t")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@sum", "\tx", "seven", "", "'", "'a"])
def test_a_guard_is_taken_off_again(text: str) -> None:
    told = guarded(text)
    assert not told.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert unguarded(told) == text
