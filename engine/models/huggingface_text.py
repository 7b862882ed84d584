"""Text classifiers, and classifiers of an image with a text, in the Hugging Face layout.

Any ``...ForSequenceClassification`` of transformers takes a text; ``ViltForQuestionAnswering``
takes an image with a question, its classes being the answers. A batch holds tokens of the
alphabet of :mod:`engine.models.tokenizers`; translating them and adding the marks comes
after the noise.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import nn

from engine.core.errors import UserError, quoted
from engine.core.records import ModelIdentity
from engine.models import pretrained
from engine.models.base import Classifier, checked_scores
from engine.models.head import Thresholded, flat, head_of, many_labels
from engine.models.image_settings import understood
from engine.models.input_layout import ANY
from engine.models.names import class_names
from engine.models.normalize import Normalization, choose
from engine.models.pretrained_files import WRITING, folder_digest
from engine.models.request import ModelRequest
from engine.models.tokenizers import HuggingFaceTokenizer, tokenizer_of
from engine.models.torch_classifier import OnDevice

TEXT, QUESTIONS = "ForSequenceClassification", "ViltForQuestionAnswering"
_SEED = 0


def reads_text(config: dict[str, Any]) -> bool:
    """Whether a configuration is that of a model which opens here."""
    return any(name.endswith((TEXT, QUESTIONS)) for name in architectures(config))


def architectures(config: dict[str, Any]) -> tuple[str, ...]:
    """What a configuration calls its network."""
    listed = config.get("architectures")
    return tuple(map(str, listed)) if isinstance(listed, list) else ()


class Marked(nn.Module):
    """Tokens of the alphabet into a transformers model.

    Args:
        network: of transformers.
        tokenizer: its alphabet and marks.
    """

    table: torch.Tensor
    before: torch.Tensor
    after: torch.Tensor

    def __init__(self, network: nn.Module, tokenizer: HuggingFaceTokenizer) -> None:
        super().__init__()
        self.network = network
        ids = [*tokenizer.ids.tolist(), tokenizer.mask]
        self.register_buffer("table", torch.tensor(ids), persistent=False)
        for name in ("before", "after"):
            marks = torch.tensor(getattr(tokenizer, name), dtype=torch.int64)
            self.register_buffer(name, marks, persistent=False)

    def forward(self, tokens: torch.Tensor, images: torch.Tensor | None = None) -> torch.Tensor:
        """Scores (B, K) of tokens (B, L), and images where the model takes them."""
        around = [marks.expand(len(tokens), -1) for marks in (self.before, self.after)]
        ids = torch.cat([around[0], self.table[tokens], around[1]], dim=1)
        more = {} if images is None else {"pixel_values": images}
        scores: torch.Tensor = self.network(input_ids=ids, **more).logits
        return scores


class TextClassifier(OnDevice, Classifier):
    """A transformers classifier of texts (B, L), or of (images, texts)."""

    def __init__(
        self,
        network: nn.Module,
        tokenizer: HuggingFaceTokenizer,
        identity: ModelIdentity,
        normalization: Normalization | None = None,
    ) -> None:
        channels = identity.input_shape[0]
        super().__init__(network, None if normalization is None else normalization.layer(channels))
        self.identity = identity
        self._tokenizer = tokenizer

    @property
    def coding(self) -> HuggingFaceTokenizer:
        """Its tokenizer."""
        return self._tokenizer

    def scores(self, batch: torch.Tensor | tuple[torch.Tensor, torch.Tensor]) -> torch.Tensor:
        """Scores (B, K), float32."""
        if isinstance(batch, torch.Tensor):
            scores: torch.Tensor = self._ready(batch)
            return scores.float()
        images, tokens = batch
        # ViLT permutes the patches with torch's generator; a fixed seed makes it a function.
        with torch.random.fork_rng(devices=[images.device] if images.is_cuda else []):
            torch.manual_seed(_SEED)
            joint: torch.Tensor = self._ready(tokens, self._front(images).to(self._dtype))
        return joint.float()


def load_text_folder(path: Path, request: ModelRequest, config: dict[str, Any]) -> TextClassifier:
    """A classifier of texts, or of images with texts, from a checked folder.

    Raises:
        UserError: no tokenizer, weights that do not fit, or a trial that fails.
    """
    import transformers

    paired = any(name.endswith(QUESTIONS) for name in architectures(config))
    auto = (
        transformers.ViltForQuestionAnswering
        if paired
        else transformers.AutoModelForSequenceClassification
    )
    if paired:
        _check_patches(path, config)
    what = "a classifier of images with texts" if paired else "a text classifier"
    tokenizer = tokenizer_of(path)
    opened = pretrained.open_network(auto, path, what)
    if opened.config.pad_token_id is None:
        opened.config.pad_token_id = -1  # no token is padding: the last one is read
    facts = understood(path, config)
    normalization = (
        choose(request.normalize, stored=facts.normalization, encoding="plain") if paired else None
    )
    marked = Marked(opened, tokenizer).eval()
    shape = facts.shape if paired else (ANY,)
    count = _count(path, marked, tokenizer, facts.shape if paired else None)
    names = facts.labels if len(facts.labels) == count else ()
    head = (
        None if paired else head_of(path, request, count, names, many=many_labels(config, request))
    )
    notes = [one.note for one in (tokenizer, normalization, head) if one is not None]
    identity = ModelIdentity(
        name=path.name if Path(request.spec).is_dir() else request.spec,
        source=request.spec,
        format="huggingface",
        sha256=folder_digest(path, WRITING),
        architecture=quoted(config.get("model_type", "")),
        parameters=sum(p.numel() for p in opened.parameters()),
        class_names=class_names(
            2 if head else count,
            given=request.class_names,
            stored=head.class_names if head else names,
        ),
        input_shape=shape,
        kind="pair" if paired else "text",
        normalization=normalization.words if normalization else "none",
        normalization_origin=normalization.origin if normalization else "default",
        notes=tuple(filter(None, (*notes, *facts.notes))),
    )
    network = Thresholded(marked, head) if head else marked
    return TextClassifier(network, tokenizer, identity, normalization)


def _check_patches(path: Path, config: dict[str, Any]) -> None:
    """Refuse a model that looks at some patches alone: which ones depends on the batch.

    Raises:
        UserError: naming the setting.
    """
    most = config.get("max_image_length", -1)
    if isinstance(most, int) and most > 0:
        raise UserError(
            f"{path} looks at {most} patches drawn at random (max_image_length), so it is no "
            "function of its input; set max_image_length to -1 in its config.json."
        )


def _count(
    path: Path, network: Marked, tokenizer: HuggingFaceTokenizer, shape: tuple[int, ...] | None
) -> int:
    """Number of scores, from trials on a short text and on the longest."""
    try:
        with torch.inference_mode():
            for length in {1, tokenizer.longest}:
                tokens = torch.zeros((2, length), dtype=torch.int64)
                images = None if shape is None else torch.zeros(2, *shape)
                found = checked_scores(
                    flat(network(tokens, images)), 2, least=1 if images is None else 2
                )
    except Exception as error:  # the network is foreign: what does not fit fails anywhere in it
        raise UserError(
            f"{path} does not run on texts of 1 to {tokenizer.longest} tokens, as its "
            "configuration says that it does."
        ) from error
    return found
