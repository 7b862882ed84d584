"""Entities: the pixels of an image or the nodes of a graph, some of which the noise selects.

An image (C, H, W) has H x W entities, all channels of a pixel together; a graph (N, D) has N.
The base model may be told which entities were selected, by one more channel or column (the
indicator). A model that is not told is certified as soundly, but usually votes less clearly.
"""

from __future__ import annotations

from abc import ABC
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from engine.certificates.hierarchical import keeps
from engine.core.errors import UserError
from engine.core.records import Encoding, InputIdentity
from engine.regions.base import Perturbation, whole
from engine.schemes.base import Family, Scheme

if TYPE_CHECKING:
    import torch

    from engine.noise.gaussian import NoiseSource

SELECTION = 1
"""Lane of the draw that selects entities."""
IMAGE = 3
"""Axes of an image; a graph has two."""


def entity_count(shape: Sequence[int]) -> int:
    """How many entities an input of this shape has."""
    return shape[1] * shape[2] if len(shape) == IMAGE else shape[0]


def things(shape: Sequence[int]) -> str:
    """What they are, in the plural."""
    return "pixels" if len(shape) == IMAGE else "nodes"


def told(shape: tuple[int, ...]) -> tuple[int, ...]:
    """The shape with an indicator channel or column."""
    if len(shape) == IMAGE:
        return (shape[0] + 1, *shape[1:])
    return (*shape[:-1], shape[-1] + 1)


def spread(selected: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    """A mask (B, entities) in the shape that broadcasts over noisy samples of ``x``."""
    if x.ndim == IMAGE:
        return selected.view(-1, 1, *x.shape[1:])
    return selected.view(-1, x.shape[0], 1)


def write(
    out: torch.Tensor, x: torch.Tensor, noised: torch.Tensor | float, selected: torch.Tensor
) -> None:
    """Fill ``out`` with ``noised`` where selected and ``x`` elsewhere, and the indicator if asked.

    Args:
        out: (B, *x.shape), or with one more channel or column.
        x: the input.
        noised: (B, *x.shape), or what stands for a selected entity.
        selected: (B, entities) bool.
    """
    import torch  # deferred: the window lists schemes before torch loads

    axis = 1 if x.ndim == IMAGE else out.ndim - 1
    width = x.shape[axis - 1]
    mask = spread(selected, x)
    values = noised if isinstance(noised, torch.Tensor) else x.new_tensor(noised)
    torch.where(mask, values, x, out=out.narrow(axis, 0, width))
    if out.shape[axis] > width:
        out.narrow(axis, width, 1).copy_(mask)


class Selecting(Scheme, ABC):
    """A scheme that noises each entity with its own fixed probability and passes the others on.

    The attacker chooses which entities to change, not how they are selected; against r of them the
    r smallest probabilities count. A centre that is noised less often lets the model see what
    matters most; where it holds r entities, it alone decides.
    """

    thing: ClassVar[str] = "pixel or node"
    """What an entity is, in words."""
    family: ClassVar[Family] = "structure"
    inputs: ClassVar[tuple[str, ...]] = ("image", "graph")

    p: float = Field(
        default=0.85,
        gt=0.5,
        le=1,
        title="p",
        description="probability that an entity (pixel, node) is noised",
        json_schema_extra={"step": 0.01, "slider": [0.51, 1.0, 0.01]},
    )
    centre: int = Field(
        default=0,
        ge=0,
        le=10_000,
        title="centre",
        description="side of the central square whose pixels have a probability of their own, 0 "
        "for none; for a graph, 1 is the node itself",
        json_schema_extra={"advanced": True},
    )
    p_centre: float = Field(
        default=0.85,
        gt=0.5,
        le=1,
        title="p in the centre",
        description="probability that an entity of the centre is noised",
        json_schema_extra={"advanced": True, "step": 0.01, "slider": [0.51, 1.0, 0.01]},
    )

    def idle(self) -> frozenset[str]:
        """That of the centre where there is none."""
        return frozenset(() if self.centre else {"p_centre"})

    def keeps(self) -> tuple[float, ...]:
        """Probability that all r changed entities are noised, for r = 0, 1, 2, ..."""
        return keeps(self.p, centre=self.centre**2, p_centre=self.p_centre)

    def keep(self, perturbation: Perturbation) -> float:
        """The same for a perturbation; 0 beyond the entities that a certificate reaches."""
        count, known = whole(perturbation, "entities"), self.keeps()
        return known[count] if count < len(known) else 0.0

    def select(
        self, x: torch.Tensor, stream: NoiseSource, start: int, samples: int
    ) -> torch.Tensor:
        """Which entities are noised, (samples, entities) bool."""
        chances = self._chances(x) if self.centre else self.p
        return stream.bernoulli(
            samples, entity_count(x.shape), chances, start=start, lane=SELECTION
        )

    def layouts(self, shape: tuple[int, ...]) -> dict[Encoding, tuple[int, ...]]:
        """Without and with an indicator."""
        return {"plain": shape, "indicator": told(shape)}

    def check_input(self, given: InputIdentity) -> None:
        """Refuse a centre that is larger than the input.

        Raises:
            UserError: naming the largest centre that fits.
        """
        largest = min(given.shape[1:]) if len(given.shape) == IMAGE else 1
        if self.centre > largest:
            raise UserError(
                f"--centre {self.centre} is larger than this input; it may be at most {largest}."
            )

    def selection_in_words(self) -> str:
        """How entities are selected."""
        if not self.centre:
            return f"each {self.thing} noised with probability {self.p:g}"
        return (
            f"each {self.thing} noised with probability {self.p:g}, in the centre ({self.centre} x "
            f"{self.centre}) {self.p_centre:g}"
        )

    def _chances(self, x: torch.Tensor) -> torch.Tensor:
        import torch  # deferred: the window lists schemes before torch loads

        if x.ndim != IMAGE:
            chances = torch.full((x.shape[0],), self.p, dtype=torch.float64, device=x.device)
            chances[: self.centre] = self.p_centre
            return chances
        height, width = x.shape[1:]
        grid = torch.full((height, width), self.p, dtype=torch.float64, device=x.device)
        top, left = (height - self.centre) // 2, (width - self.centre) // 2
        grid[top : top + self.centre, left : left + self.centre] = self.p_centre
        return grid.flatten()
