from __future__ import annotations

import io

import numpy as np
from PIL import Image

from engine.report.plots.base import enlarged, hex_rgb, png


def test_png_is_lossless() -> None:
    pixels = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)
    with Image.open(io.BytesIO(png(pixels))) as image:
        assert (np.asarray(image) == pixels).all()


def test_enlarging_repeats_pixels() -> None:
    pixels = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)
    large = enlarged(pixels, 5)
    assert large.shape == (6, 6, 3)
    assert (large[::3, ::3] == pixels).all()
    assert enlarged(large, 5).shape == large.shape


def test_hex_rgb() -> None:
    assert hex_rgb("#1f5fd6") == (0x1F, 0x5F, 0xD6)
