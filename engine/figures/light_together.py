"""What sampling proves of contrast and brightness, drawn over what the exact map proves.

Both speak of one image and one base model, and of two functions: the map of the model itself, the
smoothing certificate of the smoothed model, without clipping. Attacks are drawn where they lie.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from engine.evidence.evidence import Evidence
from engine.figures.regions import Beside, RegionFigure, region_figure
from engine.regions import GainBrightness, LightMap, Perturbation
from engine.regions.light_map import LightCells

Named = tuple[str, Evidence]
Point = tuple[float, float]
_CORNERS = 61


def lights_together(runs: Sequence[Named]) -> RegionFigure[LightCells] | None:
    """The first map among some runs, and over it smoothing certificates of its image and model.

    None where there is no map, or nothing to draw over it.
    """
    maps = [(name, run) for name, run in runs if isinstance(run.region, LightMap)]
    if not maps:
        return None
    _, exact = maps[0]
    assert isinstance(exact.region, LightMap)
    found = tuple(
        _beside(name, run, run.region, exact.region)
        for name, run in runs
        if isinstance(run.region, GainBrightness) and _same(run, exact)
    )
    figure = region_figure(exact, exact.model.class_names)
    if figure is None or not found:
        return None
    return figure.model_copy(update={"beside": found})


def _same(one: Evidence, other: Evidence) -> bool:
    """Whether two runs are of one function and one image."""
    same = one.input.pixels_sha256 == other.input.pixels_sha256
    return same and one.model.function == other.model.function


def _beside(name: str, run: Evidence, region: GainBrightness, exact: LightMap) -> Beside:
    """The certificate and its attack in the map's parameters."""
    change = None if run.attack is None else run.attack.perturbation
    words, at = f"{name}: smoothing, unclipped", None
    if change is not None and set(change) == {"gain", "brightness"}:
        at = parameters(change, exact)
        words += ", and an attack on it"
    inside = at is not None and abs(at[0]) <= exact.contrast and abs(at[1]) <= exact.brightness
    if at is not None and not inside:
        words += " outside the box"
    return Beside(words=words, outline=tuple(outline(region, exact)), attack=at if inside else None)


def parameters(change: Perturbation, exact: LightMap) -> Point:
    """A gain g and a brightness b' of g (x + b') in the parameters of a map."""
    gain, shift = change["gain"], change["brightness"]
    if exact.convention == "linear":
        return gain - 1.0, gain * shift
    return math.log(gain), shift


def outline(region: GainBrightness, exact: LightMap) -> list[Point]:
    """The border of a smoothing certificate, cut off at the box of a map; empty if it holds none.

    All shifts up to the largest one at a gain are certified.
    """
    linear = exact.convention == "linear"
    ends = [parameters({"gain": 1.0 + by, "brightness": 0.0}, exact)[0] for by in
            (-region.furthest("gain", -1), region.furthest("gain"))]  # fmt: skip
    firsts = np.linspace(max(ends[0], -exact.contrast), min(ends[1], exact.contrast), _CORNERS)
    logs = np.log1p(firsts) if linear else firsts
    gains = np.exp(logs) if linear else np.ones_like(firsts)
    reach = np.array([region.reach(float(k)) for k in logs]) * gains
    tops = np.minimum(reach, exact.brightness)
    held = [(float(x), float(y)) for x, y in zip(firsts, tops, strict=True)]
    if not tops.any():
        return []
    line = [*held, *((x, -y) for x, y in reversed(held))]
    return [*line, line[0]]
