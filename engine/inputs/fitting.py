"""Inputs as a model takes them: images in its shape, token ids of texts, numbers of rows.

What that took is said in words.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

import numpy as np
from PIL import Image

from engine.core.errors import UserError, quoted
from engine.core.records import Fitting, ModelIdentity
from engine.inputs.base import (
    Array,
    FittedInput,
    ImageInput,
    PairInput,
    Pixels,
    arrays_sha256,
    pixels_sha256,
)
from engine.inputs.coding import Coding, Columns, Encoded, TableCoding, Tokenizer
from engine.inputs.table import TableInput
from engine.inputs.text import TextInput
from engine.regions.conversion import LUMA, crop

_MOST_SHOWN = 600
SAID = "its text is: "
"""How the note begins that quotes a text."""
STANDARD = "numbers in standard deviations of their columns"


def fit_coded(
    given: TextInput | PairInput | TableInput, model: ModelIdentity, coding: Coding | None
) -> FittedInput:
    """A text, a pair or a row as the model takes it.

    Raises:
        UserError: as the functions below.
    """
    if isinstance(given, PairInput):
        return fit_pair(given, model, coding)
    if isinstance(given, TableInput):
        return fit_table(given, model, coding)
    return fit_text(given, model, coding)


def fit_text(given: TextInput, model: ModelIdentity, coding: Coding | None) -> FittedInput:
    """The tokens of a text; all of them may be noised, none is padding.

    Raises:
        UserError: the model has no tokenizer, or it cannot encode the text.
    """
    tokenizer = _tokenizer(model, coding)
    encoded = tokenizer.encode(given.text)
    identity = given.identity(
        model,
        _text(given.text),
        pixels_sha256=arrays_sha256([encoded.tokens]),
        shape=encoded.tokens.shape,
        alphabet=(tokenizer.size,),
        adaptation=_in_tokens(encoded, tokenizer),
        fitting=Fitting(steps=_cut(encoded)),
    )
    return FittedInput(identity, (encoded.tokens,))


def fit_pair(given: PairInput, model: ModelIdentity, coding: Coding | None) -> FittedInput:
    """The image at the model's size, and the tokens of the text.

    Raises:
        UserError: the model has no tokenizer, or one of the two does not fit.
    """
    tokenizer = _tokenizer(model, coding)
    image, encoded = fit(given.image, model), tokenizer.encode(given.text)
    arrays: tuple[Array, ...] = (image.pixels, encoded.tokens)
    steps = (image.identity.adaptation, _in_tokens(encoded, tokenizer))
    identity = given.identity(
        model,
        _text(given.text),
        pixels_sha256=arrays_sha256(arrays),
        shape=image.identity.shape,
        more_shapes=(encoded.tokens.shape,),
        alphabet=(tokenizer.size,),
        adaptation="; ".join(filter(None, steps)),
        fitting=_pair_fitting(image.identity.fitting, encoded),
    )
    return FittedInput(identity, arrays)


def _pair_fitting(image: Fitting | None, encoded: Encoded) -> Fitting:
    known = image or Fitting()
    steps = tuple(f"image {step}" for step in known.steps)
    return known.model_copy(update={"steps": (*steps, *_cut(encoded))})


def fit_table(given: TableInput, model: ModelIdentity, coding: Coding | None) -> FittedInput:
    """A row as standardised numbers (F,) and codes (G,); how is the context, and in the digest.

    A model that does not say how to standardise its columns takes the table's own statistics.

    Raises:
        UserError: the table lacks a column that the model reads, a cell does not fit, or there
            are no numbers.
    """
    own = coding if isinstance(coding, TableCoding) else None
    named = coding.names if isinstance(coding, Columns) else ()
    used = own or given.table.coding(named or _asked(given, model))
    _check_parts(given, used)
    numbers, codes = used.encode(given.cells, given.name)
    origin = (
        "of the model's training data"
        if own
        else f"of {given.table.source} as it is, this row included, which the attacker leaves alone"
    )
    order = ", ".join(column.name for column in used.columns)
    unnamed = f"the model names no columns; it is given, as asked, in this order: {order}"
    identity = given.identity(
        model,
        *([] if own or named else [unnamed]),
        pixels_sha256=_with_coding(arrays_sha256([numbers, codes]), used),
        shape=numbers.shape,
        more_shapes=(codes.shape,),
        alphabet=used.arities,
        adaptation=f"{STANDARD} ({origin}): {_scales(used)}",
        fitting=Fitting(steps=("columns scaled",)),
    )
    return FittedInput(identity, (numbers, codes), used)


def _tokenizer(model: ModelIdentity, coding: Coding | None) -> Tokenizer:
    if coding is None or isinstance(coding, TableCoding | Columns):
        raise UserError(
            f"The tokenizer of the model '{model.name}' is not at hand; give the model itself."
        )
    return coding


def _in_tokens(encoded: Encoded, tokenizer: Tokenizer) -> str:
    count = len(encoded.tokens)
    how = f"{count:,} token{'' if count == 1 else 's'} of an alphabet of {tokenizer.size:,}"
    return "; ".join((how, *encoded.notes))


def _cut(encoded: Encoded) -> tuple[str, ...]:
    """That only the beginning of a text was read, where that is so."""
    return (f"its first {len(encoded.tokens):,} tokens alone",) if encoded.notes else ()


def _text(text: str) -> str:
    """For the reader of a report: what was said."""
    return f"{SAID}{quoted(text, _MOST_SHOWN)}"


def _asked(given: TableInput, model: ModelIdentity) -> Sequence[str]:
    """The columns that somebody names in the order of a model that does not.

    Raises:
        UserError: nobody does: in another order the same row is another input.
    """
    table = given.table
    if table.columns:
        return table.columns
    every = ",".join(table.without_label())
    raise UserError(
        f"The model '{model.name}' does not name its columns, and in another order a row is "
        "another input; name them in its order after the row, as in "
        f"?columns={quoted(every, 200)}, or write ?columns=all if the table has them in that order."
    )


def _check_parts(given: TableInput, coding: TableCoding) -> None:
    if not coding.numeric:
        raise UserError(
            f"{given.source} has no numeric column; the schemes for tables noise numbers, so give "
            "a table with some."
        )


def _with_coding(digest: str, coding: TableCoding) -> str:
    """A change certified in standard deviations means another one under other deviations."""
    return hashlib.sha256(digest.encode() + b"\n" + coding.facts()).hexdigest()


def _scales(coding: TableCoding) -> str:
    shown = [
        f"{one.name} {np.format_float_positional(one.scale, 4, fractional=False, trim='-')}"
        for one in coding.numeric
    ]
    return ", ".join(shown)


def fit(image: ImageInput, model: ModelIdentity) -> FittedInput:
    """The image with the model's channels and size: cropped in the middle, then resized.

    A model may say that it is brought to its size in another way (``ModelIdentity.resize``). An
    image that already fits keeps its pixels exactly.

    Raises:
        UserError: the model takes neither grey nor RGB images, or is resized in no known way.
    """
    channels, height, width = model.image_shape
    pixels, recoloured = _with_channels(image.pixels, channels)
    pixels, resized = _sized(pixels, height, width, model.resize)
    pixels = np.ascontiguousarray(pixels, dtype=np.float32)
    identity = image.identity(
        model,
        pixels_sha256=pixels_sha256(pixels),
        shape=(channels, height, width),
        adaptation=", ".join(step for step in (recoloured, resized) if step),
        fitting=_image_fitting(image, recoloured, resized, own=model.resize not in ("", "crop")),
    )
    return FittedInput.image(identity, pixels)


def _image_fitting(image: ImageInput, recoloured: str, resized: str, *, own: bool) -> Fitting:
    """What was done; the gain of a model's own way of resizing is not known."""
    channels, height, width = image.pixels.shape
    steps = {
        "converted while it was read": image.converted,
        f"turned from {'grey to RGB' if channels == 1 else 'RGB to grey'}": bool(recoloured),
        "cropped": "cropped" in resized,
        f"resized from {width} x {height}": "resized" in resized,
        "padded": "padded" in resized,
    }
    known = not image.converted and not (own and resized)
    source = (channels, height, width) if known else None
    done = tuple(step for step, was in steps.items() if was)
    return Fitting(steps=done, source=source, levels=image.levels)


