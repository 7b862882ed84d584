from __future__ import annotations

import pytest

from engine.report import palette


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2)."""
    channels = [byte / 255 for byte in bytes.fromhex(colour[1:])]
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("dark", [False, True])
def test_text_is_readable_on_paper(dark: bool) -> None:
    tokens = palette.theme(dark=dark)
    for name in ("ink", "muted", "accent", "upper", "good", "bad"):
        assert contrast(tokens[name], tokens["paper"]) >= 4.5, name
    assert contrast(tokens["on-fill"], tokens["accent"]) >= 4.5


@pytest.mark.parametrize("dark", [False, True])
def test_ink_is_readable_on_every_map_colour(dark: bool) -> None:
    ink = palette.theme(dark=dark)["ink"]
    colours = [palette.map_colour(rank, dark=dark) for rank in range(12)]
    assert all(contrast(ink, colour) >= 4.5 for colour in colours)
    assert len(set(colours)) == palette.ranks_with_colour() + 1
