"""An image that a program hands over: a tensor, an array, or an image of Pillow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from engine.core.errors import UserError
from engine.core.records import MEMORY
from engine.inputs.base import Array, ImageInput, Pixels, arrays_sha256

if TYPE_CHECKING:
    from PIL.Image import Image

_ROUNDED = 1e-6
"""How far resizing in floats may overshoot 0 and 1."""
_CHANNELS = (1, 3)
_WANTED = "give an image (C, H, W) in [0, 1] with 1 or 3 channels"


def from_memory(x: Any, *, name: str = "", label: int | None = None) -> ImageInput:
    """The image that ``x`` is; what was done to it is said in its notes.

    Args:
        x: a tensor or array (C, H, W), (H, W) or (1, C, H, W): floats in [0, 1], or uint8, which is
            divided by 255; or an image of Pillow.
        name: short name for people; by default what it is and its shape.
        label: index of the true class, if it is known.

    Raises:
        UserError: a batch, numbers that are not finite or not in [0, 1], or no image at all.
    """
    if _is(x, "PIL", "Image"):
        return _from_pillow(x, name, label)
    array = _array(x)
    called = name or f"array of {' x '.join(map(str, array.shape))}"
    placed, moved = _placed(array, called)
    pixels, scaled = _scaled(placed, called)
    return ImageInput(
        name=called,
        source=f"{MEMORY}{called}",
        sha256=arrays_sha256([array]),
        pixels=pixels,
        label=_label(label, called),
        notes=tuple(filter(None, (moved, scaled))),
        levels=255 if array.dtype == np.uint8 else 0,
    )


def is_in_memory(x: Any) -> bool:
    """Whether ``x`` is a tensor, an array or an image of Pillow."""
    return isinstance(x, np.ndarray) or _is(x, "torch", "Tensor") or _is(x, "PIL", "Image")


def _is(x: Any, package: str, name: str) -> bool:
    """Whether an object is of a class whose package need not be loaded to tell."""
    return any(
        kind.__name__ == name and kind.__module__.partition(".")[0] == package
        for kind in type(x).__mro__
    )


def _from_pillow(image: Image, name: str, label: int | None) -> ImageInput:
    from engine.inputs.decode import to_pixels

    called = name or f"image of {image.width}x{image.height}"
    found = to_pixels(image, called)
    return ImageInput(
        name=called,
        source=f"{MEMORY}{called}",
        sha256=arrays_sha256([np.asarray(image)]),
        label=_label(label, called),
        **found.facts(),
    )


def _array(x: Any) -> Array:
    """The numbers of a tensor or array, as they are; bfloat16 as float32."""
    if _is(x, "torch", "Tensor"):
        x = x.detach().cpu()
        if x.is_floating_point() and x.element_size() < 4:
            x = x.float()
        x = x.resolve_conj().resolve_neg().numpy()
    array = np.asarray(x)
    if array.dtype.kind not in "bufi":
        raise UserError(f"This holds {array.dtype} instead of numbers; {_WANTED}.")
    return array


def _placed(array: Array, name: str) -> tuple[Array, str]:
    """(C, H, W), and what that took."""
    moved = ""
    if array.ndim == 4 and len(array) == 1:
        array, moved = array[0], "the batch dimension of 1 was left out"
    if array.ndim == 4:
        raise UserError(
            f"The {name} is a batch of {len(array)} images; certify one of them, or all with "
            "certify_dataset."
        )
    if array.ndim == 2:
        array, moved = array[None], "read as one grey channel"
    if array.ndim != 3 or not array.size:
        raise UserError(f"The {name} is not an image; {_WANTED}.")
    if array.shape[0] not in _CHANNELS:
        if array.shape[2] not in _CHANNELS:
            raise UserError(f"The {name} has {array.shape[0]} channels; {_WANTED}.")
        array, moved = array.transpose(2, 0, 1), "its last axis was taken for the channels"
    return array, moved


def _scaled(array: Array, name: str) -> tuple[Pixels, str]:
    """float32 in [0, 1], and what that took."""
    if array.dtype == np.uint8:
        if array.max() == 1:
            raise UserError(
                f"The {name} is of uint8 and holds nothing but 0 and 1: whether 1 means white or "
                "1/255 cannot be told. Give floats in [0, 1]."
            )
        return _contiguous(array / np.float32(255)), "8-bit values were divided by 255"
    if array.dtype.kind in "ui":
        raise UserError(
            f"The {name} holds {array.dtype} numbers of no known range; give floats in [0, 1] or "
            "uint8."
        )
    if not np.isfinite(array).all():
        raise UserError(f"The {name} holds numbers that are not finite; {_WANTED}.")
    low, high = float(array.min()), float(array.max())
    if low < -_ROUNDED or high > 1 + _ROUNDED:
        raise UserError(f"The {name} holds numbers from {low:.4g} to {high:.4g}; {_cure(low)}.")
    said = "" if array.dtype == np.float32 else f"{array.dtype} turned to float32"
    if low < 0 or high > 1:
        said = ", ".join(filter(None, (said, "values beyond 0 and 1 by less than 1e-6 cut off")))
    return _contiguous(np.clip(array, 0, 1)), said


def _contiguous(array: Array) -> Pixels:
    return np.ascontiguousarray(array, dtype=np.float32)


def _cure(low: float) -> str:
    if low < 0:
        return (
            "sigma and radius are measured in pixels of [0, 1]: give the image before it is "
            "normalised, and the normalisation as normalize=(means, deviations)"
        )
    return "divide by the largest value that a pixel may have, so that they lie in [0, 1]"


def _label(label: int | None, name: str) -> int | None:
    if label is None:
        return None
    if isinstance(label, bool) or int(label) != label or label < 0:
        raise UserError(f"The label of the {name} must be the index of a class (it was {label}).")
    return int(label)
