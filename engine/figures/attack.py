"""What an attack looks like: which pixels would be changed first, and in which direction."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict

Image = npt.NDArray[np.float32]
NoiseMark = Literal["", "noised", "taken away"]
"""What noise did to the parts of an input that a model was told of."""
_ORDERS = {"l1": 1, "l2": 2, "linf": np.inf}


class Changed(BaseModel):
    """A changed image.

    Attributes:
        pixels: (C, H, W), clipped to [0, 1] for the eye.
        places: (H, W) True where it differs from the input.
        clipped: whether clipping changed anything.
    """

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    pixels: Image
    places: npt.NDArray[np.bool_]
    clipped: bool


class Attack(BaseModel):
    """A way to attack an image, for any number of pixels and any strength.

    Attributes:
        original: (C, H, W) in [0, 1].
        direction: (C, H, W) how every value is to be moved.
        order: flat pixel indices, those to change first leading.
        how: in words.
    """

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    original: Image
    direction: Image
    order: npt.NDArray[np.int64]
    how: str

    def moved(self, count: int, strength: float, norm: str) -> Changed:
        """The first ``count`` pixels moved along the direction, the whole change of this norm."""
        change = np.where(self._chosen(count), self.direction, 0.0)
        if norm == "linf":
            change = np.sign(change)
        size = float(np.linalg.norm(change.ravel(), _ORDERS[norm]))
        return self._clipped(self.original + change * (strength / size if size else 0.0))

    def overwritten(self, count: int) -> Changed:
        """The first ``count`` pixels set to 0 or 1, whichever lies in the direction."""
        extreme = (self.direction > 0).astype(np.float32)
        return self._clipped(np.where(self._chosen(count), extreme, self.original))

    def flipped(self, additions: int, deletions: int) -> Changed:
        """The first values below one half set to 1, and the first above it to 0."""
        flat = self.original.reshape(self.original.shape[0], -1)[:, self.order]
        pixels = self.original.copy().reshape(flat.shape)
        for wanted, high in ((additions, False), (deletions, True)):
            channel, rank = np.nonzero((flat >= 0.5) == high)
            first = np.argsort(rank, kind="stable")[:wanted]
            pixels[channel[first], self.order[rank[first]]] = 0.0 if high else 1.0
        return self._clipped(pixels.reshape(self.original.shape))

    def _chosen(self, count: int) -> npt.NDArray[np.bool_]:
        """The first ``count`` pixels, (H, W)."""
        chosen = np.zeros(self.original[0].size, dtype=bool)
        chosen[self.order[:count]] = True
        return chosen.reshape(self.original.shape[1:])

    def _clipped(self, pixels: npt.NDArray[np.floating]) -> Changed:
        shown = np.clip(pixels, 0.0, 1.0).astype(np.float32)
        return Changed(
            pixels=shown,
            places=(pixels != self.original).any(axis=0),
            clipped=bool((shown != pixels.astype(np.float32)).any()),
        )
