"""Images as examples: pixels that noise touches, and those that an attack changes first."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import torch

from engine.core.records import Encoding
from engine.explain.directions import adversarial_direction, margin_slope, random_direction
from engine.explain.presenter import Presenter, Ready, decoded
from engine.figures.examples import Arrays, Attack, Media
from engine.figures.media import ImageMedium
from engine.inputs.base import Pixels
from engine.noise.discrete_gaussian_law import GRID
from engine.noise.gaussian import NoiseStream, Stream
from engine.regions import Region
from engine.regions.region import Budget, Norm
from engine.schemes import Scheme

_SAMPLES = 64
_ORDERS = {"l1": 1, "l2": 2, "linf": np.inf}


@dataclass(frozen=True)
class ImagePresenter(Presenter):
    """Shows an image (C, H, W) and what the encoding says of its noised pixels."""

    pixels: Pixels
    encoding: Encoding

    def show(self, arrays: Arrays) -> Media:
        """The image, marked where it differs from the input."""
        places = (arrays[0] != self.pixels).any(axis=0)
        return (ImageMedium.of(arrays[0], places if places.any() else None, "changed"),)

    def noisy(self, batch: Arrays) -> list[Media]:
        """Noisy samples with the pixels that the model was told of."""
        values, touched, touch = decoded(batch[0], self.encoding, len(self.pixels), axis=1)
        return [
            (ImageMedium.of(one, None if touched is None else touched[i], touch),)
            for i, one in enumerate(values)
        ]

    def attack(
        self, ready: Ready, region: Region, *, top: int | None, tries: int, stop: threading.Event
    ) -> Attack | None:
        """A change of a ball's radius, the transformation itself, else pixels for any size."""
        radius, norm = region.certified_radius, region.certified_norm
        if radius is not None and norm is not None:
            return self._to_the_edge(ready, radius, norm, top, stop)
        if any(one.moves for one in map(region.budget, region.changes()) if one is not None):
            return self._transformed(ready.settings.scheme, region)
        found = pixel_order(ready, top)
        return Attack(found.how, found.change, self.show)

    def _transformed(self, scheme: Scheme, region: Region) -> Attack | None:
        """What the scheme makes of the input; None where it only knows how much is certified."""

        def change(budget: Budget) -> Arrays | None:
            found = None if budget.moves is None else scheme.transformed(self.pixels, budget.moves)
            return None if found is None else (found,)

        if all(scheme.transformed(self.pixels, one) is None for one in region.changes()):
            return None
        return Attack("", change, lambda arrays: (ImageMedium.of(arrays[0]),))

    def _to_the_edge(
        self, ready: Ready, radius: float, norm: Norm, top: int | None, stop: threading.Event
    ) -> Attack | None:
        """A change of the certified norm; of at most that where it is made of whole steps."""
        if radius <= 0:
            return None
        assert isinstance(ready.x, torch.Tensor)
        direction, how = _direction(ready, ready.x, radius, top, stop)
        order, size = _ORDERS[norm], radius
        change = size * direction / torch.linalg.vector_norm(direction, ord=order)
        if ready.settings.law.grid_input:  # the claim is about whole steps alone
            change = in_steps(change, norm=norm, radius=size)
            size = min(size, float(torch.linalg.vector_norm(change.double(), ord=order)))
            how += ", in steps of 1/255"
        changed = (ready.x + change).cpu().numpy()
        return Attack(
            how,
            lambda budget: (changed,),
            lambda arrays: (ImageMedium.of(arrays[0]),),
            changes=({"radius": size},),
        )


def _direction(
    ready: Ready, x: torch.Tensor, radius: float, top: int | None, stop: threading.Event
) -> tuple[torch.Tensor, str]:
    scheme, key = ready.settings.scheme, ready.key
    if top is not None:
        found = adversarial_direction(
            ready.classifier, x, scheme, key=key, top=top, size=radius, stop=stop
        )
        if found is not None:
            return found, "adversarial direction"
    return random_direction(x.shape, key, 0, x.device), "random direction"


