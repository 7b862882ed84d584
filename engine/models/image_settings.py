"""How a folder in the Hugging Face layout wants its images: size, normalisation, class names."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

from engine.core.errors import UserError, quoted
from engine.models.normalize import Normalization, stored_numbers
from engine.models.pretrained import refuse_code
from engine.models.pretrained_files import read_json
from engine.models.shapes import Shape, reasonable, words

_MOST_CLASSES = 1 << 16


@dataclass(frozen=True)
class Preprocessing:
    """What the configuration says about inputs and outputs."""

    shape: Shape
    normalization: Normalization | None
    labels: tuple[str, ...]
    notes: tuple[str, ...] = ()


def understood(path: Path, config: dict[str, Any], processor: Any = None) -> Preprocessing:
    """What the configuration says about inputs and outputs.

    Args:
        path: the folder.
        config: its ``config.json``.
        processor: the library's own, which knows what settings that are left out stand for; None to
            take the file as it is written.

    Raises:
        UserError: it is not understood.
    """
    try:
        return _preprocessing(path, config, processor)
    except (TypeError, ValueError, AttributeError, ArithmeticError, LookupError) as error:
        raise UserError(
            f"{path}: its config.json or preprocessor_config.json is not understood "
            f"({quoted(error, 100)})."
        ) from error


def _preprocessing(path: Path, config: dict[str, Any], processor: Any) -> Preprocessing:
    stored = _stored_settings(path) if processor is None else _as_taken(processor)
    height, width = (
        _size(config.get("image_size"))
        or (stored.get("do_center_crop") and _size(stored.get("crop_size")))
        or _size(stored.get("size"))
        or (224, 224)
    )
    shape = (int(config.get("num_channels", 3)), height, width)
    if not reasonable(shape):
        raise ValueError(f"images of {words(shape)}")
    if int(config.get("num_labels") or 0) > _MOST_CLASSES:
        raise ValueError(f"{config['num_labels']} classes")
    normalization = _stored(stored) if stored else None
    if normalization is not None:
        resize = _resize(stored, (height, width))
        normalization = replace(
            normalization, resize=resize, bgr=stored.get("do_flip_channel_order") is True
        )
    labels, said = _labels(config)
    return Preprocessing(shape, normalization, labels, said)


_FOLLOWED = (
    *("do_resize", "size", "resample", "do_center_crop", "crop_size", "crop_pct", "do_rescale"),
    *("rescale_factor", "rescale_offset", "do_normalize", "image_mean", "image_std"),
    *("do_flip_channel_order", "include_top"),
)
"""Settings of an image processor that are followed here."""
_HARMLESS = ("do_convert_rgb", "do_reduce_labels", "do_resize", "do_center_crop")
_FILTERS = ("nearest", "lanczos", "bilinear", "bicubic", "box", "hamming")
"""Of Pillow, by their numbers in a configuration."""


def image_processor(path: Path) -> Any:
    """The library's own processor of a folder, as data: none of the folder's code is run.

    None where the folder has none, or none that the library opens.

    Raises:
        UserError: it asks for code of its own.
    """
    from transformers import AutoImageProcessor

    if not any((path / name).is_file() for name in _FILES):
        return None
    refuse_code(path, _stored_settings(path))
    try:
        return AutoImageProcessor.from_pretrained(  # type: ignore[no-untyped-call]
            str(path.absolute()), trust_remote_code=False, local_files_only=True
        )
    except Exception:  # of other kinds than images, or damaged: the file is read as it is written
        return None


def _as_taken(processor: Any) -> dict[str, Any]:
    """The settings as the library takes them: what it has no value for is off."""
    written = processor.to_dict()
    found = {name: written.get(name) for name in _FOLLOWED}
    off = {name: bool(found[name]) for name in found if name.startswith("do_")}
    known = {name: value for name, value in found.items() if value is not None}
    return {**known, **off}


def check_followed(path: Path, processor: Any, layer: Any, shape: Shape) -> None:
    """Whether the library's processor gives the same numbers, on a random image of the right size.

    Args:
        path: the folder.
        processor: of the library.
        layer: what stands between noise and network here.
        shape: of the image.

    Raises:
        UserError: it does more; naming the settings that are not followed.
    """
    generator = np.random.default_rng(0)
    levels = generator.integers(0, 256, (*shape[1:], shape[0]), dtype=np.uint8)
    image = Image.fromarray(levels[..., 0] if shape[0] == 1 else levels)
    try:
        made = processor(images=image, do_resize=False, do_center_crop=False, return_tensors="np")[
            "pixel_values"
        ][0]
    except Exception:  # it takes other images than one of the model's own size
        return
    x = torch.from_numpy(levels.transpose(2, 0, 1).astype(np.float32) / 255)[None]
    ours = layer(x)[0].numpy()
    if made.shape == ours.shape and np.allclose(made, ours, rtol=1e-3, atol=2e-3):
        return
    settings = processor.to_dict()
    known = (*_FOLLOWED, *_HARMLESS)
    more = [key for key, value in settings.items() if key not in known and value is True]
    more = more or ["do_normalize", "do_rescale"]
    raise UserError(
        f"{path}: its image processor makes other numbers of an image than its settings say here "
        f"({', '.join(quoted(key, 40) for key in more[:4])}); put that into the model and export "
        "it to ONNX, or say what to do with --normalize."
    )


def _resize(stored: dict[str, Any], shape: tuple[int, int]) -> str:
    """As :attr:`engine.core.records.ModelIdentity.resize`."""
    if not stored.get("do_resize", True) or "size" not in stored:
        return ""
    size, number = stored["size"], stored.get("resample", 2)
    name = _FILTERS[int(number)] if 0 <= int(number) < len(_FILTERS) else "bilinear"
    edge = size.get("shortest_edge") if isinstance(size, dict) else size
    if stored.get("crop_pct") and isinstance(edge, int) and edge < _UNCROPPED:
        how, whole = "crop", (int(edge / stored["crop_pct"]),) * 2
    elif isinstance(size, dict) and "height" in size:
        how, whole = "stretch", (int(size["height"]), int(size.get("width") or size["height"]))
    elif isinstance(edge, int):
        how, whole = "crop", (edge, edge)
    else:
        return ""
    # A square of the model's own size says nothing of its own: the usual part is taken.
    there = "" if whole == shape else f" from {whole[0]}x{whole[1]}"
    return f"{how}{there} {name}"


_UNCROPPED = 384
"""Images of this size and above are stretched by a processor with a crop_pct."""


_FILES = ("preprocessor_config.json", "processor_config.json")


def _stored_settings(path: Path) -> dict[str, Any]:
    """How images are prepared: a file of its own, or a part of a joint processor's."""
    file, joint = (path / name for name in _FILES)
    if file.is_file():
        return read_json(file)
    inner = read_json(joint).get("image_processor") if joint.is_file() else None
    return inner if isinstance(inner, dict) else {}


