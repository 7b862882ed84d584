"""An exact map of contrast and brightness: a small network bounded cell by cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from engine.core.errors import UserError
from engine.core.records import InputIdentity, ProbabilityBounds
from engine.exact.cells import CERTIFIED, OPEN, VIOLATED, looked_at, read
from engine.exact.light import Convention, Light
from engine.exact.model import SmallModel
from engine.exact.search import Problem, proved, search
from engine.noise.law import PROBED, Arithmetic, Arrays, Level, NoiseLaw, Numbers, Probe, flat
from engine.regions import LightMap, Perturbation, Region, Term
from engine.schemes.base import IMPOSSIBLE, NO_FACTS, Facts, Family, Known, Scheme

if TYPE_CHECKING:
    import torch

    from engine.noise.gaussian import NoiseSource

MAP, TOP = "map", "class"
"""Facts: the cells as text, and the class that they keep."""
CONTRAST = "contrast: c of (1 + c) x + b, or k of e^k (x + b)"
BRIGHTNESS = "brightness in [0,1]"
DRAW = 1
"""Lane of the draw."""


@dataclass(frozen=True)
class UniformLight(NoiseLaw):
    """One contrast and one brightness for all pixels, both uniform in the box that is mapped.

    From 63 bits each; the image is worked out in float64, clipped if so, and rounded to float32.
    """

    light: Light

    arithmetic: ClassVar[Arithmetic] = "computed"
    generator: ClassVar[str] = "philox4x32-10/uniform-light-f64"

    @property
    def levels(self) -> tuple[Level, ...]:
        """Both half-widths, in units of their own."""
        return (
            Level("uniform", self.light.contrast, CONTRAST),
            Level("uniform", self.light.brightness, BRIGHTNESS),
        )

    def draw(self, x: torch.Tensor, source: NoiseSource, start: int, out: torch.Tensor) -> None:
        """One image under many changes."""
        self._apply(x[None], source, start, out)

    def draw_each(self, x: torch.Tensor, source: NoiseSource, out: torch.Tensor) -> None:
        """Every image under its own."""
        self._apply(x, source, 0, out)

    def _apply(self, x: torch.Tensor, source: NoiseSource, start: int, out: torch.Tensor) -> None:
        import torch  # deferred: the window lists schemes before torch loads

        words = source.uniform63(len(out), 2, start=start, lane=DRAW).to(torch.float64)
        uniform = words.add_(0.5).mul_(2.0**-62).sub_(1.0).view(-1, 2, *(1,) * (out.ndim - 1))
        contrast, shift = uniform[:, 0] * self.light.contrast, uniform[:, 1] * self.light.brightness
        image = x.to(torch.float64)
        if self.light.convention == "linear":
            changed = (1.0 + contrast) * image + shift
        else:
            changed = contrast.exp() * (image + shift)
        out.copy_(changed.clamp_(0.0, 1.0) if self.light.clip else changed)

    def in_words(self) -> str:
        """The formula and the box."""
        light = self.light
        return (
            f"{light.formula} with uniform |contrast| up to {light.contrast:g} and |b| up to "
            f"{light.brightness:g}"
        )

    def probes(self) -> tuple[Probe, ...]:
        """Black and white unclipped: their difference tells the contrast, black the brightness."""
        from engine.noise.statistical_tests import Share, uniform_law  # deferred: SciPy

        light, many = self.light, PROBED * PROBED // 4
        white = max(1.0, 10.0 * light.brightness)
        image = np.array([0.0, white / 2, white], dtype=np.float32)
        linear = light.convention == "linear"

        def read_off(out: Arrays) -> Numbers:
            pixels = flat(out).astype(np.float64)
            gain = np.maximum((pixels[:, 2] - pixels[:, 0]) / white, 1e-30)
            contrast = gain - 1 if linear else np.log(gain)
            shift = pixels[:, 0] if linear else pixels[:, 0] / gain
            halves = (2 * light.contrast, 2 * light.brightness)
            return np.stack((contrast / halves[0], shift / halves[1]), axis=1)

        def beyond(out: Arrays) -> Numbers:
            pixels = flat(out)
            return np.asarray((pixels < 0) | (pixels > 1), dtype=np.float64)

        laws = replace(uniform_law("uniform"), name="contrast and brightness of all pixels")
        free = replace(self, light=replace(light, clip=False))
        found = [Probe(free, (image,), image.shape, read_off, laws, many)]
        if light.clip:
            law = Share("pixels outside [0, 1]", 0.0)
            found.append(Probe(self, (image,), image.shape, beyond, law))
        return tuple(found)


class ExactMap(Scheme):
    """f(changed x) = A for every change in the certified cells of a box of two parameters.

    Every number of the network lies between two affine functions of (c, b) over a cell, forward
    from layer to layer, rounded outwards; the cell is certified if the answer follows from these.
    Cells that are not are halved, up to a number of cells. Nothing is sampled for the claim; images
    under random changes are asked beside it, as a check.
    """

    key: ClassVar[str] = "exact-map"
    title: ClassVar[str] = "Contrast and brightness, exact map of a small network"
    citation: ClassVar[str] = (
        "Zhang et al., Efficient Neural Network Robustness Certification with General Activation "
        "Functions, NeurIPS 2018, run forward in two parameters, with branch and bound"
    )
    family: ClassVar[Family] = "exact"
    randomness: ClassVar[Literal["probabilistic", "deterministic"]] = "deterministic"
    computed: ClassVar[bool] = True
    reads: ClassVar[Literal["stumps", "network"]] = "network"
    inputs: ClassVar[tuple[str, ...]] = ("image",)
    attacker: ClassVar[str] = (
        "change contrast and brightness of all pixels alike, within a box of both, after which "
        "they are clipped to [0,1]"
    )
    region_type: ClassVar[type[Region]] = LightMap
    terms: ClassVar[Mapping[str, Term]] = {
        "contrast": Term("change of the contrast, c of (1 + c) x + b or k of e^k (x + b)",
                         signed=True),
        "brightness": Term("number added to all pixels", BRIGHTNESS, signed=True),
    }  # fmt: skip
    limits: ClassVar[tuple[str, ...]] = (
        "It is about the network's own arithmetic with real numbers: a program that rounds to 32 "
        "bits may answer otherwise where two outputs lie closer together than its rounding.",
        "Changed pixels are clipped if the formula says so, and not rounded to 8 bits: it says "
        "nothing about an image that was saved in 8 bits after the change.",
        "It says nothing about cells that are open or violated, nor about changes of single pixels "
        "or of colour.",
    )

    contrast: float = Field(
        default=0.25,
        gt=0,
        lt=1,
        title="contrast",
        description="largest change of the contrast, |c| or |k|",
        json_schema_extra={"step": 0.05, "slider": [0.01, 0.9, 0.01]},
    )
    brightness: float = Field(
        default=0.15,
        gt=0,
        le=1,
        title="brightness",
        description="largest change of the brightness, |b|",
        json_schema_extra={"unit": BRIGHTNESS, "step": 0.05, "slider": [0.01, 1.0, 0.01]},
    )
    convention: Convention = Field(
        default="linear",
        title="convention",
        description="linear: (1 + c) x + b; exponential: e^k (x + b)",
    )
    clip: bool = Field(
        default=True,
        title="clip to [0, 1]",
        description="clip changed pixels to [0, 1], as an image file does",
        json_schema_extra={"advanced": True},
    )
    cells: int = Field(
        default=512,
        ge=1,
        le=100_000,
        title="cells",
        description="cells of the box that are looked at, halves of others among them",
        json_schema_extra={"step": 256},
    )
    samples: int = Field(
        default=1000,
        ge=1,
        le=10**6,
        title="samples beside",
        description="images under random changes that are asked beside the map, to show and check",
        json_schema_extra={"unit": "images", "step": 1000, "advanced": True},
    )

    @property
    def counted(self) -> int:
        """The votes beside."""
        return self.samples

    @property
    def most_cells(self) -> int:
        """As declared."""
        return self.cells

    @property
    def light(self) -> Light:
        """The changes that are mapped."""
        return Light(self.convention, self.contrast, self.brightness, clip=self.clip)

    def noise(self) -> UniformLight:
        """Of the votes beside."""
        return UniformLight(self.light)

    def transformed(self, x: npt.NDArray[Any], moves: Perturbation) -> npt.NDArray[Any]:
        """The image under a change, clipped if so."""
        point = np.array([[moves["contrast"], moves["brightness"]]])
        changed = self.light.changed(x.astype(np.float64), point)[0]
        return np.asarray(np.clip(changed, 0, 1) if self.clip else changed, dtype=np.float32)

    def computing(self, x: Sequence[npt.NDArray[Any]], model: object) -> Iterator[Facts]:
        """The map after every batch of cells.

        Raises:
            UserError: the model is no small network that is read layer by layer, or too large.
        """
        problem, top = self._problem(x, model)
        for text in search(problem, self.cells):
            yield {MAP: text, TOP: float(top)}

    def compute(self, x: Sequence[npt.NDArray[Any]], model: object) -> Facts:
        """The whole map."""
        *_, last = self.computing(x, model)
        return last

    def confirmed(self, x: Sequence[npt.NDArray[Any]], model: object, facts: Facts) -> Facts:
        """The same facts, in which a cell is open that does not come out as it is stated."""
        problem, top = self._problem(x, model)
        return {MAP: proved(problem, str(facts[MAP])), TOP: float(top)}

    def _problem(self, x: Sequence[npt.NDArray[Any]], model: object) -> tuple[Problem, int]:
        if not isinstance(model, SmallModel):
            raise UserError(
                f"The scheme '{self.key}' bounds a small network layer by layer, and the model is "
                "none that it can read; give a safetensors file of digits_cnn or keypoint_cnn, or "
                "an ONNX file, or smooth this model with contrast-brightness."
            )
        model.check_size(self.light, self.cells)
        return model.problem(np.asarray(x[0], dtype=np.float64), self.light)

    def known(self, facts: Facts) -> Known | None:
        """The class that is kept, and the share of the box where it is not known to be."""
        try:
            region, top = self._region(facts), float(facts[TOP])
        except (KeyError, ValueError):
            return None
        whole = top >= 0 and top == int(top)
        return Known(int(top), region.outside, 0.0, drawn=region) if whole else None

    def _region(self, facts: Facts) -> LightMap:
        read(str(facts[MAP]))
        return LightMap(
            contrast=self.contrast,
            brightness=self.brightness,
            convention=self.convention,
            clip=self.clip,
            cells=str(facts[MAP]),
        )

    def check_facts(self, facts: Facts, given: InputIdentity) -> None:
        """Refuse what is no map, or one of more cells than were to be looked at.

        Raises:
            UserError: so.
        """
        if facts and (set(facts) != {MAP, TOP} or self.known(facts) is None):
            raise UserError("what is stated is no map of cells.")
        if facts and looked_at(str(facts[MAP])) > self.cells:
            raise UserError(f"the map holds more than the {self.cells:,} cells that were asked.")

    def region(self, bounds: ProbabilityBounds, facts: Facts = NO_FACTS) -> LightMap | None:
        """The map, if any of its cells is certified; nothing without one."""
        del bounds
        if self.known(facts) is None:
            return None
        found = self._region(facts)
        return found if found.holds_changes else None

    def utmost(self, bounds: ProbabilityBounds) -> LightMap:
        """All of the box."""
        del bounds
        return self._region({MAP: CERTIFIED})

    def required_probability(self, perturbation: Perturbation, facts: Facts = NO_FACTS) -> float:
        """No probability decides in the box, and none suffices beyond it."""
        return 0.0 if self._region({MAP: CERTIFIED}).contains(perturbation) else IMPOSSIBLE

    def rests_on(self, facts: Facts) -> tuple[tuple[str, str, str], ...]:
        """Cells of each kind."""
        if self.known(facts) is None:
            return ()
        region = self._region(facts)
        status = region.leaves.status
        return (
            ("changes", self.light.formula, "what contrast and brightness mean"),
            ("cells looked at", f"{region.looked:,}", f"of {self.cells:,} at most"),
            ("certified cells", f"{status.count(CERTIFIED):,}", "proved for every change in them"),
            ("violated cells", f"{status.count(VIOLATED):,}", "another answer at their middle"),
            ("open cells", f"{status.count(OPEN):,}", "neither; more cells may decide them"),
        )

    def unchanged(self, class_name: str) -> str:
        """Of the network itself."""
        return f"the model's prediction is '{class_name}'"

    def effect(self, class_name: str) -> str:
        """Of the network itself."""
        return f"changes the model's prediction '{class_name}'"

    def about_in_words(self) -> str:
        """The network itself."""
        return "It is about the model itself, computed layer by layer in exact bounds."

    def rule_in_words(self) -> str:
        """Cell by cell."""
        return "The statement is made only of cells whose bounds leave no other answer."

    def because_in_words(self) -> str:
        """What the claim rests on."""
        return "every certified cell is bounded layer by layer and nothing rests on samples"

    def shortfall_in_words(self, facts: Facts = NO_FACTS) -> str:
        """Nothing is certified: which cells there are."""
        if self.known(facts) is None:
            return ""
        status = self._region(facts).leaves.status
        return (
            f"of the map's cells {status.count(VIOLATED):,} are violated, {status.count(OPEN):,} "
            "are open and none is certified. More cells (--cells), or a smaller box, may tell more."
        )
