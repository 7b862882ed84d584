"""What is certified, against the required p_lower, for every kind of region."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any, Generic, TypeVar

import numpy.typing as npt
from pydantic import BaseModel, ConfigDict

from engine.core.errors import UserError
from engine.core.nouns import of_kind
from engine.core.records import Record
from engine.core.rounding import round_down, round_up
from engine.core.text import class_in_words
from engine.evidence.evidence import Evidence
from engine.evidence.run_view import RunView
from engine.evidence.settings import RunSettings
from engine.figures.attacked import AttackMark, attack_mark
from engine.figures.media import ImageMedium
from engine.figures.standing import Standing, ceiling, standing
from engine.regions import Perturbation, Region
from engine.regions.required_probability import RequiredMap, required_map
from engine.schemes.base import NO_FACTS, Facts
from engine.schemes.of_input import OfInput

M = TypeVar("M", bound=RequiredMap[Any])
_DIGITS = 4


class Answer(Record):
    """What is known of one perturbation.

    Attributes:
        certified: whether it is certified now.
        required: p*: what p_lower must exceed; more than 1 where nothing suffices.
        needed: about the n at which it would be certified if the votes keep their shares; None
            where it is certified already or never will be.
        words: all that as one sentence.
    """

    certified: bool
    required: float
    needed: int | None = None
    words: str


class Beside(Record):
    """What another run certifies, in the parameters of the one that is drawn.

    Attributes:
        words: for a legend.
        outline: its border.
        attack: where an attack on it lies; None without one, or outside what is drawn.
    """

    words: str
    outline: tuple[tuple[float, float], ...]
    attack: tuple[float, float] | None = None


class RegionFigure(BaseModel, Generic[M]):
    """A region and the map of required p_lower.

    Attributes:
        needs: p* of every cell; says what is drawn, and how.
        region: what is certified now, of the kind of ``needs.utmost``; None if nothing is, or
            nothing has been run.
        drawn: a map of the same kind that certifies nothing, and is drawn all the same.
        standing: of the run; None before its first bound.
        noise: the scheme's noise in words.
        class_name: of the chosen class; empty before there is one.
        asked: perturbations that the run was asked about.
        run: it belongs to a run, and not to a form.
        attack: the smallest change that an attack found.
        beside: what other runs certify of the same image.
    """

    model_config = ConfigDict(frozen=True, defer_build=True, arbitrary_types_allowed=True)

    needs: M
    region: Any = None
    drawn: Any = None
    standing: Standing | None = None
    noise: str = ""
    class_name: str = ""
    asked: tuple[Perturbation, ...] = ()
    run: bool = False
    attack: AttackMark | None = None
    beside: tuple[Beside, ...] = ()

    @property
    def picture(self) -> str:
        """How it is drawn (``Region.picture``)."""
        utmost: Region = self.needs.utmost
        return utmost.picture if utmost.picture != "slice" else "terms"

    @property
    def seen(self) -> Any:
        """What is drawn: what is certified, else the map that certifies nothing."""
        return self.drawn if self.region is None else self.region

    @property
    def subtitle(self) -> str:
        """The certified class, and the noise."""
        name = class_in_words(self.class_name)
        return " · ".join(filter(None, (name, self.noise)))

    @property
    def reach(self) -> float | None:
        """What p_lower becomes if all votes to come are for the class; None where none come."""
        stands = self.standing
        return stands.p_reach if stands is not None and stands.unfinished else None

    @property
    def provisional(self) -> float | None:
        """p_lower where it is no claim; None where it is one."""
        stands = self.standing
        return stands.p_lower if stands is not None and not stands.valid else None

    @property
    def claim(self) -> str:
        """What is certified, in the few words of a caption."""
        if self.refuted and self.region is not None:
            return f"stated and refuted by an attack: {self.region.headline()}"
        return self.region.headline() if self.region is not None else "nothing is certified"

    @property
    def refuted(self) -> bool:
        """Whether an attack lies inside the region."""
        return self.attack is not None and self.attack.refutes

    def pictured(
        self, pixels: npt.NDArray[Any] | None, perturbation: Perturbation
    ) -> ImageMedium | None:
        """An image after a perturbation; None where that leaves its attacker a choice.

        Args:
            pixels: (C, H, W) as the model takes it; None for another input.
            perturbation: certified or not.
        """
        if pixels is None:
            return None
        moved = self.needs.scheme.transformed(pixels, perturbation)
        return None if moved is None else ImageMedium.of(moved)

    def ask(self, perturbation: Perturbation) -> Answer:
        """The inverse view: is it certified, and if not, what would it take?"""
        certified = self.region is not None and self.region.contains(perturbation)
        required = self.needs.scheme.required_probability(perturbation)
        if self.refuted:
            words = "nothing is certified: an attack lies inside what is stated"
            return Answer(certified=False, required=required, words=words)
        needed = None
        if self.standing is not None and not certified and required < 1:
            needed = self.standing.votes_needed(required)
        words = _in_words(self.standing, required, needed, certified=certified)
        return Answer(certified=certified, required=required, needed=needed, words=words)


def region_figure(
    view: RunView, class_names: tuple[str, ...], kind: str = ""
) -> RegionFigure[Any] | None:
    """The image of a run's region, in the words of a kind of input; evidence knows its own.

    None where a slice through the image shows it, and where nothing can be certified.
    """
    name = class_names[view.bounds.top] if view.bounds is not None else ""
    texts = (*filter(None, (view.settings.target,)), *view.certified_at)
    found = _figure(view.settings, view.region, view.facts)
    if found is not None:
        found = _in_nouns(found, view.input.kind if isinstance(view, Evidence) else kind)
    facts = {
        "standing": standing(view),
        "class_name": name,
        "asked": _asked(view.settings, texts),
        "run": True,
        "attack": attack_mark(view),
    }
    if found is None:
        return None
    known = view.settings.scheme.known(view.facts)
    drawn = None if known is None else known.drawn
    if isinstance(drawn, type(found.needs.utmost)):
        facts["drawn"] = drawn
    return found.model_copy(update=facts)


def _in_nouns(figure: RegionFigure[Any], kind: str) -> RegionFigure[Any]:
    """The figure in the words of one kind of input."""
    utmost = figure.needs.utmost.for_kind(kind)
    # what is drawn of the same map need not be drawn again
    same = not kind or utmost is figure.needs.utmost
    needs = figure.needs if same else replace(figure.needs, utmost=utmost)
    region = None if figure.region is None else figure.region.for_kind(kind)
    words = {"needs": needs, "region": region, "noise": of_kind(figure.noise, kind)}
    return figure.model_copy(update=words)


def preview_figure(settings: RunSettings, kind: str = "") -> RegionFigure[Any] | None:
    """What a run under ``settings`` could certify of a kind of input, before there is one."""
    found = _figure(settings, None)
    return None if found is None else _in_nouns(found, kind)


def _figure(
    settings: RunSettings, region: Region | None, facts: Facts = NO_FACTS
) -> RegionFigure[Any] | None:
    scheme = settings.scheme
    if scheme.region_type.picture_for(scheme.inputs) == "slice":
        return None
    certifier = OfInput.of(scheme, facts) if facts and scheme.region_type.of_input else scheme
    needs = required_map(certifier, ceiling(settings))
    if needs is None:
        return None
    # evidence that somebody wrote may hold a region that its scheme does not make
    own = region if isinstance(region, type(needs.utmost)) else None
    return RegionFigure[Any](needs=needs, region=own, noise=scheme.noise_in_words())


def _asked(settings: RunSettings, texts: tuple[str, ...]) -> tuple[Perturbation, ...]:
    """The perturbations that can be read and name all of the scheme's terms, each once."""
    found: list[Perturbation] = []
    for text in texts:
        try:
            change = settings.scheme.parse_at(text)
        except UserError:
            continue
        if set(change) == set(settings.scheme.terms) and change not in found:
            found.append(change)
    return tuple(found)


def _in_words(
    stands: Standing | None, required: float, needed: int | None, *, certified: bool
) -> str:
    if certified:
        return "certified"
    if required >= 1:
        return "out of reach: no probability suffices under this noise"
    digits = max(_DIGITS, 1 + math.ceil(-math.log10(1 - required)))  # close to 1 it is no 1
    takes = f"requires p_lower above {round_up(required, digits)}"
    if stands is None:
        return takes
    if stands.computed:
        return f"not certified: {takes}, and {round_down(stands.p_lower, digits)} is computed"
    if needed is None:
        share = round_down(100 * stands.k / stands.n, 1) if stands.n else "0"
        return f"out of reach: {takes}, and the class holds {share} % of the votes"
    more = "" if needed <= stands.n_plan else ", more than planned"
    return f"not certified: {takes}; about n = {_about(needed)}{more}, if the shares stay"


def _about(n: int) -> str:
    """Two leading digits, rounded up."""
    unit = 10 ** max(0, len(str(n)) - 2)
    return f"{-(-n // unit) * unit:,}"
