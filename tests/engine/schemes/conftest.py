from collections.abc import Callable

import pytest
import torch

from engine.core.records import ProbabilityBounds
from engine.noise.gaussian import NoiseStream
from engine.schemes import Scheme

Bounds = Callable[..., ProbabilityBounds]
Draw = Callable[..., torch.Tensor]


@pytest.fixture
def bounds() -> Bounds:
    """Bounds on the top class and, unless it is given, 1 - p_lower on every other."""

    def made(p_lower: float, p_upper: float | None = None) -> ProbabilityBounds:
        return ProbabilityBounds(
            method="test",
            alpha=0.001,
            n=1,
            top=0,
            p_lower=p_lower,
            p_upper=1 - p_lower if p_upper is None else p_upper,
            valid=True,
            basis="",
        )

    return made


@pytest.fixture
def draw() -> Draw:
    """Noisy samples of an input, drawn in batches of any size."""

    def drawn(
        scheme: Scheme,
        x: torch.Tensor,
        samples: int,
        *,
        shape: tuple[int, ...] | None = None,
        batch: int | None = None,
        source: type[NoiseStream] = NoiseStream,
    ) -> torch.Tensor:
        size, found = batch or samples, []
        for start in range(0, samples, size):
            out = torch.full((min(size, samples - start), *(shape or x.shape)), float("nan"))
            scheme.noise().draw(x, source(7, 1), start, out)
            found.append(out)
        return torch.cat(found)

    return drawn
