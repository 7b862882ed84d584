"""Image classifiers in the Hugging Face layout: config.json, preprocessor_config.json, safetensors.

Only architectures that are part of transformers are built, and only safetensors are read: no file
of the folder is ever run. CLIP becomes a classifier with a class for each prompt, the nearest one
wins (A. Radford et al., Learning Transferable Visual Models From Natural Language Supervision,
ICML 2021).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.nn import functional

from engine.core.errors import UserError, quoted
from engine.core.records import ModelIdentity
from engine.models import architectures
from engine.models.base import Classifier, checked_scores
from engine.models.checkpoint import build
from engine.models.head import Thresholded, flat, head_of, many_labels
from engine.models.image_settings import check_followed, image_processor, understood
from engine.models.input_layout import choose_encoding
from engine.models.names import class_names
from engine.models.normalize import choose, stored_numbers
from engine.models.pretrained import downloaded, open_network, open_text_part, read_config
from engine.models.pretrained_files import SEEING, WRITING, ZERO_SHOT, folder_digest
from engine.models.request import ModelRequest
from engine.models.shapes import Shape, words
from engine.models.torch_classifier import TorchClassifier
from engine.models.weights import read_safetensors

_WRITERS = (
    "ForConditionalGeneration",
    "ForCausalLM",
    "ForImageTextToText",
    "LMHeadModel",
    "VisionEncoderDecoderModel",
)
"""How transformers ends the names of networks that write; they wait for an oracle."""


def load_hub(path: Path, request: ModelRequest) -> Classifier:
    """A classifier from the Hugging Face hub, downloaded once and then kept by its own cache.

    Raises:
        UserError: no network, no such model, or one that :func:`load_folder` refuses.
    """
    return load_folder(downloaded(request.spec, WRITING), request)


def load_folder(path: Path, request: ModelRequest) -> Classifier:
    """A classifier from a folder in the Hugging Face layout.

    Raises:
        UserError: custom code, no safetensors, no image classifier, or weights that do not fit.
    """
    config = read_config(path)
    other = _other(config)
    if other is not None:
        return other(path, request, config)
    if "pretrained_cfg" in config:
        return _load_timm(path, request, config)
    processor = image_processor(path)
    preprocessing = understood(path, config, processor)
    network: nn.Module = _Logits(open_network(_classifiers(), path, "an image classifier"))
    shape, names = preprocessing.shape, preprocessing.labels
    count = _class_count(path, network, shape)
    head = head_of(
        path,
        request,
        count,
        names if len(names) == count else (),
        many=many_labels(config, request),
    )
    if head is not None:
        network = Thresholded(network, head)
    encoding, told = choose_encoding(request.encoding, shape[0], path=path)
    normalization = choose(request.normalize, stored=preprocessing.normalization, encoding=encoding)
    if processor is not None and normalization.origin == "stored in the file":
        check_followed(path, processor, normalization.layer(shape[0], encoding), shape)
    identity = ModelIdentity(
        name=path.name if Path(request.spec).is_dir() else request.spec,
        source=request.spec,
        format="huggingface",
        sha256=folder_digest(path, SEEING),
        architecture=quoted(config.get("model_type", "")),
        parameters=sum(p.numel() for p in network.parameters()),
        class_names=class_names(
            2 if head else count,
            given=request.class_names,
            stored=head.class_names if head else names,
        ),
        input_shape=shape,
        encoding=encoding,
        normalization=normalization.words,
        normalization_origin=normalization.origin,
        resize=normalization.resize,
        notes=tuple(
            note
            for note in (
                told,
                normalization.note,
                *preprocessing.notes,
                head.note if head else "",
            )
            if note
        ),
    )
    return TorchClassifier(network, normalization, identity)


def _load_timm(path: Path, request: ModelRequest, config: dict[str, Any]) -> Classifier:
    """A folder of timm whose network is one of torchvision's by the names of its tensors.

    Raises:
        UserError: it is another, or its ``pretrained_cfg`` is not understood.
    """
    facts = config["pretrained_cfg"] if isinstance(config["pretrained_cfg"], dict) else {}
    file = read_safetensors(next(iter(sorted(path.glob("*.safetensors")))))
    name = quoted(config.get("architecture", "its network"), 60)
    shapes = {key: tuple(tensor.shape) for key, tensor in file.tensors.items()}
    if architectures.infer(shapes) is None:
        raise UserError(
            f"{path} is a timm model ({name}) whose layers no architecture here has; export it to "
            "ONNX."
        )
    try:
        size = facts.get("input_size") or (3, 224, 224)
        stored = replace(
            stored_numbers(list(map(float, facts["mean"])), list(map(float, facts["std"]))),
            resize=_timm_resize(facts, int(size[1])),
        )
        shape = (int(size[0]), int(size[1]), int(size[2]))
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise UserError(f"{path}: its pretrained_cfg is not understood.") from error
    arch = request.arch or f"@{words(shape)}"
    return build(path, replace(request, arch=arch), file, stored=stored)


def _timm_resize(facts: dict[str, Any], side: int) -> str:
    whole = int(side / float(facts.get("crop_pct") or 1.0))
    name = facts.get("interpolation")
    name = name if name in ("bicubic", "bilinear", "nearest", "lanczos") else "bicubic"
    how = "stretch" if facts.get("crop_mode") == "squash" else "crop"
    return f"{how}{f' from {whole}x{whole}' if whole != side else ''} {name}"


def _other(
    config: dict[str, Any],
) -> Callable[[Path, ModelRequest, dict[str, Any]], Classifier] | None:
    """What loads a model that is no image classifier with classes of its own; None for these."""
    from engine.models import huggingface_generative, huggingface_text

    if huggingface_text.reads_text(config):
        return huggingface_text.load_text_folder
    if _CLIP in huggingface_text.architectures(config):
        return load_zero_shot
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
            return checked_scores(network(torch.zeros(2, *shape)), 2, least=1)
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
        return flat(self.network(pixel_values=images).logits)


_CLIP = "CLIPModel"
_MOST_PROMPTS = 1000
_LIMIT = 1 << 20


class ZeroShot(nn.Module):
    """Cosines of an image with fixed texts, times the model's own scale.

    Args:
        network: a CLIPModel.
        texts: (K, D) of length 1.
    """

    texts: torch.Tensor

    def __init__(self, network: Any, texts: torch.Tensor) -> None:
        super().__init__()
        self.network = network
        self.register_buffer("texts", texts, persistent=False)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Scores (B, K)."""
        seen = features(self.network.get_image_features(pixel_values=images))
        scores: torch.Tensor = self.network.logit_scale.exp() * seen @ self.texts.T
        return scores


