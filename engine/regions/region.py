"""What every kind of region answers, and the one table of kinds."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping
from typing import Any, ClassVar, Literal, NamedTuple, Self

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from engine.core.record import much_derived
from engine.core.records import Record
from engine.core.rounding import round_down
from engine.regions.base import Perturbation
from engine.regions.conversion import Conversion
from engine.regions.required_probability import Certifier, RequiredMap
from engine.regions.terms import TermsMap

Norm = Literal["l1", "l2", "linf"]

REGIONS: dict[str, type[Region]] = {}
"""Every kind of region by its name: to define a class of regions is to enter it here."""
_ELSEWHERE: list[Callable[[], object]] = []
"""Each loads files that have kinds of their own."""

UNLIMITED = 1e6
"""A size that is certified although it is this large has no limit."""
_DIGITS = 3
_FINE = 1e-12


class Budget(NamedTuple):
    """What a perturbation allows an attack to do; None where it sets no such limit.

    Attributes:
        things: pixels, nodes, words or fields that it may touch.
        additions, deletions: values that it may turn from 0 to 1, and from 1 to 0.
        strength: how far it may move numbers, in ``norm``.
        norm: empty where no number may move.
        moves: the parameters of a transformation, which leaves an attack no choice.
    """

    things: int | None = None
    additions: int | None = None
    deletions: int | None = None
    strength: float = 0.0
    norm: str = ""
    moves: Perturbation | None = None


class Trail(NamedTuple):
    """What a run that goes along a term has left there.

    Attributes:
        anchors: values at which votes were drawn that the region rests on.
        failed: stretches that were given up, from end to end.
    """

    anchors: tuple[float, ...] = ()
    failed: tuple[tuple[float, float], ...] = ()


@much_derived
class Region(Record, ABC):
    """A set of certified perturbations.

    A new kind is a class with a ``kind`` of its own, in a file of regions or of the scheme that
    makes it. What it does not say itself has an answer here that serves: it is drawn term by term.

    Attributes:
        kind: names the class in evidence.
    """

    kind: str

    picture: ClassVar[str] = "terms"
    """How it is drawn: as ``terms`` (an interval for each), ``bars``, ``map`` or ``slice``."""
    measured: ClassVar[str] = "size of the change"
    """What :meth:`sizes` measure."""
    counts: ClassVar[bool] = False
    """Whether these are whole numbers."""
    of_input: ClassVar[bool] = False
    """Whether its map of required p_lower is one of a single input, by the facts of a run."""
    signs: ClassVar[tuple[int, ...]] = (1,)
    """The directions of its terms; -1 among them where they are signed."""
    of_one_change: ClassVar[str] = ""
    """What an answer about one change leaves open, where smaller ones may be answered otherwise."""

    @classmethod
    def picture_for(cls, inputs: Collection[str]) -> str:
        """How it is drawn for a scheme that takes these kinds of input: a slice needs an image."""
        return cls.picture if cls.picture != "slice" or "image" in inputs else "terms"

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        kind = cls.model_fields["kind"].default
        if isinstance(kind, str):
            REGIONS[kind] = cls

    @property
    @abstractmethod
    def terms(self) -> tuple[str, ...]:
        """The terms of its perturbations."""

    @abstractmethod
    def contains(self, perturbation: Perturbation) -> bool:
        """Whether a perturbation is certified."""

    @abstractmethod
    def clause(self, subject: str) -> str:
        """The certified set in words: ``no change of this image ...``."""

    @abstractmethod
    def headline(self) -> str:
        """The numbers on screen, rounded down."""

    @abstractmethod
    def note(self) -> str:
        """What the headline's numbers are."""

    @property
    def holds_changes(self) -> bool:
        """Whether anything but the unchanged input is certified."""
        return any(self.furthest(term, sign) > 0 for term in self.terms for sign in self.signs)

    @property
    def certified_radius(self) -> float | None:
        """The radius of a ball, at full precision; None for regions that are none."""
        return None

    @property
    def certified_norm(self) -> Norm | None:
        """The norm of a ball; None for regions that are none."""
        return None

    def furthest(self, term: str, sign: int = 1) -> float:
        """The largest size of one term, all others 0, for which all smaller ones are certified.

        Args:
            term: one of ``terms``.
            sign: -1 for changes in the negative direction.

        Returns:
            A size that is certified itself, to a part in 10^12 below the limit; 0 where none is,
            infinite where all are.
        """

        def holds(size: float) -> bool:
            return self.contains({**dict.fromkeys(self.terms, 0.0), term: sign * size})

        return largest(holds)

    def for_kind(self, kind: str) -> Self:
        """The same in the words of one kind of input, for people; evidence keeps the region's."""
        del kind
        return self

    def sizes(self) -> dict[str, float]:
        """Its certified sizes by name, for curves over many inputs and for tables."""
        return {term: self.furthest(term) for term in self.terms}

    def changes(self) -> tuple[Perturbation, ...]:
        """The largest certified perturbations to show, from small to large.

        Strengths are rounded down, so that every one lies inside.
        """
        return tuple(
            {**dict.fromkeys(self.terms, 0.0), term: sign * inside(size)}
            for term in self.terms
            for sign in self.signs
            if 0 < (size := self.furthest(term, sign)) < UNLIMITED
        )

    def trail(self, term: str) -> Trail:
        """What a run along a term has left there; nothing where votes are drawn at one place."""
        del term
        return Trail()

    def edge(self) -> list[tuple[float, float]]:
        """Its border in the plane of its two terms, above no change of the second.

        Empty where the first one counts: then steps say it.
        """
        return []

    def describe(self, change: Perturbation) -> str:
        """A perturbation in few words."""
        return ", ".join(f"{term} {change[term]:.{_DIGITS}f}" for term in self.terms)

    def counterexample(self) -> Perturbation | None:
        """The smallest change that is known to give another answer; None where none is known."""
        return None

    def budget(self, change: Perturbation) -> Budget | None:
        """What a perturbation allows an attack to do; None where it speaks of something else."""
        del change
        return None

    def before(self, conversion: Conversion) -> Region | None:
        """The changes of the image in the file that stay inside; None where none are known.

        Args:
            conversion: of the file's image to the one that the region is about.
        """
        del conversion
        return None

    def unit_of(self, term: str) -> str:
        """What a term counts, in the plural: ``fields`` for the words of a table."""
        return term

    def required_map(self, scheme: Certifier, ceiling: float) -> RequiredMap[Any] | None:
        """p* over perturbations like its own, of which it is the utmost; None if it has none.

        Args:
            scheme: that made it.
            ceiling: the p_lower that it was made for.
        """
        return TermsMap.of(scheme, ceiling, self)

    @staticmethod
    def parse(value: Any) -> Region:
        """A region, or one from its written form, ``{"kind": "ball", "radius": 0.5, ...}``.

        Raises:
            ValueError: there is no such kind, or a field of it is wrong.
        """
        if isinstance(value, Region):
            return value
        kind = value.get("kind") if isinstance(value, Mapping) else None
        if not isinstance(kind, str) or (kind not in REGIONS and kind not in every_kind()):
            known = ", ".join(every_kind())
            raise ValueError(f"no kind of region is called {kind!r}; there are: {known}")
        return REGIONS[kind].model_validate(value)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        if Record not in cls.__bases__:  # a kind of region
            return handler(source)
        anything = core_schema.simple_ser_schema("any")  # as the kind at hand is written
        return core_schema.no_info_plain_validator_function(cls.parse, serialization=anything)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        if Record not in cls.__bases__:
            return handler(schema)
        return {"anyOf": [handler(kind.__pydantic_core_schema__) for kind in shipped_kinds()]}


