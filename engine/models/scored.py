"""A classifier whose scores are kept beside its classes, for claims about the soft classifier."""

from __future__ import annotations

from typing import Any

import torch

from engine.core.errors import UserError
from engine.core.scores import MOST, UNIT
from engine.models.base import Classifier


class ScoredClassifier(Classifier):
    """The same function, which also tells what each class got of every sample.

    Args:
        inner: gives the scores.

    Raises:
        UserError: it has no scores that are shares.
    """

    def __init__(self, inner: Classifier) -> None:
        if not inner.soft:
            raise UserError(
                f"The soft bound is about the mean softmax score of a class, and "
                f"{inner.identity.name} has none for each class of every sample; choose a bound on "
                "votes, such as anytime (of an ensemble, --combine logits or softmax without a "
                "consensus has scores)."
            )
        self.inner = inner
        self.identity = inner.identity
        self._scores: torch.Tensor | None = None

    @property
    def differentiable(self) -> bool:
        """Whether gradients reach the input."""
        return self.inner.differentiable

    def prepare(self, device: torch.device, precision: str) -> None:
        """Make the classifier ready."""
        self.inner.prepare(device, precision)

    def scores(self, batch: Any) -> torch.Tensor:
        """The classifier's scores (B, K)."""
        self._scores = self.inner.scores(batch)
        return self._scores

    def named(self, scores: torch.Tensor) -> torch.Tensor:
        """The classes (B,) that they mean to it."""
        return self.inner.named(scores)

    def measured(self) -> torch.Tensor | None:
        """The shares (B, K) of the last batch as whole numbers (``engine.core.scores``)."""
        if self._scores is None:
            return None
        return in_units(self.inner.shares(self._scores))

    def member_answers(self) -> torch.Tensor | None:
        """Of an ensemble."""
        return self.inner.member_answers()

    def member_scores(self) -> torch.Tensor | None:
        """Of an ensemble."""
        return self.inner.member_scores()

    def unload(self) -> None:
        """Give the device's memory back."""
        self._scores = None
        self.inner.unload()


def in_units(shares: torch.Tensor) -> torch.Tensor:
    """Shares of 1, int64 in units of 2^-16: rounded down and one less; 0 of what is no number."""
    scaled = (shares * UNIT).floor() - 1
    return scaled.nan_to_num(0.0, 0.0, 0.0).clamp(0, MOST).long()
