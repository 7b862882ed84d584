from __future__ import annotations

from engine.core.canonical import digest


def test_what_was_read_back_has_the_digest_of_what_was_made() -> None:
    assert digest({"b": (1, 2), "a": 0.25}) == digest({"a": 0.25, "b": [1, 2]})
    assert digest("ab", "c") != digest("a", "bc")


def test_bytes_in_the_place_of_a_text_have_a_digest_of_no_text() -> None:
    assert len(digest("a", b"a")) == 64
    assert digest("a", b"a") not in (digest("a", "a"), digest("a", "61"))
