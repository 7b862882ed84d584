"""How a folder in the Hugging Face layout wants its images: size, normalisation, class names."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.core.errors import UserError, quoted
from engine.models.normalize import Normalization, stored_numbers
from engine.models.pretrained import read_json
from engine.models.shapes import Shape, reasonable, words

_MOST_CLASSES = 1 << 16


@dataclass(frozen=True)
class Preprocessing:
    """What the configuration says about inputs and outputs."""

    shape: Shape
    normalization: Normalization | None
    labels: tuple[str, ...]


def understood(path: Path, config: dict[str, Any]) -> Preprocessing:
    """What the configuration says about inputs and outputs.

    Raises:
        UserError: it is not understood.
    """
    try:
        return _preprocessing(path, config)
    except (TypeError, ValueError, AttributeError, ArithmeticError) as error:
        raise UserError(
            f"{path}: its config.json or preprocessor_config.json is not understood "
            f"({quoted(error, 100)})."
        ) from error


def _preprocessing(path: Path, config: dict[str, Any]) -> Preprocessing:
    stored = _stored_settings(path)
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
    return Preprocessing(shape, _stored(stored) if stored else None, _labels(config))


def _stored_settings(path: Path) -> dict[str, Any]:
    """How images are prepared: a file of its own, or a part of a joint processor's."""
    file, joint = path / "preprocessor_config.json", path / "processor_config.json"
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
    means = [mean] if isinstance(mean, (int, float)) else mean
    stds = [std] if isinstance(std, (int, float)) else std
    return stored_numbers(
        [(float(m) - offset) / scale for m in means], [float(s) / scale for s in stds]
    )


def _rescales(stored: dict[str, Any]) -> bool:
    return bool(stored.get("do_rescale", True))


def _labels(config: dict[str, Any]) -> tuple[str, ...]:
    names = config.get("id2label")
    if not isinstance(names, dict):
        return ()
    return tuple(quoted(names[key], 80) for key in sorted(names, key=int))
