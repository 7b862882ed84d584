"""A small network together with what its outputs mean: what an exact map is made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.core.errors import UserError
from engine.core.outputs import Outputs
from engine.exact.light import Light
from engine.exact.network import Network
from engine.exact.operations import Floats
from engine.exact.question import question_of
from engine.exact.search import Problem

MOST_SECONDS = 3600.0
RATE = 2e9
"""Multiplications a second that one core is taken to make; two cores of 2020 make twice as many."""
MOST_NUMBERS = 3 * 10**7
"""Of the widest layer, which are held several times over for each parameter."""


@dataclass(frozen=True, eq=False)
class SmallModel:
    """A model that is read layer by layer.

    Attributes:
        network: in float64.
        outputs: what it answers with, with reference and tolerance; None for scores of classes.
    """

    network: Network
    outputs: Outputs | None = None

    def check_size(self, light: Light, cells: int) -> None:
        """Refuse a network that is too large, with an estimate.

        Raises:
            UserError: a map would take more than an hour, or too much memory.
        """
        each = self.network.work * (2 * light.parameters + 4)
        seconds = cells * each / RATE
        if seconds > MOST_SECONDS:
            fewer = int(MOST_SECONDS * RATE / each)
            smaller = f"ask for at most {fewer:,} cells (--cells), or " if fewer else ""
            raise UserError(
                f"The network takes {self.network.work:,} multiplications for one image, so that a "
                f"map of {cells:,} cells would take about {seconds:,.0f} s, more than the "
                f"{MOST_SECONDS:,.0f} s that are allowed; {smaller}take a smaller network."
            )
        if self.network.widest > MOST_NUMBERS:
            raise UserError(
                f"The network's widest layer holds {self.network.widest:,} numbers with the "
                f"patches it is made of, more than the {MOST_NUMBERS:,} that are held for each of "
                f"{cells:,} cells; take a smaller network."
            )

    def problem(self, image: Floats, light: Light) -> tuple[Problem, int]:
        """What is asked about an image, and the class that is to be kept.

        Args:
            image: (C, H, W), as the network takes it.
            light: how it may be changed.

        Raises:
            UserError: the network answers with no finite numbers, or not as its outputs say.
        """
        values = self.network.values(image[None])[0]
        if not np.isfinite(values).all():
            raise UserError(
                "The network gives no finite numbers for the image as it is, so that there is no "
                "answer to keep; look at its weights."
            )
        top = 0 if self.outputs is not None else int(values.argmax())
        try:
            question = question_of(values.shape, self.outputs, top)
        except ValueError as error:
            raise UserError(f"An exact map cannot be made: {error}.") from error
        return Problem(self.network, image, light, question), top
