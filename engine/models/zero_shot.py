"""CLIP as a classifier of images: a class for each prompt, the nearest one wins.

A. Radford et al., Learning Transferable Visual Models From Natural Language Supervision, ICML 2021.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.nn import functional

from engine.core.errors import UserError
from engine.core.records import ModelIdentity
from engine.models import pretrained
from engine.models.image_settings import understood
from engine.models.normalize import choose
from engine.models.pretrained_files import WRITING, ZERO_SHOT, folder_digest
from engine.models.request import ModelRequest
from engine.models.torch_classifier import TorchClassifier

MODEL = "CLIPModel"
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
    tokenizer = pretrained.open_text_part(AutoTokenizer, path, "tokenizer")
    network = pretrained.open_network(CLIPModel, path, "a CLIP model")
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
        with given.open(encoding="utf-8") as file:
            lines = [line.strip() for line in file.read(_LIMIT).splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"Cannot read prompts from {given}: it is no readable text.") from error
    prompts = tuple(line for line in lines if line)
    if not 2 <= len(set(prompts)) == len(prompts) <= _MOST_PROMPTS:
        raise UserError(
            f"{given} needs 2 to {_MOST_PROMPTS:,} prompts, one per line, no two alike."
        )
    return prompts
