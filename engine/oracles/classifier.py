"""A Hugging Face text classifier as an oracle, e.g. harmful against harmless."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from engine.core.errors import UserError, quoted
from engine.core.records import OracleIdentity
from engine.models.pretrained_files import READING, folder_digest
from engine.oracles.base import LONGEST_ANSWER, UNPARSEABLE, Oracle

MOST_TOKENS = 512
"""Answers are cut after so many tokens, or the model's own limit where it is lower."""


class TextModel:
    """Texts in, a row of numbers each out: scores per label, or an embedding.

    Attributes:
        name: of the folder or id.
        sha256: digest of the files.
        labels: of a classifier; empty for embeddings.
        longest: tokens that are read of a text.
    """

    def __init__(
        self, network: Any, tokenizer: Any, *, name: str, sha256: str, labels: tuple[str, ...]
    ) -> None:
        self.name, self.sha256, self.labels = name, sha256, labels
        limits = (
            MOST_TOKENS,
            getattr(network.config, "max_position_embeddings", MOST_TOKENS) or MOST_TOKENS,
            tokenizer.model_max_length or MOST_TOKENS,
        )
        self.longest = int(min(limits))
        self._network, self._tokenizer = network, tokenizer

    def prepare(self, device: str) -> None:
        """Move the weights."""
        self._network.to(device)

    def outputs(self, texts: Sequence[str]) -> list[list[float]]:
        """One row per text. Every text is read alone, so that no row depends on its company."""
        return [self._row(text) for text in texts]

    def _row(self, text: str) -> list[float]:
        import torch

        tokens = self._tokenizer(
            text, return_tensors="pt", truncation=True, max_length=self.longest
        )
        tokens = {name: part.to(self._network.device) for name, part in tokens.items()}
        with torch.inference_mode():
            found = self._network(**tokens)
        if self.labels:
            return [float(score) for score in found.logits[0].double().tolist()]
        return [float(x) for x in found.last_hidden_state[0].double().mean(dim=0).tolist()]


def open_text_model(
    spec: object, *, source: str, task: Literal["classification", "embedding"]
) -> TextModel:
    """The model of a folder or a hub id.

    Raises:
        UserError: there is none, or it is not for this task.
    """
    from transformers import AutoModel, AutoModelForSequenceClassification, AutoTokenizer

    from engine.models import pretrained

    if not isinstance(spec, str) or not spec:
        raise UserError(f'{source}: this oracle needs a model, e.g. "model": "folder".')
    folder = pretrained.local_folder(spec, READING)
    config = pretrained.read_config(folder)
    classifying = task == "classification"
    auto = AutoModelForSequenceClassification if classifying else AutoModel
    what = "a text classifier" if classifying else "a sentence model"
    network = pretrained.open_network(auto, folder, what)
    tokenizer = pretrained.open_text_part(AutoTokenizer, folder, "tokenizer")
    names = config.get("id2label") or network.config.id2label
    labels = tuple(quoted(names[key], 80) for key in sorted(names, key=int)) if classifying else ()
    return TextModel(
        network,
        tokenizer,
        name=spec,
        sha256=folder_digest(folder, READING),
        labels=labels,
    )


class Embedding:
    """Mean over the tokens of the model's last layer, then the cosine.

    Attributes:
        facts: the measure and the digest of the model's files.
    """

    def __init__(self, model: TextModel) -> None:
        self._model = model
        self.facts: Mapping[str, Any] = {
            "measure": "embedding",
            "weights_sha256": model.sha256,
            "tokens": model.longest,
        }
        self._known: tuple[str, list[float]] | None = None

    @classmethod
    def of(cls, content: Mapping[str, Any], source: str) -> Embedding:
        """The measure that a description names.

        Raises:
            UserError: no such model.
        """
        return cls(open_text_model(content.get("model"), source=source, task="embedding"))

    def prepare(self, device: str) -> None:
        """Move the model."""
        self._model.prepare(device)
        self._known = None

    def between(self, reference: str, answers: Sequence[str]) -> list[float]:
        """The cosines; NaN, which is below every threshold, where one has no length."""
        if self._known is None or self._known[0] != reference:
            self._known = (reference, self._model.outputs([reference])[0])
        ours = self._known[1]
        return [_cosine(ours, row) for row in self._model.outputs(list(answers))]


def _cosine(ours: Sequence[float], theirs: Sequence[float]) -> float:
    length = math.hypot(*ours) * math.hypot(*theirs)
    product = math.fsum(a * b for a, b in zip(ours, theirs, strict=True))
    return product / length if length > 0 else math.nan


KEY = "classifier"


class ClassifierOracle(Oracle):
    """The class with the highest score; answers without text or finite scores are unparseable.

    Args:
        model: scores texts.
        source: the file of the description.
    """

    def __init__(self, model: TextModel, *, source: str) -> None:
        self._model = model
        self._unparseable = len(model.labels)
        self.identity = OracleIdentity(
            key=KEY,
            source=source,
            summary=f"text classifier {model.name}",
            class_names=(*model.labels, UNPARSEABLE),
            rules={
                "oracle": KEY,
                "labels": list(model.labels),
                "weights_sha256": model.sha256,
                "tokens": model.longest,
            },
        )

    def prepare(self, device: str) -> None:
        """Move the classifier."""
        self._model.prepare(device)

    def classify(self, answers: Sequence[str]) -> list[int]:
        """The best label of each answer."""
        said = [answer for answer in answers if answer.strip()]
        rows = iter(self._model.outputs([text[:LONGEST_ANSWER] for text in said]) if said else [])
        return [self._best(next(rows)) if a.strip() else self._unparseable for a in answers]

    def _best(self, scores: Sequence[float]) -> int:
        best = max(range(len(scores)), key=scores.__getitem__)
        return best if all(map(math.isfinite, scores)) else self._unparseable


def from_description(content: Mapping[str, Any], source: str) -> ClassifierOracle:
    """The oracle of ``{"oracle": "classifier", "model": FOLDER_OR_ID}``.

    Raises:
        UserError: no such model, or it is not a text classifier.
    """
    model = open_text_model(content.get("model"), source=source, task="classification")
    return ClassifierOracle(model, source=source)
