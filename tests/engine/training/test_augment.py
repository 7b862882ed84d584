import torch

from engine.training import augment
from engine.training.augment import PADDING, WIDE, cropped, moved, turned, turned_widely
from engine.training.digits import part


def generator() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def test_moving_keeps_shape_and_range_and_nothing_moves_without_amounts(monkeypatch):
    pixels, _ = part("test")
    turned = moved(pixels[:5], generator())
    assert turned.shape == (5, 1, 8, 8) and turned.min() >= 0 and turned.max() <= 1 + 1e-5
    assert not torch.allclose(turned, pixels[:5], atol=1e-3)
    for amount in ("ROTATION", "SHIFT", "SCALE"):
        monkeypatch.setattr(augment, amount, 0.0)
    assert torch.allclose(moved(pixels[:5], generator()), pixels[:5], atol=1e-5)


def test_crops_are_shifted_images_or_their_mirror_images():
    """Against every shift and both directions, by brute force."""
    pixels = torch.rand(12, 3, 6, 6)
    found = cropped(pixels, generator())
    seen = set()
    for image, crop in zip(pixels, found, strict=True):
        padded = torch.nn.functional.pad(image, (PADDING,) * 4)
        matches = [
            (top, left, mirrored)
            for top in range(2 * PADDING + 1)
            for left in range(2 * PADDING + 1)
            for mirrored in (False, True)
            for window in [padded[:, top : top + 6, left : left + 6]]
            if torch.equal(window.flip(2) if mirrored else window, crop)
        ]
        assert len(matches) == 1
        seen.add(matches[0])
    assert len(seen) > 8 and {mirrored for _, _, mirrored in seen} == {False, True}


def test_a_quarter_turn_moves_every_pixel_of_the_disc_and_blackens_the_corners():
    """Against turns by whole quarters, which are exact on the grid; above 0 is anticlockwise."""
    pixels = torch.rand(2, 3, 16, 16, generator=generator())
    disc = turned(torch.ones_like(pixels), torch.zeros(2))
    assert disc[0, 0, 0, 0] == 0 and disc[0, 0, 8, 8] == 1
    for quarters in (-1, 0, 1):
        found = turned(pixels, torch.full((2,), 90.0 * quarters))
        assert torch.allclose(found, torch.rot90(pixels, quarters, (2, 3)) * disc, atol=1e-5)


def test_wide_turns_reach_the_stated_ends_and_no_further(monkeypatch):
    monkeypatch.setattr(augment, "moved", lambda pixels, generator: pixels)
    seen: list[torch.Tensor] = []
    monkeypatch.setattr(augment, "turned", lambda pixels, degrees: seen.append(degrees) or pixels)
    turned_widely(torch.zeros(2000, 1, 2, 2), generator())
    assert WIDE - 1 < seen[0].abs().max() <= WIDE and abs(float(seen[0].mean())) < 2
