import io
import random
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from engine.core.errors import UserError
from engine.inputs import decode as module
from engine.inputs.decode import decode

RNG = np.random.default_rng(0)
COLOUR = RNG.integers(0, 256, (6, 9, 3), dtype=np.uint8)
GREY = RNG.integers(0, 256, (6, 9), dtype=np.uint8)
NOISE = RNG.integers(0, 256, (64, 64, 3), dtype=np.uint8)
DAMAGED = "x is truncated or damaged; copy it again or save it anew as PNG."
FOREIGN = (
    "x is not an image that opens here; give a PNG, JPEG, WebP, BMP, TIFF or single-frame GIF file."
)
ANIMATED = "x is animated or has several pages; save one frame of it as PNG and open that."


def saved(image: Image.Image, fmt: str = "PNG", **options) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, fmt, **options)
    return buffer.getvalue()


def png(width: int, height: int, depth: int, colour: int, raw: bytes) -> bytes:
    """A PNG by its specification, so that no library's writer is trusted."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def refusal(data: bytes) -> str:
    with pytest.raises(UserError) as refused:
        decode(data, "x")
    return str(refused.value)


@pytest.mark.parametrize(
    ("fmt", "options"),
    [("PNG", {}), ("BMP", {}), ("TIFF", {}), ("WEBP", {"lossless": True})],
)
def test_lossless_colour_is_read_exactly(fmt, options):
    pixels, notes = decode(saved(Image.fromarray(COLOUR), fmt, **options), "x")[:2]
    assert pixels.dtype == np.float32 and notes == ()
    assert np.array_equal(pixels, COLOUR.transpose(2, 0, 1) / np.float32(255))


@pytest.mark.parametrize("fmt", ["PNG", "BMP", "TIFF", "GIF"])
def test_lossless_grey_is_read_exactly(fmt):
    pixels, notes = decode(saved(Image.fromarray(GREY), fmt), "x")[:2]
    assert notes == () and np.array_equal(pixels[0], GREY / np.float32(255))


def test_every_level_is_its_number_over_255():
    levels = np.arange(256, dtype=np.uint8).reshape(16, 16)
    pixels, _ = decode(saved(Image.fromarray(levels)), "x")[:2]
    exact = np.array([np.float32(v) / np.float32(255) for v in range(256)], dtype=np.float32)
    assert np.array_equal(pixels.ravel(), exact)


def test_a_jpeg_is_close():
    smooth = np.linspace(0, 255, 64).astype(np.uint8)[None, :, None].repeat(64, 0).repeat(3, 2)
    pixels, _ = decode(saved(Image.fromarray(smooth), "JPEG", quality=95), "x")[:2]
    assert np.abs(pixels - smooth.transpose(2, 0, 1) / 255).max() < 0.02


def test_sixteen_bit_grey_keeps_all_its_levels():
    levels = np.array([[0, 1, 256, 65535]], dtype=">u2")
    pixels, notes = decode(png(4, 1, 16, 0, b"\0" + levels.tobytes()), "x")[:2]
    assert notes == ("16-bit grey over 65535",)
    assert np.array_equal(pixels, (levels.astype(np.float32) / np.float32(65535))[None])


@pytest.mark.parametrize("order", ["<u2", ">u2"])
def test_sixteen_bit_tiff_in_both_byte_orders(order):
    levels = np.array([[0, 513, 65535]], dtype=order)
    mode = "I;16" if order == "<u2" else "I;16B"
    image = Image.frombytes(mode, (3, 1), levels.tobytes())
    pixels, notes = decode(saved(image, "TIFF"), "x")[:2]
    assert notes == ("16-bit grey over 65535",)
    assert np.array_equal(pixels[0], levels.astype(np.float32) / np.float32(65535))


def test_sixteen_bit_colour_says_what_was_lost():
    raw = b"\0" + struct.pack(">3H", 0xFF12, 0x8034, 0x0056)
    pixels, notes = decode(png(1, 1, 16, 2, raw), "x")[:2]
    assert notes == ("16 bits per channel read as 8",)
    assert np.array_equal(pixels.ravel() * 255, [0xFF, 0x80, 0x00])


@pytest.mark.parametrize(("mode", "dtype"), [("I", np.int32), ("F", np.float32)])
def test_numbers_of_no_known_range_are_refused(mode, dtype):
    assert refusal(saved(Image.fromarray(np.ones((2, 2), dtype=dtype)), "TIFF")) == (
        "x holds 32-bit numbers of no known range; save it as a PNG of 8 or 16 bits."
    )


def test_a_palette_becomes_its_colours():
    image = Image.new("P", (2, 1))
    image.putpalette([10, 20, 30, 40, 50, 60])
    image.putdata([1, 0])
    pixels, notes = decode(saved(image), "x")[:2]
    assert notes == () and (pixels * 255).round()[:, 0].T.tolist() == [[40, 50, 60], [10, 20, 30]]


def test_black_and_white_becomes_grey():
    pixels, _ = decode(saved(Image.fromarray(np.array([[True, False]]))), "x")[:2]
    assert pixels.tolist() == [[[1.0, 0.0]]]


def test_transparency_is_laid_on_white():
    image = Image.new("RGBA", (2, 1), (255, 0, 0, 255))
    image.putpixel((1, 0), (0, 0, 0, 0))
    pixels, notes = decode(saved(image), "x")[:2]
    assert notes == ("transparency laid on white",)
    assert pixels[:, 0].T.tolist() == [[1, 0, 0], [1, 1, 1]]


def test_half_transparency_is_half_white():
    pixels, _ = decode(saved(Image.new("RGBA", (1, 1), (0, 0, 0, 128))), "x")[:2]
    assert np.abs(pixels - (1 - 128 / 255)).max() < 1.01 / 255


def test_an_opaque_alpha_channel_changes_nothing():
    image = Image.fromarray(np.dstack([COLOUR, np.full(COLOUR.shape[:2], 255, np.uint8)]))
    pixels, notes = decode(saved(image), "x")[:2]
    assert notes == () and np.array_equal(pixels, COLOUR.transpose(2, 0, 1) / np.float32(255))


def test_transparent_grey_stays_grey():
    opaque = Image.merge("LA", (Image.fromarray(GREY), Image.new("L", (9, 6), 255)))
    pixels, _ = decode(saved(opaque), "x")[:2]
    assert np.array_equal(pixels, (GREY / np.float32(255))[None])
    clear = Image.merge("LA", (Image.fromarray(GREY), Image.new("L", (9, 6), 0)))
    pixels, notes = decode(saved(clear), "x")[:2]
    assert pixels.shape == (1, 6, 9) and pixels.min() == 1 and notes


def test_a_transparent_colour_of_a_palette_is_laid_on_white():
    image = Image.new("P", (2, 1))
    image.putpalette([10, 20, 30, 40, 50, 60])
    image.putdata([1, 0])
    pixels, notes = decode(saved(image, transparency=0), "x")[:2]
    assert notes == ("transparency laid on white",) and pixels[:, 0, 1].tolist() == [1, 1, 1]


def test_cmyk_becomes_rgb():
    image = Image.new("CMYK", (2, 2), (0, 255, 255, 0))
    pixels, notes = decode(saved(image, "TIFF"), "x")[:2]
    assert notes == ("turned from CMYK to RGB",) and pixels[:, 0, 0].tolist() == [1, 0, 0]


@pytest.mark.parametrize("fmt", ["PNG", "TIFF"])
@pytest.mark.parametrize(
    ("orientation", "turn"),
    [
        (2, lambda a: a[:, ::-1]),
        (3, lambda a: a[::-1, ::-1]),
        (4, lambda a: a[::-1]),
        (5, lambda a: a.T),
        (6, lambda a: np.rot90(a, -1)),
        (7, lambda a: a[::-1, ::-1].T),
        (8, lambda a: np.rot90(a)),
    ],
)
def test_the_camera_s_orientation_is_applied(orientation, turn, fmt):
    exif = Image.Exif()
    exif[0x0112] = orientation
    pixels, notes = decode(saved(Image.fromarray(GREY), fmt, exif=exif), "x")[:2]
    assert notes == (f"turned upright (EXIF orientation {orientation})",)
    assert np.array_equal(pixels[0], turn(GREY) / np.float32(255))


@pytest.mark.parametrize("orientation", [0, 1, 9])
def test_other_orientations_turn_nothing(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    pixels, notes = decode(saved(Image.fromarray(GREY), exif=exif), "x")[:2]
    assert notes == () and np.array_equal(pixels[0], GREY / np.float32(255))


@pytest.mark.parametrize("fmt", ["PNG", "JPEG", "WEBP", "BMP", "TIFF", "GIF"])
@pytest.mark.parametrize("kept", [0.5, 0.9])
def test_a_truncated_file_is_refused(fmt, kept):
    data = saved(Image.fromarray(NOISE), fmt)
    assert refusal(data[: int(len(data) * kept)]) in (DAMAGED, FOREIGN)


def test_a_png_with_a_wrong_checksum_is_refused():
    data = bytearray(saved(Image.fromarray(COLOUR)))
    data[-14] ^= 1  # inside the checksum of the pixels
    assert refusal(bytes(data)) == DAMAGED


@pytest.mark.parametrize(
    "data",
    [b"just some text", b"%PDF-1.7", b"<svg/>", b"qoif\0\0\0\1\0\0\0\1\3\0", b"\x00" * 100],
    ids=["text", "pdf", "svg", "qoi", "zeros"],
)
def test_what_is_no_image_of_these_formats_is_refused(data):
    assert refusal(data) == FOREIGN


@pytest.mark.parametrize("fmt", ["PNG", "WEBP", "TIFF", "GIF"])
def test_animations_and_pages_are_refused(fmt):
    frames = [Image.new("RGB", (4, 4), colour) for colour in ("red", "green", "blue")]
    assert refusal(saved(frames[0], fmt, save_all=True, append_images=frames[1:])) == ANIMATED


def test_a_photograph_with_a_preview_behind_it_is_read():
    first, second = (Image.new("RGB", (16, 16), colour) for colour in ("white", "black"))
    pixels, notes = decode(saved(first, "MPO", save_all=True, append_images=[second]), "x")[:2]
    assert notes == ("the first of several images in the file",)
    assert pixels.shape == (3, 16, 16) and pixels.min() > 0.98


@pytest.mark.parametrize(
    ("width", "height", "size"),
    [
        (8000, 8000, " (8000x8000 pixels)"),
        (16_385, 1, " (16385x1 pixels)"),
        (10_000, 10_000, ""),
        (60_000, 60_000, ""),
    ],
)
def test_a_huge_image_is_refused_by_its_header_alone(width, height, size):
    assert refusal(png(width, height, 8, 0, b"")) == (
        f"x is too large{size}: at most 50 megapixels and 16384 pixels a side open "
        "here, so save it smaller."
    )


def test_too_little_memory_is_one_sentence(monkeypatch):
    def fail(*_):
        raise MemoryError

    monkeypatch.setattr(module, "to_pixels", fail)
    assert refusal(saved(Image.fromarray(GREY))) == (
        "x does not fit into memory; save a smaller image or close other programs."
    )


def test_bytes_flipped_at_random_give_an_image_or_a_sentence():
    dice = random.Random(0)
    originals = [saved(Image.fromarray(NOISE), fmt) for fmt in module.FORMATS]
    for _ in range(300):
        data = bytearray(dice.choice(originals))
        for _ in range(dice.randint(1, 8)):
            data[dice.randrange(min(len(data), 200))] = dice.randrange(256)
        try:
            pixels, _ = decode(bytes(data), "x")[:2]
        except UserError as refused:
            assert str(refused).startswith("x ") and str(refused).endswith(".")
        else:
            assert pixels.ndim == 3 and 0 <= pixels.min() <= pixels.max() <= 1