def derived_elsewhere(load: Callable[[], object]) -> None:
    """Have files loaded that derive kinds of their own, before a kind is said to be unknown."""
    _ELSEWHERE.append(load)


def every_kind() -> dict[str, type[Region]]:
    """All kinds by their names, those of files that were not loaded yet among them."""
    for load in _ELSEWHERE:
        load()
    return REGIONS


def shipped_kinds() -> list[type[Region]]:
    """The kinds that come with the program, not with somebody's scheme, by their names."""
    kinds = sorted(every_kind().items())  # files are loaded in the order of whoever asks for them
    return [kind for _, kind in kinds if kind.__module__.startswith("engine.")]


def radius_of(region: Region | None) -> float | None:
    """The certified radius at full precision; None without a region, or where it is no ball."""
    return None if region is None else region.certified_radius


def largest(holds: Callable[[float], bool]) -> float:
    """The largest size that holds if all smaller ones do; see :meth:`Region.furthest`."""
    if holds(UNLIMITED):
        return math.inf
    low, high = _FINE, UNLIMITED
    if not holds(low):
        return 0.0
    while high / low > 1 + _FINE:
        middle = math.sqrt(low * high)
        if middle in (low, high):
            break
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low


def inside(size: float) -> float:
    """A size below ``size``, to three decimals where that leaves anything."""
    rounded = float(round_down(math.nextafter(size, 0.0), _DIGITS))
    return rounded or size / 2