def _size(value: object) -> tuple[int, int] | None:
    """Height and width of the many ways in which configurations write them."""
    if isinstance(value, dict):
        edge = value.get("shortest_edge")
        value = [value.get("height", edge), value.get("width", edge)]
    if isinstance(value, int):
        value = [value, value]
    if isinstance(value, list) and len(value) == 2 and all(isinstance(n, int) for n in value):
        return (value[0], value[1])
    return None


def _stored(stored: dict[str, Any]) -> Normalization | None:
    """Mean and deviation for pixels in [0, 1]; the file's are for 0..255 times a factor."""
    scale = 255 * float(stored.get("rescale_factor", 1 / 255)) if _rescales(stored) else 255.0
    offset = -1.0 if stored.get("rescale_offset") else 0.0
    mean, std = (stored.get("image_mean"), stored.get("image_std"))
    if not stored.get("do_normalize", True) or mean is None or std is None:
        mean, std = [0.0], [1.0]
    if abs(scale - 1) < 1e-6 and offset == 0 and (mean, std) == ([0.0], [1.0]):
        return Normalization("none", (), (), "stored in the file")
    if stored.get("include_top"):  # divided by the deviations once more
        std = [float(one) ** 2 for one in ([std] if isinstance(std, (int, float)) else std)]
    means = [mean] if isinstance(mean, (int, float)) else mean
    stds = [std] if isinstance(std, (int, float)) else std
    return stored_numbers(
        [(float(m) - offset) / scale for m in means], [float(s) / scale for s in stds]
    )


def _rescales(stored: dict[str, Any]) -> bool:
    return bool(stored.get("do_rescale", True))


def _labels(config: dict[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names of the outputs in order, and what to say of their numbers."""
    names = config.get("id2label")
    if not isinstance(names, dict) or not names:
        return (), ()
    numbers = sorted(names, key=int)
    first = int(numbers[0])
    if [int(key) for key in numbers] != list(range(first, first + len(numbers))):
        return (), ("The names of its classes leave out numbers and are not used.",)
    said = f"Its class names are numbered from {first}; the first is taken for output 0."
    return tuple(quoted(names[key], 80) for key in numbers), (said,) if first else ()
