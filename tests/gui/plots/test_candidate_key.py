from __future__ import annotations

from gui.plots import candidate_key as key
from gui.style.theme import THEMES

MOST = 6


def test_no_two_candidates_look_alike() -> None:
    """Colour is one cue; dash and mark together are another, without any colour."""
    for theme in THEMES.values():
        assert len({key.ink(i, theme) for i in range(MOST)}) == MOST
    assert len({key.mark(i) for i in range(MOST)}) == MOST
    assert len({(key.dash(i), key.mark(i)) for i in range(MOST)}) == MOST


def test_the_key_is_painted(shown) -> None:
    images = [shown(key.Key(i)).grab().toImage() for i in range(MOST)]
    assert all(a != b for i, a in enumerate(images) for b in images[:i])
