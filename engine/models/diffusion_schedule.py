"""The noise schedule of a diffusion model, and the step that belongs to a level of noise. NumPy.

A diffusion model knows images x_t = sqrt(a_t) x + sqrt(1 - a_t) e with pixels x in [-1, 1], a
standard normal e and a_t = (1 - b_0) ... (1 - b_t). Divided by sqrt(a_t) that is x with noise of
the level sqrt(1 - a_t) / sqrt(a_t), so that an image with Gaussian noise of sigma on pixels in
[0, 1], which is noise of 2 sigma on the scale of [-1, 1], belongs to the first t at which

    sqrt(1 - a_t) / sqrt(a_t) >= 2 sigma

(N. Carlini et al., (Certified!!) Adversarial Robustness for Free!, ICLR 2023, section 3). The level
at t is slightly above the nominal one; the classifier is certified for what it is, whatever t is.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from engine.core.errors import UserError
from engine.core.record import Record

Numbers = npt.NDArray[np.float64]
Betas = Literal["linear", "scaled_linear", "squaredcos_cap_v2"]
Prediction = Literal["epsilon", "sample", "v_prediction"]
_MOST = 100_000
_CAP = 0.999


class Schedule(Record):
    """How noisy a diffusion model's images are at each of its steps; names as in diffusers.

    Attributes:
        steps: number of steps.
        betas: how b_0, ..., b_T are spread: ``linear`` from ``first`` to ``last``,
            ``scaled_linear``, the same of their square roots, or ``squaredcos_cap_v2``, the cosine
            of Nichol and Dhariwal (ICML 2021), which takes neither.
        first, last: b_0 and b_T.
        prediction: what the network predicts: the noise, the image, or the velocity
            sqrt(a_t) e - sqrt(1 - a_t) x.
        clip: the predicted image is cut to [-1, 1].
    """

    steps: int = Field(ge=1, le=_MOST)
    betas: Betas = "linear"
    first: float = Field(default=1e-4, gt=0, lt=1)
    last: float = Field(default=0.02, gt=0, lt=1)
    prediction: Prediction = "epsilon"
    clip: bool = True

    def kept(self) -> Numbers:
        """a_0, ..., a_T in float64."""
        return _kept(self.steps, self.betas, self.first, self.last)

    def levels(self) -> Numbers:
        """sqrt(1 - a_t) / sqrt(a_t) of every step, halved: sigma on pixels in [0, 1]."""
        kept = self.kept()
        return np.sqrt(1 - kept) / np.sqrt(kept) / 2

    def step(self, sigma: float) -> int:
        """The first step whose level is at least ``sigma``, on pixels in [0, 1].

        >>> Schedule(steps=1000).step(0.25)
        145

        Raises:
            UserError: none is.
        """
        levels = self.levels()
        reached = np.flatnonzero(levels >= sigma)
        if not len(reached):
            raise UserError(
                f"The denoiser's schedule ends at noise of sigma {levels[-1]:.4g} (pixels in "
                f"[0,1]), and the run draws sigma {sigma:g}; lower sigma, or take another denoiser."
            )
        return int(reached[0])


@lru_cache(maxsize=8)
def _kept(steps: int, betas: Betas, first: float, last: float) -> Numbers:
    if betas == "squaredcos_cap_v2":
        times = np.arange(steps + 1, dtype=np.float64) / steps
        along = np.cos((times + 0.008) / 1.008 * math.pi / 2) ** 2
        lost = np.minimum(1 - along[1:] / along[:-1], _CAP)
    elif betas == "scaled_linear":
        lost = np.linspace(math.sqrt(first), math.sqrt(last), steps) ** 2
    else:
        lost = np.linspace(first, last, steps)
    found = np.cumprod(1 - lost)
    found.setflags(write=False)
    return found
