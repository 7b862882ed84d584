"""Uniform noise on the 8-bit grid: an l1 ball (Lee et al. 2019; Levine & Feizi, ICML 2021)."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from engine.certificates.box import box_l1_radius, box_l1_required, deciding_rooms
from engine.certificates.dssn import GRID, grid_radius, grid_required, levels
from engine.core.errors import UserError
from engine.core.records import InputIdentity, ProbabilityBounds
from engine.core.rounding import round_down
from engine.core.total_variation import total_variation
from engine.noise.law import PROBED, Level, NoiseLaw, Probe, flat, zeros
from engine.regions import Ball, Perturbation, Term
from engine.schemes.base import IMPOSSIBLE, NO_FACTS, Facts
from engine.schemes.parameter_fields import PIXELS, half_width_field
from engine.schemes.ranked import Ranked

if TYPE_CHECKING:
    import torch

    from engine.noise.gaussian import NoiseSource

NOISE = 1
"""Lane of the draw."""
ROOMS = "rooms of pixels"
_RUN = re.compile(r"(\d{3})\*(\d{1,3})")


@dataclass(frozen=True)
class GridUniform(NoiseLaw):
    """Each pixel shifted by one of L = int(2 lam 255) grid steps around 0, all alike."""

    lam: float

    grid_input: ClassVar[bool] = True

    @property
    def levels(self) -> tuple[Level, ...]:
        """The half-width."""
        return (Level("uniform", self.lam, PIXELS),)

    def draw(self, x: torch.Tensor, source: NoiseSource, start: int, out: torch.Tensor) -> None:
        """x shifted by whole steps, around 0, or half a step beside it where L is even."""
        import torch  # deferred: the window lists schemes before torch loads

        width = levels(self.lam)
        steps = (x * GRID).round_().to(torch.int64).flatten()
        shifts = source.integers(out.shape[0], steps.numel(), width, start=start, lane=NOISE)
        twice = 2 * (shifts + steps) - (width - 1)
        out.view(out.shape[0], -1).copy_(twice)
        out.mul_(1.0 / (2 * GRID))

    def in_words(self) -> str:
        """The law and its level."""
        return f"uniform on the 8-bit grid, half-width {self.lam:g} ({PIXELS})"

    def total_variation(self, elements: int) -> float:
        """Of the shifts."""
        return total_variation(elements, levels(self.lam))

    def probes(self) -> tuple[Probe, ...]:
        """A black image, in half steps."""
        from engine.noise.statistical_tests import steps_law  # deferred: SciPy is slow to load

        width = levels(self.lam)
        stated = steps_law("uniform steps", np.arange(1.0 - width, width, 2.0))
        blank = zeros(PROBED)
        return (
            Probe(self, (blank,), blank.shape, lambda out: np.rint(2 * GRID * flat(out)), stated),
        )


class BoxedBall(Ball):
    """A ball of changes that keep every pixel in [0, 1]."""

    kind: Literal["boxed ball"] = "boxed ball"  # type: ignore[assignment]

    def clause(self, subject: str) -> str:
        """``no change of this image that keeps every pixel in [0, 1], with l1 norm below 0.6``."""
        reach = "at most" if self.closed else "below"
        return (
            f"no change of this {subject} that keeps every pixel in [0, 1], with {self.norm} norm "
            f"{reach} {round_down(self.radius, 3)} (all {self.unit}),"
        )

    def note(self) -> str:
        """With what the attacker keeps to."""
        return f"{super().note()}, every pixel kept in [0, 1]"


class UniformL1(Ranked):
    """Each pixel is shifted by one of L = int(2 lam 255) grid steps around 0, all alike.

    A pixel changed by k steps shares L - k of its L shifted values, so a change of l1 norm k steps
    moves every class's probability by at most k / L, whichever pixels share it: certified below
    lam (p_lower - p_upper), which is 2 lam (p_lower - 1/2) against one half; lam stands for
    L / 510.

    With ``box`` the attacker keeps every pixel in [0, 1]. Cubes whose middles differ by k_i steps
    overlap in the share prod_i (1 - k_i / L), and where pixel i can move by no more than
    max(x_i, 1 - x_i) the attacker needs more of the norm for the same share (Voracek & Hein, ICML
    2023). The rooms of the pixels are facts of the image.
    """

    key: ClassVar[str] = "uniform-l1"
    mass_moves: ClassVar[bool] = True
    title: ClassVar[str] = "Uniform smoothing, l1"
    citation: ClassVar[str] = (
        "Lee, Yuan, Chang & Jaakkola, Tight Certificates of Adversarial Robustness, NeurIPS 2019; "
        "Levine & Feizi, ICML 2021, Theorem 2; with the pixel box Voracek & Hein, ICML 2023"
    )
    inputs: ClassVar[tuple[str, ...]] = ("image",)
    attacker: ClassVar[str] = (
        "change every pixel by steps of 1/255, as long as the whole change has l1 norm below R"
    )
    terms: ClassVar[Mapping[str, Term]] = {"radius": Term("l1 norm of the change", PIXELS)}
    limits: ClassVar[tuple[str, ...]] = (
        "It is for images of 8 bits per channel: it says nothing about changes that are no "
        "multiples of 1/255.",
    )

    unwritten: ClassVar[frozenset[str]] = Ranked.unwritten | {"box"}

    lam: float = half_width_field()
    box: bool = Field(
        default=False,
        title="pixel box",
        description="the attacker keeps every pixel in [0, 1]: a larger radius, by the image",
        json_schema_extra={"advanced": True, "quiet": True, "noise": False},
    )

    def noise(self) -> GridUniform:
        """Whole steps, all alike."""
        return GridUniform(self.lam)

    def region(self, bounds: ProbabilityBounds, facts: Facts = NO_FACTS) -> Ball | None:
        """lam (p_lower - p_upper), or with the box where the image's rooms are known."""
        bounds, rooms = self.as_majority(bounds), rooms_of(facts)
        if bounds.p_lower <= bounds.p_upper:
            return None
        if self.box and rooms:
            return self._boxed(bounds, rooms)
        radius = grid_radius(bounds.p_lower, bounds.p_upper, levels(self.lam))
        return Ball(norm="l1", radius=radius, unit=PIXELS)

    def required_probability(self, perturbation: Perturbation, facts: Facts = NO_FACTS) -> float:
        """1/2 + radius / (2 lam)."""
        size, width, rooms = perturbation["radius"], levels(self.lam), rooms_of(facts)
        needed = self.for_rank(
            box_l1_required(size * GRID, rooms, lam=width / 2)
            if self.box and rooms
            else grid_required(size, width)
        )
        return needed if needed <= 1 else IMPOSSIBLE

    def _boxed(self, bounds: ProbabilityBounds, rooms: Sequence[int]) -> Ball:
        """Everything within the rooms, where no change of them is enough."""
        steps = box_l1_radius(bounds.p_lower, bounds.p_upper, rooms, lam=levels(self.lam) / 2)
        found = min(steps, float(sum(rooms))) / GRID
        return BoxedBall(norm="l1", radius=found, unit=PIXELS, closed=steps > sum(rooms))

    def prepare(self, x: Sequence[npt.NDArray[Any]]) -> Facts:
        """With the box, how far the pixels with most room can move, as ``255*12 254``, in steps."""
        if not self.box:
            return NO_FACTS
        steps = np.rint(x[0].astype(np.float64).ravel() * GRID)
        rooms = np.maximum(steps, GRID - steps).astype(int).tolist()
        kept = deciding_rooms(rooms, lam=levels(self.lam) / 2, least=self.least_share)
        counts = Counter(map(int, kept))
        listed = [f"{room}*{counts[room]}" for room in sorted(counts, reverse=True)]
        return {ROOMS: " ".join(listed)}

    def check_facts(self, facts: Facts, given: InputIdentity) -> None:
        """Refuse rooms that no image of that size has, and any where the box is not asked for.

        Raises:
            UserError: naming the fact.
        """
        if not facts and not self.box:
            return
        rooms = rooms_of(facts)
        due = [*deciding_rooms(rooms, lam=levels(self.lam) / 2, least=self.least_share)]
        whole = len(rooms) == math.prod(given.shape)
        reached = whole or box_l1_required(sum(rooms), rooms, lam=levels(self.lam) / 2) >= (
            1.5 - self.least_share
        )
        if not self.box or set(facts) != {ROOMS} or not rooms or due != rooms or not reached:
            raise UserError(f"the {ROOMS} that it records are none of such an image.")
        if len(rooms) > math.prod(given.shape):
            raise UserError(f"it records {len(rooms):,} {ROOMS}, and the image has fewer pixels.")

    def check_alone(self) -> None:
        """Refuse the box where there is no image.

        Raises:
            UserError: naming the flag.
        """
        if self.box:
            raise UserError(
                "--box rests on the pixels of an image, and none is at hand: leave it out."
            )

    def noise_in_words(self) -> str:
        """The law, with what the attacker keeps to."""
        within = "; pixels kept in [0, 1]" if self.box else ""
        return f"{super().noise_in_words()}{within}"

    def attacker_in_words(self, kind: str) -> str:
        """Within the box, if that is asked for."""
        within = " and every pixel stays in [0, 1]" if self.box else ""
        return f"{super().attacker_in_words(kind)}{within}"

    def rests_on(self, facts: Facts) -> tuple[tuple[str, str, str], ...]:
        """The rooms of the pixels."""
        rooms = rooms_of(facts)
        if not rooms:
            return ()
        most = f"up to {max(rooms)}/255"
        return ((ROOMS, f"{len(rooms):,} of the largest, {most}", "of this image, within [0, 1]"),)


def rooms_of(facts: Facts) -> list[int]:
    """The recorded rooms in grid steps, from the largest on; none where they are not readable."""
    text = facts.get(ROOMS)
    if not isinstance(text, str):
        return []
    found = [_RUN.fullmatch(run) for run in text.split(" ")]
    runs = [(int(one[1]), int(one[2])) for one in found if one is not None]
    sound = len(runs) == len(found) and all(128 <= room <= GRID and n > 0 for room, n in runs)
    return [room for room, n in runs for _ in range(n)] if sound else []
