"""How alike two sentences are: the cosine of their embeddings by a local sentence model."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from engine.oracles.transformer import TextModel, open_text_model


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