@dataclass(frozen=True)
class PixelAttack:
    """A way to attack an image, for any number of pixels and any strength.

    Attributes:
        original: (C, H, W) in [0, 1].
        direction: (C, H, W) how every value is to be moved.
        order: flat pixel indices, those to change first leading.
        how: in words.
    """

    original: Pixels
    direction: Pixels
    order: npt.NDArray[np.int64]
    how: str

    def change(self, budget: Budget) -> Arrays | None:
        """Flips, moved pixels or overwritten ones, as the budget has it; None for flips moved."""
        if budget.additions is not None or budget.deletions is not None:
            if budget.norm:
                return None
            return (self.flipped(budget.additions or 0, budget.deletions or 0),)
        count = self.order.size if budget.things is None else budget.things
        if budget.norm:
            return (self.moved(count, budget.strength, budget.norm),)
        return (self.overwritten(count),)

    def moved(self, count: int, strength: float, norm: str) -> Pixels:
        """The first ``count`` pixels moved along the direction, the whole change of this norm."""
        change = np.where(self._chosen(count), self.direction, 0.0)
        if norm == "linf":
            change = np.sign(change)
        size = float(np.linalg.norm(change.ravel(), _ORDERS[norm]))
        moved = self.original + change * (strength / size if size else 0.0)
        return moved.astype(np.float32)

    def overwritten(self, count: int) -> Pixels:
        """The first ``count`` pixels set to 0 or 1, whichever lies in the direction."""
        extreme = (self.direction > 0).astype(np.float32)
        return np.where(self._chosen(count), extreme, self.original)

    def flipped(self, additions: int, deletions: int) -> Pixels:
        """The first values below one half set to 1, and the first above it to 0."""
        flat = self.original.reshape(self.original.shape[0], -1)[:, self.order]
        pixels = self.original.copy().reshape(flat.shape)
        for wanted, high in ((additions, False), (deletions, True)):
            channel, rank = np.nonzero((flat >= 0.5) == high)
            first = np.argsort(rank, kind="stable")[:wanted]
            pixels[channel[first], self.order[rank[first]]] = 0.0 if high else 1.0
        return pixels.reshape(self.original.shape)

    def _chosen(self, count: int) -> npt.NDArray[np.bool_]:
        """The first ``count`` pixels, (H, W)."""
        chosen = np.zeros(self.original[0].size, dtype=bool)
        chosen[self.order[:count]] = True
        return chosen.reshape(self.original.shape[1:])


def pixel_order(ready: Ready, top: int | None) -> PixelAttack:
    """Pixels in the order of their effect on the class ``top``, and where to move them.

    The effect is the gradient of the mean margin log p_top - max other log p under noise. Without
    gradients, or before a class is chosen, pixels and directions are random.
    """
    x = ready.x
    assert isinstance(x, torch.Tensor)
    stream = NoiseStream(ready.key, int(Stream.SLICE_AXES), x.device)
    found, how = None, "greedy: largest effect on the answer first"
    if top is not None and ready.classifier.differentiable:
        noisy = torch.empty((_SAMPLES, *ready.shape), device=x.device)
        ready.settings.scheme.noise().draw(x, stream, 0, noisy)
        slope = margin_slope(ready.classifier, noisy, top).sum(dim=0)
        falls = -_of_image(slope, ready.classifier.identity.encoding, len(x))
        found = falls if torch.isfinite(falls).all() and falls.norm() > 0 else None
    if found is None:
        out = torch.empty((1, *x.shape), device=x.device)
        found, how = stream.normal_(out, start=0)[0], "pixels at random"
    effect = found.norm(dim=0).flatten()
    return PixelAttack(
        original=x.cpu().numpy(),
        direction=found.cpu().numpy().astype(np.float32),
        order=effect.argsort(descending=True, stable=True).cpu().numpy(),
        how=how,
    )


def _of_image(slope: torch.Tensor, encoding: Encoding, channels: int) -> torch.Tensor:
    """The gradient with respect to the image, from that of its encoding (C', H, W)."""
    if encoding == "complement":
        return slope[:channels] - slope[channels:]
    return slope[:channels]


def in_steps(
    change: torch.Tensor, *, norm: Literal["l1", "l2", "linf"], radius: float
) -> torch.Tensor:
    """``change`` in whole steps of 1/255, as near to it as a norm of ``radius`` allows.

    Every number is cut towards zero; then those that lost most get a step back, as many as the
    norm has room for. So thousands of small changes do not all vanish.
    """
    steps = change.to(torch.float64).flatten() * GRID
    cut = steps.trunc()
    if norm != "linf":
        lost = (steps - cut).abs()
        order = torch.argsort(lost, descending=True, stable=True)
        size = cut.abs()[order]
        costs, used = (torch.ones_like(size), size) if norm == "l1" else (2 * size + 1, size**2)
        room = (radius * GRID) ** (1 if norm == "l1" else 2) - float(used.sum())
        back = order[(costs.cumsum(0) <= room) & (lost[order] > 0)]
        cut[back] += steps.sign()[back]
    return (cut / GRID).to(change.dtype).view(change.shape)
