"""Image classifiers in the Hugging Face layout: config.json, preprocessor_config.json, safetensors.

Only architectures that are part of transformers are built, and only safetensors are read: no file
of the folder is ever run.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import nn

from engine.core.errors import UserError, quoted
from engine.core.records import ModelIdentity
from engine.models.base import Classifier
from engine.models.batching import checked_scores
from engine.models.encoding import choose_encoding
from engine.models.image_settings import understood
from engine.models.names import class_names
from engine.models.normalize import choose
from engine.models.pretrained import downloaded, open_network, read_config
from engine.models.pretrained_files import WRITING, folder_digest
from engine.models.request import ModelRequest
from engine.models.shapes import Shape, words
from engine.models.torch_classifier import TorchClassifier

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
        sha256=folder_digest(path, _DATA),
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
