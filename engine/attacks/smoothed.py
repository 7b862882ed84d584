"""The smoothed classifier as an attack sees it: votes and slopes over one fixed set of noise."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import numpy as np
import torch

from engine.attacks.standing import LEAD, Standing
from engine.core.batches import Batch, from_arrays, moved, parts, room
from engine.figures.examples import Arrays
from engine.models.base import Classifier
from engine.noise.gaussian import NoiseSource
from engine.noise.law import NoiseLaw

_BATCH = 256
_SLOPE = 128
"""Noisy samples over which probabilities are averaged for a slope."""
_HOW = {
    True: "projected gradient steps on probabilities averaged over fixed noise (SmoothAdv)",
    False: "slopes of the vote shares over fixed noise, without gradients",
}


class Stopped(Exception):
    """Somebody ended the attack; whatever it had found is not worked out to its end."""


class Smoothed:
    """Votes and slopes at changed inputs, all under the same noise, so that they can be compared.

    Args:
        classifier: bound to the input and prepared.
        law: of the run's noise.
        source: of a stream that no run counts.
        shape: of the input's first part after the noise.
        device: where the model is.
        samples: votes of one look.
        stop: when set, the next batch raises :class:`Stopped`.
        standing: what the class is to lose.

    Attributes:
        looks: noisy samples classified so far.
    """

    def __init__(
        self,
        classifier: Classifier,
        law: NoiseLaw,
        source: NoiseSource,
        *,
        shape: tuple[int, ...],
        device: torch.device,
        samples: int,
        stop: threading.Event,
        standing: Standing = LEAD,
    ) -> None:
        self.classifier = classifier
        self.law, self.source, self.shape, self.device = law, source, shape, device
        self.samples, self._stop, self._standing = samples, stop, standing
        self.looks = 0

    @property
    def how(self) -> str:
        """How slopes are found, in words."""
        return _HOW[self.classifier.differentiable]

    def lead(self, arrays: Arrays, top: int) -> float:
        """By how much ``top`` keeps its standing (:meth:`Standing.lead`)."""
        classes = len(self.classifier.identity.class_names)
        counts = torch.zeros(classes + 1, dtype=torch.int64)
        with torch.inference_mode():
            for batch in self._noisy(arrays, self.samples):
                found = self.classifier.classify(batch).cpu()
                counts += torch.bincount(
                    torch.where(found < 0, classes, found), minlength=classes + 1
                )
        self.looks += self.samples
        return self._standing.lead((counts.double() / self.samples).tolist(), top)

    def slope(self, arrays: Arrays, top: int) -> np.ndarray | None:
        """How to move the first part so that the lead of ``top`` falls; None if nothing tells.

        With gradients: that of log mean p_top - log mean p_other over the noise, other being the
        strongest (SmoothAdv, Salman et al. 2019), or the k-th; of log mean p_top alone for a
        threshold. Without: the noise that lost the vote minus the noise that kept it, which for
        Gaussian noise is the slope of the shares (Stein's identity).
        """
        if self.shape != arrays[0].shape:  # the model is told of the noise in channels of its own
            return None
        if self.classifier.differentiable:
            found = self._by_gradient(arrays, top)
        else:
            found = self._by_votes(arrays, top)
        finite = bool(torch.isfinite(found).all()) and float(found.norm()) > 0
        return found.double().cpu().numpy() if finite else None

    def _by_gradient(self, arrays: Arrays, top: int) -> torch.Tensor:
        (batch,) = self._noisy(arrays, _SLOPE, together=True)
        first, *rest = parts(batch)
        with torch.enable_grad():
            given = first.detach().clone().requires_grad_()
            scores = self.classifier.scores((given, *rest) if rest else given)
            means = torch.softmax(scores.double(), dim=1).mean(dim=0).clamp_min(1e-300).log()
            lead = means[top]
            if self._standing.tau is None:
                others = torch.cat([means[:top], means[top + 1 :]])
                lead = lead - others.topk(self._standing.first).values[-1]
            (gradient,) = torch.autograd.grad(lead, given)
        self.looks += _SLOPE
        return -gradient.sum(dim=0)

    def _by_votes(self, arrays: Arrays, top: int) -> torch.Tensor:
        kept = torch.zeros(arrays[0].shape, dtype=torch.float64, device=self.device)
        lost, counts = kept.clone(), [0, 0]
        with torch.inference_mode():
            for batch in self._noisy(arrays, self.samples):
                won = self.classifier.classify(batch) == top
                first = parts(batch)[0].double()
                kept += first[won].sum(dim=0)
                lost += first[~won].sum(dim=0)
                counts = [counts[0] + int(won.sum()), counts[1] + int((~won).sum())]
        self.looks += self.samples
        if not all(counts):
            return torch.zeros_like(kept)
        return lost / counts[1] - kept / counts[0]

    def _noisy(self, arrays: Arrays, count: int, *, together: bool = False) -> Iterator[Batch]:
        """The first ``count`` noisy samples, in batches."""
        x = moved(from_arrays(arrays), self.device)
        step = count if together else min(count, _BATCH)
        for start in range(0, count, step):
            if self._stop.is_set():
                raise Stopped
            batch = room(x, self.shape, min(step, count - start), self.device)
            self.law.draw(x, self.source, start, batch)
            yield batch
