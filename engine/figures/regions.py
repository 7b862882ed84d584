"""What is certified, against what it takes: one figure for each kind of region but balls."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from engine.core.records import Record
from engine.core.rounding import round_down, round_up
from engine.evidence.evidence import Evidence
from engine.evidence.settings import RunSettings
from engine.evidence.snapshot import Snapshot
from engine.figures.standing import Standing, ceiling, standing
from engine.regions import CellMap, Count, Perturbation, Region, Staircase
from engine.regions.required_probability import CellsMap, CountMap, StaircaseMap, required_map

R = TypeVar("R", Count, Staircase, CellMap)
M = TypeVar("M", CountMap, StaircaseMap, CellsMap)
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


class _OfRegion(BaseModel, Generic[R, M]):
    """A region and the map of what it takes.

    Attributes:
        needs: p* of every cell.
        region: what is certified now; None if nothing is, or nothing has been run.
        standing: of the run; None before its first bound.
        noise: the scheme's noise in words.
        class_name: of the chosen class; empty before there is one.
    """

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    needs: M
    region: R | None = None
    standing: Standing | None = None
    noise: str = ""
    class_name: str = ""

    def ask(self, perturbation: Perturbation) -> Answer:
        """The inverse view: is it certified, and if not, what would it take?"""
        certified = self.region is not None and self.region.contains(perturbation)
        required = self.needs.scheme.required_probability(perturbation)
        needed = None
        if self.standing is not None and not certified and required < 1:
            needed = self.standing.votes_needed(required)
        words = _in_words(self.standing, required, needed, certified=certified)
        return Answer(certified=certified, required=required, needed=needed, words=words)


class CountFigure(_OfRegion[Count, CountMap]):
    """Which counts are certified, over p* of every count."""


class StaircaseFigure(_OfRegion[Staircase, StaircaseMap]):
    """The certified strength of every count, over p* of every count and strength."""


class CellsFigure(_OfRegion[CellMap, CellsMap]):
    """The certified cells, over p* of every cell."""


RegionFigure = CountFigure | StaircaseFigure | CellsFigure


def region_figure(source: Snapshot | Evidence, class_names: tuple[str, ...]) -> RegionFigure | None:
    """The image of a run's region; None for balls, and where nothing can be certified."""
    if source.settings is None:
        return None
    stands = standing(source)
    name = class_names[source.bounds.top] if source.bounds is not None else ""
    return _figure(source.settings, source.region, stands, name)


def preview_figure(settings: RunSettings) -> RegionFigure | None:
    """What a run under ``settings`` could certify, before there is one."""
    return _figure(settings, None, None, "")


def _figure(
    settings: RunSettings, region: Region | None, stands: Standing | None, class_name: str
) -> RegionFigure | None:
    if settings.scheme.region_kind == "ball":
        return None
    needs = required_map(settings.scheme, ceiling(settings))
    words = settings.scheme.noise_in_words()
    facts: dict[str, Any] = {"standing": stands, "noise": words, "class_name": class_name}
    if isinstance(needs, CountMap):
        return CountFigure(needs=needs, region=_if(region, Count), **facts)
    if isinstance(needs, StaircaseMap):
        return StaircaseFigure(needs=needs, region=_if(region, Staircase), **facts)
    if isinstance(needs, CellsMap):
        return CellsFigure(needs=needs, region=_if(region, CellMap), **facts)
    return None


def _if(region: Region | None, kind: type[R]) -> R | None:
    return region if isinstance(region, kind) else None


def _in_words(
    stands: Standing | None, required: float, needed: int | None, *, certified: bool
) -> str:
    if certified:
        return "certified"
    if required >= 1:
        return "out of reach: no probability suffices under this noise"
    takes = f"takes p_lower above {round_up(required, _DIGITS)}"
    if stands is None:
        return takes
    if needed is None:
        share = round_down(100 * stands.k / stands.n, 1) if stands.n else "0"
        return f"out of reach: {takes}, and the class holds {share} % of the votes"
    more = "" if needed <= stands.n_plan else ", more than planned"
    return f"not certified: {takes}; about n = {_about(needed)}{more}, if the shares stay"


def _about(n: int) -> str:
    """Two leading digits, rounded up."""
    unit = 10 ** max(0, len(str(n)) - 2)
    return f"{-(-n // unit) * unit:,}"
