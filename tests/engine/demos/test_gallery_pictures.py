from __future__ import annotations

import io

import pytest
from PIL import Image

from engine.demos.gallery_pictures import SIZE, page_picture, shrunk


def pixels(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png)).convert("RGB")


@pytest.mark.parametrize("what", ["plane", "rates"])
def test_pages_are_drawn_on_either_ground(what: str) -> None:
    light, dark = (pixels(page_picture(what, dark=dark)) for dark in (False, True))
    assert light.size == dark.size and light.size[1] == SIZE[1]
    assert light.getpixel((2, 2)) != dark.getpixel((2, 2))
    assert len(light.getcolors(1 << 20) or ()) > 10


def test_a_drawing_is_made_small_and_keeps_its_shape() -> None:
    buffer = io.BytesIO()
    image = Image.new("RGB", (2100, 900), "white")
    image.paste("#1f5fd6", (100, 200, 2020, 800))
    image.save(buffer, "PNG")
    small = pixels(shrunk(buffer.getvalue()))
    assert small.size == (480, 150) and small.getpixel((5, 5)) == (0x1F, 0x5F, 0xD6)
