"""A Hugging Face text classifier as an oracle, e.g. harmful against harmless."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from engine.core.records import OracleIdentity
from engine.oracles.base import LONGEST_ANSWER, UNPARSEABLE, Oracle
from engine.oracles.transformer import TextModel, open_text_model

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
        UserError: no such model, or it is no text classifier.
    """
    model = open_text_model(content.get("model"), source=source, task="classification")
    return ClassifierOracle(model, source=source)
