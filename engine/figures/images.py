"""What goes beside the evidence: a slice through the input, and examples."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict

from engine.core.records import InputKind
from engine.core.rounding import round_down
from engine.evidence.evidence import Evidence
from engine.evidence.run_view import RunView
from engine.evidence.settings import RunSettings
from engine.figures.attacked import AttackMark, attack_mark
from engine.figures.examples import ExamplesFigure
from engine.figures.places import PlacesFigure
from engine.regions import Ball, Region, radius_of
from engine.regions.region import Norm

_CORNERS = {
    "l1": np.array([[1, 0], [0, 1], [-1, 0], [0, -1], [1, 0]], dtype=np.float32),
    "l2": np.zeros((0, 2), dtype=np.float32),
    "linf": np.array([[1, 1], [-1, 1], [-1, -1], [1, -1], [1, 1]], dtype=np.float32),
}
"""The unit balls' corners in the plane of two pixels; none where it is a disc."""
PIXEL_UNITS = "pixel units"


class SliceFigure(BaseModel):
    """A two-dimensional slice through the input: who wins where.

    The point (u, v) is ``x + u e1 + v e2`` with orthonormal e1, e2; u and v are l2 distances.

    Attributes:
        extent: u and v run over [-extent, extent].
        base: class of the base classifier, shape (k, k), row = v from low to high, column = u;
            -2 where not computed yet, -1 where the model named no class.
        smoothed: class by coarse majority vote, shape (m, m), same axes and marks.
        smoothed_votes: votes per cell of ``smoothed``.
        axes: what e1 and e2 are, in words.
        radius: certified radius to draw, None if nothing is certified.
        norm: of the radius.
        outline: (m, 2) where the plane leaves a ball that is no l2 ball; empty for a disc.
        class_names: of the model.
        center_class: the smoothed answer at the input.
        samples: (s, 2) projections of noisy samples on the slice, for the dots.
        attack: the smallest change found; at its distance, in whatever direction, a ring is drawn.
        unit: of the distances.
    """

    model_config = ConfigDict(frozen=True, defer_build=True, arbitrary_types_allowed=True)

    extent: float
    base: npt.NDArray[np.int16]
    smoothed: npt.NDArray[np.int16]
    smoothed_votes: int
    axes: tuple[str, str]
    radius: float | None
    class_names: tuple[str, ...]
    center_class: int | None
    samples: npt.NDArray[np.float32]
    norm: Norm = "l2"
    outline: npt.NDArray[np.float32] = np.zeros((0, 2), dtype=np.float32)
    attack: AttackMark | None = None
    unit: str = PIXEL_UNITS

    @property
    def refuted(self) -> bool:
        """Whether an attack lies inside the ball."""
        return self.attack is not None and self.attack.refutes

    @property
    def attacked(self) -> float | None:
        """The distance of the attack; None without one."""
        return self.attack.change.get("radius") if self.attack is not None else None

    def beside(self, view: RunView) -> SliceFigure:
        """The same slice with the attack of a run, or without any."""
        mark = attack_mark(view)
        return self if mark == self.attack else self.model_copy(update={"attack": mark})

    @property
    def reach(self) -> float:
        """How far the ball reaches on the slice, in l2 distance."""
        if self.outline.size:
            return float(np.hypot(*self.outline.T).max())
        return self.radius or 0.0

    @property
    def size(self) -> str:
        """The radius, rounded down, with its norm where that is not the axes'; empty for none."""
        norm = "" if self.norm == "l2" else f" ({self.norm})"
        return "" if self.radius is None else f"R = {round_down(self.radius, 3)}{norm}"

    def growing_to(self, region: Region | None) -> SliceFigure:
        """The same slice with what is certified now: an outline grows with its ball."""
        radius, norm = radius_of(region), norm_of(region)
        outline = self.outline[:0]
        if radius is not None and norm != "l2":
            if not self.outline.size or not self.radius or norm != self.norm:
                return self.model_copy(update={"radius": None, "outline": outline})
            outline = self.outline * np.float32(radius / self.radius)
        kept = {"norm": norm, "unit": unit_of(region)} if region is not None else {}
        return self.model_copy(update={"radius": radius, "outline": outline, **kept})


def norm_of(region: Region | None) -> Norm:
    """The norm of a certified ball; l2 where there is none."""
    return (region and region.certified_norm) or "l2"


def unit_of(region: Region | None) -> str:
    """In what distances on a slice are measured: as the ball says, else in pixels."""
    unit = region.unit if isinstance(region, Ball) else ""
    return PIXEL_UNITS if unit in ("", "pixels in [0,1]") else unit


def bare_slice(view: RunView, class_names: tuple[str, ...], reach: float) -> SliceFigure:
    """The ball alone, where nothing is mapped: in the plane of two coordinates of the input.

    Args:
        view: of the run.
        class_names: of the model.
        reach: a radius that is to have room.
    """
    empty = np.full((1, 1), -2, dtype=np.int16)
    radius, norm = radius_of(view.region), norm_of(view.region)
    corners = _CORNERS[norm] * (radius or 0.0)
    return SliceFigure(
        extent=max(1.8 * max(reach, radius or 0.0), 1.5 * (view.settings.law.level or 0.5)),
        base=empty,
        smoothed=empty,
        smoothed_votes=0,
        axes=("one coordinate", "another"),
        radius=radius,
        class_names=class_names,
        center_class=view.top,
        samples=np.zeros((0, 2), dtype=np.float32),
        norm=norm,
        outline=corners.astype(np.float32) if radius is not None else _CORNERS["l2"],
        unit=unit_of(view.region),
    )


class Illustrations(BaseModel):
    """Images that go beside the evidence; each may be missing."""

    model_config = ConfigDict(frozen=True, defer_build=True, arbitrary_types_allowed=True)

    region: SliceFigure | None = None
    examples: ExamplesFigure | None = None
    places: PlacesFigure | None = None


def has_slice(evidence: Evidence) -> bool:
    """Whether a plane through the input shows what was certified: a ball around an image."""
    return shown_as_slice(evidence.settings, evidence.input.kind)


def shown_as_slice(settings: RunSettings, kind: InputKind) -> bool:
    """Whether a run certifies balls around an image, which a plane through it shows."""
    scheme, measured = settings.scheme, settings.kind == "measure"
    drawn = scheme.region_type.picture_for(scheme.inputs)
    return drawn == "slice" and kind == "image" and not measured
