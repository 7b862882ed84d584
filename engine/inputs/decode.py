"""Bytes of an image file to pixels: checked from the header, then decoded, and every change said.

Files come from strangers: only these decoders are offered, sizes are read from the header before
anything is decoded, and a damaged file is refused instead of filled up with grey.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError
from PIL.TiffImagePlugin import TiffImageFile

from engine.core.errors import UserError
from engine.inputs.base import Pixels
from engine.inputs.colour_profile import profile_note

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "TIFF", "GIF", "PPM", "AVIF", "JPEG2000")
MAX_PIXELS, MAX_SIDE = 50_000_000, 16_384

_ORIENTATION, _BITS_PER_SAMPLE = 0x0112, 258
_SIXTEEN = ("I;16", "I;16L", "I;16B", "I;16N")
_OWN = ("1", "L", "P", "RGB")
"""Modes whose colours are read as they are, if nothing in them is transparent."""


class Decoded(NamedTuple):
    """Pixels (C, H, W), C 1 or 3, and how they came about.

    Attributes:
        notes: what was done to them.
        levels, converted: as of an :class:`engine.inputs.base.ImageInput`.
    """

    pixels: Pixels
    notes: tuple[str, ...]
    levels: int
    converted: bool

    def facts(self) -> dict[str, Any]:
        """As fields of an image."""
        return self._asdict()


def decode(data: bytes, name: str) -> Decoded:
    """The image in the bytes of a file.

    Args:
        data: the file's bytes.
        name: what the sentences call it.

    Raises:
        UserError: too large, animated, damaged, of no known format or of no known range.
    """
    with _refusing(name):
        # verify() reads every checksum of a PNG; it leaves the image unusable, so it is reopened.
        _open(data, name).verify()
        image = _open(data, name)
        _refuse_frames(image, name)
        # Pillow turns a TIFF upright while loading it, and then no longer says so.
        turned = _turned(image) if isinstance(image, TiffImageFile) else ()
        image.load()
        found = to_pixels(image, name)
        first = ("the first of several images in the file",) if image.format == "MPO" else ()
    lost = _lost_depth(data, image)
    profile = image.info.get("icc_profile")
    coloured = (profile_note(profile),) if isinstance(profile, bytes) and profile else ()
    notes = filter(None, (*first, *turned, *lost, *found.notes, *coloured))
    return found._replace(notes=tuple(notes), converted=found.converted or bool(lost))


def to_pixels(image: Image.Image, name: str) -> Decoded:
    """A decoded image as float32 in [0, 1], upright and opaque, and what that took.

    Raises:
        UserError: its numbers have no known range.
    """
    turned, notes = _upright(image)
    if turned.mode in _SIXTEEN or (turned.mode == "I" and image.format == "PNG"):
        pixels = _scaled(np.asarray(turned)[..., None], 65535)
        return Decoded(pixels, (*notes, "16-bit grey over 65535"), 65535, converted=False)
    if turned.mode in ("I", "F"):
        raise UserError(
            f"{name} holds 32-bit numbers of no known range; save it as a PNG of 8 or 16 bits."
        )
    opaque, more = _opaque(turned)
    converted = turned.mode not in _OWN or turned.has_transparency_data
    return Decoded(_scaled(opaque, 255), (*notes, *more), 255, converted)


def _open(data: bytes, name: str) -> Image.Image:
    image = Image.open(io.BytesIO(data), formats=FORMATS)
    width, height = image.size
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
        raise _too_large(name, f" ({width}x{height} pixels)")
    return image


def _refuse_frames(image: Image.Image, name: str) -> None:
    # A JPEG may carry a depth map or preview behind the photograph; its first image is the one.
    if image.format in ("JPEG", "MPO"):
        return
    try:
        # Asking for the second frame is quick where counting them all is not.
        image.seek(1)
    except EOFError:
        return
    raise UserError(
        f"{name} is animated or has several pages; save one frame of it as PNG and open that."
    )


@contextmanager
def _refusing(name: str) -> Iterator[None]:
    """Whatever a decoder raises becomes one sentence."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            yield
    except UserError:
        raise
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise _too_large(name) from error
    except UnidentifiedImageError as error:
        raise UserError(
            f"{name} is not an image that opens here; give a PNG, JPEG, WebP, BMP, TIFF or "
            "single-frame GIF file."
        ) from error
    except MemoryError as error:
        raise UserError(
            f"{name} does not fit into memory; save a smaller image or close other programs."
        ) from error
    except Exception as error:  # decoders raise nearly anything on damaged bytes
        raise UserError(
            f"{name} is truncated or damaged; copy it again or save it anew as PNG."
        ) from error


def _too_large(name: str, size: str = "") -> UserError:
    return UserError(
        f"{name} is too large{size}: at most {MAX_PIXELS // 10**6} megapixels and "
        f"{MAX_SIDE} pixels a side open here, so save it smaller."
    )


def _upright(image: Image.Image) -> tuple[Image.Image, tuple[str, ...]]:
    turned = _turned(image)
    return (ImageOps.exif_transpose(image) if turned else image), turned


def _turned(image: Image.Image) -> tuple[str, ...]:
    orientation = image.getexif().get(_ORIENTATION, 1)
    if orientation not in range(2, 9):
        return ()
    return (f"turned upright (EXIF orientation {orientation})",)


def _opaque(image: Image.Image) -> tuple[np.ndarray, tuple[str, ...]]:
    """Bytes (H, W, C) with C 1 or 3, transparency laid on white."""
    grey = image.mode in ("1", "L", "LA", "La")
    mode = "L" if grey else "RGB"
    notes = ["turned from CMYK to RGB"] if image.mode == "CMYK" else []
    if image.has_transparency_data:
        layered = image.convert("RGBA")
        if np.asarray(layered)[..., 3].min() < 255:
            white = Image.new("RGBA", layered.size, "white")
            layered = Image.alpha_composite(white, layered)
            notes.append("transparency laid on white")
        image = layered
    # Red, green and blue of a grey image are equal: one of them is the grey, unrounded.
    flat = image.getchannel(0) if grey and image.mode == "RGBA" else image.convert(mode)
    levels = np.asarray(flat)
    return (levels[..., None] if levels.ndim == 2 else levels), tuple(notes)


def _scaled(levels: np.ndarray, most: int) -> Pixels:
    """Levels (H, W, C) as float32 (C, H, W), each divided by the largest there is."""
    planes = np.ascontiguousarray(levels.transpose(2, 0, 1))
    scaled: Pixels = np.divide(planes, np.float32(most), dtype=np.float32)
    return scaled


def _lost_depth(data: bytes, image: Image.Image) -> tuple[str, ...]:
    """Pillow keeps 16 bits of a grey image only."""
    bits = 8
    if image.format == "PNG":
        bits = data[24]  # the bit depth in the header, which comes first in every PNG
    elif isinstance(image, TiffImageFile):
        bits = int(np.max(image.tag_v2.get(_BITS_PER_SAMPLE, 1)))
    if bits <= 8 or image.mode in (*_SIXTEEN, "I"):
        return ()
    return (f"{bits} bits per channel read as 8",)