def features(found: Any) -> torch.Tensor:
    """Vectors of length 1: of a tensor, or of the output that newer transformers give."""
    vectors: torch.Tensor = found if isinstance(found, torch.Tensor) else found.pooler_output
    return functional.normalize(vectors, dim=-1)


def load_zero_shot(path: Path, request: ModelRequest, config: dict[str, Any]) -> TorchClassifier:
    """A CLIP model with the prompts of ``--class-names`` as its classes.

    Raises:
        UserError: no prompts, no tokenizer, or weights that do not fit.
    """
    from transformers import AutoTokenizer, CLIPModel

    prompts = read_prompts(path, request.class_names)
    tokenizer = open_text_part(AutoTokenizer, path, "tokenizer")
    network = open_network(CLIPModel, path, "a CLIP model")
    vision = config.get("vision_config")
    facts = understood(path, {**config, **(vision if isinstance(vision, dict) else {})})
    normalization = choose(request.normalize, stored=facts.normalization, encoding="plain")
    most = int(network.config.text_config.max_position_embeddings)
    tokens = tokenizer(
        list(prompts), padding=True, truncation=True, max_length=most, return_tensors="pt"
    )
    try:
        with torch.inference_mode():
            texts = features(
                network.get_text_features(
                    input_ids=tokens["input_ids"], attention_mask=tokens["attention_mask"]
                )
            ).clone()
            ZeroShot(network, texts)(torch.zeros(1, *facts.shape))
    except Exception as error:  # the network is foreign: what does not fit fails anywhere in it
        raise UserError(
            f"{path} does not run on its prompts and images, as its configuration says that it "
            "does."
        ) from error
    identity = ModelIdentity(
        name=path.name if Path(request.spec).is_dir() else request.spec,
        source=request.spec,
        format="huggingface",
        sha256=folder_digest(path, WRITING),
        architecture=ZERO_SHOT,
        parameters=sum(p.numel() for p in network.parameters()),
        class_names=prompts,
        input_shape=facts.shape,
        normalization=normalization.words,
        normalization_origin=normalization.origin,
        resize=normalization.resize,
        notes=tuple(filter(None, (normalization.note,))),
    )
    return TorchClassifier(ZeroShot(network, texts), normalization, identity)


def read_prompts(path: Path, given: Path | None) -> tuple[str, ...]:
    """One prompt for each class, one per line of a file.

    Raises:
        UserError: there is no file, it cannot be read, or it has fewer than two lines.
    """
    if given is None:
        raise UserError(
            f"{path} is a CLIP model, which has no classes of its own; name them with "
            "--class-names FILE, one prompt per line, e.g. a photo of a cat."
        )
    try:
        with given.open(encoding="utf-8-sig") as file:
            lines = [line.strip() for line in file.read(_LIMIT).splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"Cannot read prompts from {given}: it is not readable text.") from error
    prompts = tuple(line for line in lines if line)
    if not 2 <= len(set(prompts)) == len(prompts) <= _MOST_PROMPTS:
        raise UserError(
            f"{given} needs 2 to {_MOST_PROMPTS:,} prompts, one per line, no two alike."
        )
    return prompts