def _with_channels(pixels: Pixels, channels: int) -> tuple[Pixels, str]:
    if channels not in (1, 3):
        raise UserError(
            f"The model takes {channels} channels; Certiscope makes images of 1 (grey) or 3 "
            "(RGB) channels, so give a model for one of these."
        )
    if len(pixels) == channels:
        return pixels, ""
    if channels == 3:
        return np.repeat(pixels, 3, axis=0), "grey repeated for red, green and blue"
    grey = np.tensordot(np.array(LUMA), pixels.astype(np.float64), axes=1)
    return grey[None].astype(np.float32), "turned to grey (BT.601 luma)"


_RESIZE = re.compile(
    r"(?P<how>crop|stretch|pad)(?: from (?P<height>\d{1,4})x(?P<width>\d{1,4}))?"
    r"(?: (?P<filter>nearest|lanczos|bilinear|bicubic|box|hamming))?"
)


def _sized(pixels: Pixels, height: int, width: int, resize: str) -> tuple[Pixels, str]:
    """The image in the model's size, in the way that the model says."""
    parts = _RESIZE.fullmatch(resize or "crop")
    if parts is None:
        raise UserError(f"The model resizes its images in no known way: '{quoted(resize, 80)}'.")
    if resize in ("", "crop") or pixels.shape[1:] == (height, width):
        return _with_size(pixels, height, width)
    name, whole = parts["filter"] or "bilinear", (height, width)
    if parts["height"]:
        whole = int(parts["height"]), int(parts["width"])
    _, old_height, old_width = pixels.shape
    # The part of the file's image, in its own pixels, that the model's image is made of.
    if parts["how"] == "stretch":
        size = old_height * height / whole[0], old_width * width / whole[1]
    else:
        scale = (min if parts["how"] == "crop" else max)(
            old_height / whole[0], old_width / whole[1]
        )
        size = height * scale, width * scale
    if parts["how"] == "pad":
        return _padded(pixels, height, width, max(size[0] / height, size[1] / width), name)
    top, left = (max(0.0, old - new) / 2 for old, new in zip(pixels.shape[1:], size, strict=True))
    box = (left, top, min(left + size[1], old_width), min(top + size[0], old_height))
    cut = "" if box == (0, 0, old_width, old_height) else f"centre-cropped to {box[2] - box[0]:g}x"
    cut += f"{box[3] - box[1]:g}, " if cut else ""
    resized = _resized(pixels, height, width, name, box)
    return resized, f"{cut}resized {old_width}x{old_height} -> {width}x{height} ({name})"


