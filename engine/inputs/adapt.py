"""Bring an image into a model's shape, and say in words what that took."""

from __future__ import annotations

import numpy as np
from PIL import Image

from engine.core.errors import UserError
from engine.core.records import ModelIdentity
from engine.inputs.base import FittedInput, ImageInput, Pixels, pixels_sha256

_LUMA = np.array([0.299, 0.587, 0.114])
"""Weights of red, green and blue in ITU-R BT.601 luma."""


def fit(image: ImageInput, model: ModelIdentity) -> FittedInput:
    """The image with the model's channels and size: cropped in the middle, then resized.

    An image that already fits keeps its pixels exactly.

    Raises:
        UserError: the model takes neither grey nor RGB images.
    """
    channels, height, width = model.image_shape
    pixels, recoloured = _with_channels(image.pixels, channels)
    pixels, resized = _with_size(pixels, height, width)
    pixels = np.ascontiguousarray(pixels, dtype=np.float32)
    identity = image.identity(
        model,
        pixels_sha256=pixels_sha256(pixels),
        shape=(channels, height, width),
        adaptation=", ".join(step for step in (recoloured, resized) if step),
    )
    return FittedInput.image(identity, pixels)


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
    grey = np.tensordot(_LUMA, pixels.astype(np.float64), axes=1)
    return grey[None].astype(np.float32), "turned to grey (BT.601 luma)"


def _with_size(pixels: Pixels, height: int, width: int) -> tuple[Pixels, str]:
    steps = []
    _, old_height, old_width = pixels.shape
    crop_height, crop_width = _crop(old_height, old_width, height, width)
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


def _crop(old_height: int, old_width: int, height: int, width: int) -> tuple[int, int]:
    """The largest part of the image with the model's proportions, in whole pixels."""
    if old_height * width >= old_width * height:
        return max(1, old_width * height // width), old_width
    return old_height, max(1, old_height * width // height)


def _resized(pixels: Pixels, height: int, width: int) -> Pixels:
    # Cropping first keeps the work small for a strip of 1 by 16,384 pixels as well.
    planes = [
        Image.fromarray(np.ascontiguousarray(plane)).resize(
            (width, height), Image.Resampling.BILINEAR
        )
        for plane in pixels
    ]
    return np.clip(np.stack([np.asarray(plane, dtype=np.float32) for plane in planes]), 0.0, 1.0)
