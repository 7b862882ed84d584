"""The contract of a base classifier: a batch of tensors in, a class index each out.

And what keeps foreign programs to it: their batch size, their precision, the shape of their scores.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch

from engine.core.batches import Batch
from engine.core.errors import UserError
from engine.core.records import ModelIdentity
from engine.evidence.observations import EncryptedRecord
from engine.models.request import ModelRequest, NormalizeName

if TYPE_CHECKING:
    from engine.certificates.stump_vote import StumpVote
    from engine.certificates.stumps import StumpEnsemble
    from engine.inputs.base import FittedInput
    from engine.inputs.coding import Coding
    from engine.schemes import Scheme
from collections.abc import Callable

__all__ = ["NO_CLASS", "PLACES", "Classifier", "ModelRequest", "NormalizeName"]

NO_CLASS = -1
"""Index of a sample for which the model named no class: it counts against every class."""

NOT_ASKED = -2
"""Of a member of an ensemble, for a sample that the others decided."""


PLACES = " (of a detector say --output keypoints or --output boxes)"
"""What a refusal of scores with more axes than one adds."""


class Classifier(ABC):
    """A base classifier: a deterministic function in eval mode.

    Whatever comes after the noise (normalisation, clipping, resizing, denoising) is inside it.
    Subclasses live one per file format; wrappers (ensembles, denoisers) are classifiers too.
    """

    identity: ModelIdentity

    @abstractmethod
    def prepare(self, device: torch.device, precision: str) -> None:
        """Move to ``device`` and set the arithmetic; called before the first batch of a run.

        Raises:
            UserError: this format cannot run there or in that precision.
        """

    @abstractmethod
    def scores(self, batch: Any) -> torch.Tensor:
        """Scores (B, K) of a noised batch on the device.

        For an image model the batch is (B, C, H, W), float32 in [0, 1] plus noise; for an input
        of several parts it is a tuple of tensors.
        """

    @property
    def differentiable(self) -> bool:
        """Whether gradients reach the input (an adversarial direction can be found)."""
        return False

    @property
    def concurrent(self) -> bool:
        """Whether several threads may ask at once: nothing of a batch is kept between operations.

        Known once it is prepared.
        """
        return False

    @property
    def usual_batch(self) -> int:
        """Samples that a call takes for one price, whatever their number; 0 where it grows.

        Of a model that is evaluated under encryption: a call takes seconds.
        """
        return 0

    @property
    def coding(self) -> Coding | None:
        """What the model reads texts or tables with; None for images and graphs."""
        return None

    @property
    def stumps(self) -> StumpEnsemble | StumpVote | None:
        """The sums of step functions that it is, bound to an input; None where it is none."""
        return None

    def bound_to(self, fitted: FittedInput, scheme: Scheme | None = None) -> Classifier:
        """This model for one input and noise, where it needs what the noise leaves alone.

        Such as a graph's edges; of a denoiser, how noisy its images are.

        Args:
            fitted: the input.
            scheme: whose noise it will see; None where that is known already, or does not matter.

        Raises:
            UserError: the model cannot take this input.
        """
        del fitted, scheme
        return self

    def classify(self, batch: Batch) -> torch.Tensor:
        """Class indices (B,), int64; NO_CLASS where the winning score is not finite."""
        return self.named(self.scores(batch))

    @property
    def by_scores(self) -> bool:
        """Whether what is counted of a sample follows from its scores alone."""
        return type(self).classify is Classifier.classify

    def named(self, scores: torch.Tensor) -> torch.Tensor:
        """Class indices (B,) that scores mean."""
        return named(scores)

    @property
    def soft(self) -> bool:
        """Whether its scores give every class a share of 1 (:meth:`shares`)."""
        return self.by_scores and self.identity.outputs is None and not self.usual_batch

    def shares(self, scores: torch.Tensor) -> torch.Tensor:
        """What scores (B, K) give each class, (B, K) float64: their softmax; NaN where they are."""
        return torch.softmax(scores.double(), dim=1)

    def measured(self) -> torch.Tensor | None:
        """The numbers (B, M) behind the last batch's classes, of a model that is measured."""
        return None

    def said(self) -> Sequence[str | None]:
        """The answers behind the last batch's classes, of a generative model; else nothing."""
        return ()

    def member_answers(self) -> torch.Tensor | None:
        """Of an ensemble the classes (L, B) that its members gave to the last batch; else None.

        NO_CLASS where one named none, NOT_ASKED where it was not asked.
        """
        return None

    def member_scores(self) -> torch.Tensor | None:
        """Of an ensemble the scores (L, B, K) of the last batch, of those asked about all of it."""
        return None

    def decrypted(self) -> EncryptedRecord | None:
        """How the last batch was decrypted, of a model that computes under encryption; else None.

        Its counts and bytes are of that batch alone.
        """
        return None

    def unload(self) -> None:  # noqa: B027 - most formats hold nothing to give back
        """Give the device's memory back."""


def named(scores: torch.Tensor) -> torch.Tensor:
    """The class (B,) that scores (B, K) name; NO_CLASS where the winning score is not finite."""
    best, index = scores.max(dim=1)
    return torch.where(torch.isfinite(best), index, NO_CLASS)


def in_chunks(
    run: Callable[[torch.Tensor], torch.Tensor], batch: torch.Tensor, fixed: int | None
) -> torch.Tensor:
    """``run`` over ``batch`` in chunks of ``fixed``, the last one filled up with zeros.

    Args:
        run: takes exactly ``fixed`` rows, or any number if ``fixed`` is None.
        batch: (B, C, H, W).
        fixed: the batch size of the program.
    """
    if fixed is None or len(batch) == fixed:
        return run(batch)
    results = []
    for chunk in torch.split(batch, fixed):
        missing = fixed - len(chunk)
        filled = torch.cat([chunk, chunk.new_zeros(missing, *chunk.shape[1:])])
        results.append(run(filled)[: len(chunk)])
    return torch.cat(results)


def only_fp32(precision: str, what: str) -> None:
    """Refuse another precision than float32 for ``what``.

    Raises:
        UserError: it is another.
    """
    if precision != "fp32":
        raise UserError(f"Precision {precision} does not work for {what}; choose fp32.")


def checked_scores(scores: object, rows: int, *, least: int = 2, places: bool = False) -> int:
    """Number of classes of a trial result.

    Args:
        scores: the result.
        rows: images that it is for.
        least: number of scores for each.
        places: they may have more axes, such as heatmaps (B, K, h, w).

    Raises:
        ValueError: it is not one score per class and row; the text says what it is instead.
    """
    if not isinstance(scores, torch.Tensor):
        raise ValueError(f"it returns a {type(scores).__name__} instead of one tensor of scores")
    right = scores.ndim == 2 or (places and scores.ndim > 2)
    if not right or scores.shape[0] != rows or scores.shape[1] < least:
        shape = " x ".join(str(n) for n in scores.shape) or "a single number"
        raise ValueError(f"it returns {shape} for {rows} images instead of {rows} x classes")
    return int(scores.shape[1])
