"""Image classifiers in the Hugging Face layout: config.json, preprocessor_config.json, safetensors.

Only architectures that are part of transformers are built, and only safetensors are read: no file
of the folder is ever run.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from engine.core.errors import UserError, quoted
from engine.core.files import sha256_file
from engine.core.records import ModelIdentity
from engine.models.base import Classifier
from engine.models.batching import checked_scores
from engine.models.encoding import choose_encoding
from engine.models.names import class_names
from engine.models.normalize import Normalization, choose, stored_numbers
from engine.models.pretrained import downloaded, open_network, read_config, read_json
from engine.models.pretrained_files import WRITING
from engine.models.request import ModelRequest
from engine.models.shapes import Shape, reasonable, words
from engine.models.torch_classifier import TorchClassifier

_MOST_CLASSES = 1 << 16
_WRITERS = (
    "ForConditionalGeneration",
    "ForCausalLM",
    "ForImageTextToText",
    "LMHeadModel",
    "VisionEncoderDecoderModel",
)
"""How transformers ends the names of networks that write; they wait for an oracle."""
_DATA = (
    "config.json",
    "preprocessor_config.json",
    "processor_config.json",
    "*.safetensors",
    "*.safetensors.index.json",
)


def load_hub(path: Path, request: ModelRequest) -> Classifier:
    """A classifier from the Hugging Face hub, downloaded once and then kept by its own cache.

    Raises:
        UserError: no network, no such model, or one that :func:`load_folder` refuses.
    """
    return load_folder(downloaded(request.spec, sorted({*_DATA, *WRITING})), request)


def load_folder(path: Path, request: ModelRequest) -> Classifier:
    """A classifier from a folder in the Hugging Face layout.

    Raises:
        UserError: custom code, no safetensors, no image classifier, or weights that do not fit.
    """
    config = read_config(path)
    other = _other(config)
    if other is not None:
        return other(path, request, config)
    preprocessing = understood(path, config)
    network = _Logits(open_network(_classifiers(), path, "an image classifier"))
    shape = preprocessing.shape
    classes = _class_count(path, network, shape)
    encoding, told = choose_encoding(request.encoding, shape[0], path=path)
    normalization = choose(request.normalize, stored=preprocessing.normalization, encoding=encoding)
    identity = ModelIdentity(
        name=path.name if Path(request.spec).is_dir() else request.spec,
        source=request.spec,
        format="huggingface",
        sha256=_digest(path),
        architecture=quoted(config.get("model_type", "")),
        parameters=sum(p.numel() for p in network.parameters()),
        class_names=class_names(classes, given=request.class_names, stored=preprocessing.labels),
        input_shape=shape,
        encoding=encoding,
        normalization=normalization.words,
        normalization_origin=normalization.origin,
        notes=tuple(note for note in (told, normalization.note) if note),
    )
    return TorchClassifier(network, normalization, identity)


def _other(
    config: dict[str, Any],
) -> Callable[[Path, ModelRequest, dict[str, Any]], Classifier] | None:
    """What loads a model that is no image classifier with classes of its own; None for these."""
    from engine.models import huggingface_generative, huggingface_text, zero_shot

    if huggingface_text.reads_text(config):
        return huggingface_text.load_text_folder
    if zero_shot.MODEL in huggingface_text.architectures(config):
        return zero_shot.load_zero_shot
    if any(name.endswith(_WRITERS) for name in huggingface_text.architectures(config)):
        return lambda path, request, config: huggingface_generative.load_generative(path, request)
    return None


def _classifiers() -> Any:
    from transformers import AutoModelForImageClassification

    return AutoModelForImageClassification


def _class_count(path: Path, network: nn.Module, shape: Shape) -> int:
    network.eval()
    try:
        with torch.inference_mode():
            return checked_scores(network(torch.zeros(2, *shape)), 2)
    except Exception as error:
        # The network is foreign: a wrong size fails anywhere inside it.
        raise UserError(
            f"{path} does not run on {words(shape)} images, the size its configuration names."
        ) from error


class _Logits(nn.Module):
    """A transformers classifier as a plain function from images to scores."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Scores of a batch."""
        return self.network(pixel_values=images).logits  # type: ignore[no-any-return]


@dataclass(frozen=True)
class _Preprocessing:
    """What the configuration says about inputs and outputs."""

    shape: Shape
    normalization: Normalization | None
    labels: tuple[str, ...]


def understood(path: Path, config: dict[str, Any]) -> _Preprocessing:
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


def _preprocessing(path: Path, config: dict[str, Any]) -> _Preprocessing:
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
    return _Preprocessing(shape, _stored(stored) if stored else None, _labels(config))


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


def _digest(folder: Path) -> str:
    """One digest over the names and digests of all files that were used."""
    files = sorted({file for pattern in _DATA for file in folder.glob(pattern)})
    lines = "".join(f"{sha256_file(file)}  {file.name}\n" for file in files)
    return hashlib.sha256(lines.encode()).hexdigest()