def _padded(pixels: Pixels, height: int, width: int, scale: float, name: str) -> tuple[Pixels, str]:
    """The whole image, black around it."""
    _, old_height, old_width = pixels.shape
    inner = (
        min(height, max(1, round(old_height / scale))),
        min(width, max(1, round(old_width / scale))),
    )
    small = _resized(pixels, *inner, name)
    top, left = (height - inner[0]) // 2, (width - inner[1]) // 2
    around = ((0, 0), (top, height - inner[0] - top), (left, width - inner[1] - left))
    said = f"resized {old_width}x{old_height} -> {inner[1]}x{inner[0]} ({name}), padded with black"
    return np.pad(small, around), f"{said} to {width}x{height}"


def _with_size(pixels: Pixels, height: int, width: int) -> tuple[Pixels, str]:
    steps = []
    _, old_height, old_width = pixels.shape
    crop_height, crop_width = crop(old_height, old_width, height, width)
    if (crop_height, crop_width) != (old_height, old_width):
        top, left = (old_height - crop_height) // 2, (old_width - crop_width) // 2
        pixels = pixels[:, top : top + crop_height, left : left + crop_width]
        steps.append(f"centre-cropped {old_width}x{old_height} -> {crop_width}x{crop_height}")
    if (crop_height, crop_width) != (height, width):
        pixels = _resized(pixels, height, width)
        steps.append(
            f"resized {crop_width}x{crop_height} -> {width}x{height} (bilinear, antialiased)"
        )
    return pixels, ", ".join(steps)


def _resized(
    pixels: Pixels,
    height: int,
    width: int,
    name: str = "bilinear",
    box: tuple[float, float, float, float] | None = None,
) -> Pixels:
    # Cropping first keeps the work small for a strip of 1 by 16,384 pixels as well.
    planes = [
        Image.fromarray(np.ascontiguousarray(plane)).resize(
            (width, height), Image.Resampling[name.upper()], box
        )
        for plane in pixels
    ]
    return np.clip(np.stack([np.asarray(plane, dtype=np.float32) for plane in planes]), 0.0, 1.0)
