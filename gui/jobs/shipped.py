"""What is shipped to choose from: models, and inputs that go with them.

Only the worker thread makes an offer: the inputs are read and drawn.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.core.records import InputKind

if TYPE_CHECKING:
    from engine.figures.graphs import NeighbourhoodFigure
    from engine.inputs import GivenInput
    from engine.inputs.base import Pixels


@dataclass(frozen=True)
class Example:
    """A shipped input for the gallery.

    Attributes:
        pixels: of its image; None without one.
        around: of a node: what is around it.
        group: what it is one of, as a heading.
        kind: of input.
        models: shipped models that go with it, the most telling one first.
    """

    spec: str
    title: str
    pixels: Pixels | None
    around: NeighbourhoodFigure | None = None
    group: str = ""
    kind: InputKind = "image"
    models: tuple[str, ...] = ()

    @property
    def of(self) -> str:
        """The set it is of: ``digits`` for ``digits:52``."""
        return set_of(self.spec)


def set_of(spec: str) -> str:
    """The name of the set that an input is one of."""
    return spec.partition(":")[0]


@dataclass(frozen=True)
class _Group:
    """Examples that belong together.

    Attributes:
        inputs: names all of them, or the set they are the first of.
        models, more: how the names of the shipped models that go with them begin.
    """

    title: str
    inputs: str
    models: str
    more: str = "\0"

    def fit(self, model: str) -> int:
        """How long the beginning is that a model's name has; 0 where it has none."""
        fitting = [one for one in (self.models, self.more) if model.startswith(one)]
        return max(map(len, fitting), default=0)


_GROUPS = (
    _Group("Handwritten digits that no shipped model was trained on", "digits", "demo:digits"),
    _Group(
        "The same digits with 16 by 16 pixels",
        "digits16",
        "demo:digits-rotation",
        "demo:digits-clean",
    ),
    _Group("Photographs of ten kinds of things (CIFAR-10)", "cifar10", "demo:cifar10"),
    _Group("Drawn aircraft, for a detector of keypoints", "aircraft", "demo:aircraft"),
    _Group("Members of a karate club: nodes of a graph", "karate", "demo:karate"),
    _Group("Drawn signs, for a generative model commands", "commands", "demo:commands"),
    _Group("Images with an instruction, safe or not", "filter", "demo:filter"),
    _Group("Letters to a shop, sorted by their matter", "letters", "demo:letters"),
    _Group("Rows of a table of numbers and categories", "mixed", "demo:mixed"),
    _Group("Tumours: rows of 30 numbers", "breast-cancer", "demo:breast-cancer"),
    _Group("Patients: rows of ten columns, for a regression", "diabetes", "demo:diabetes"),
    _Group("A classifier that fools floating-point noise", "lattice:", "demo:lattice"),
)
_MOST_OF_A_GROUP = 12


@dataclass(frozen=True)
class Offer:
    """What the engine has to choose from.

    Attributes:
        models: (spec, title) of the shipped ones.
        normalizations: names for files that do not say.
        gallery: shipped inputs.
    """

    models: tuple[tuple[str, str], ...] = ()
    normalizations: tuple[str, ...] = ()
    gallery: tuple[Example, ...] = ()

    def example_for(self, model: str) -> Example | None:
        """The first input that goes with a shipped model."""
        return next((example for example in self.gallery if model in example.models), None)

    def models_for(self, spec: str) -> tuple[str, ...]:
        """The shipped models that an input of a shipped set goes with."""
        known = (one.models for one in self.gallery if one.of == set_of(spec))
        return next(known, ())


def offered() -> Offer:
    """What there is to choose from."""
    from typing import get_args

    from engine.models.demo import catalogue
    from engine.models.request import NormalizeName

    models = tuple((model.name, model.title) for model in catalogue())
    names = [name for name, _ in models]
    return Offer(
        models=models,
        normalizations=get_args(NormalizeName),
        gallery=tuple(example for group in _GROUPS for example in _examples(group, names)),
    )


def _examples(group: _Group, shipped: Sequence[str]) -> Iterator[Example]:
    from engine.inputs import expand_shipped, load_input
    from engine.inputs.node import FITTING
    from engine.inputs.shipped import gallery

    fitting = (name for name in shipped if _group_of(name) is group)
    models = tuple(sorted(fitting, key=lambda name: name != FITTING))  # the one a refusal names
    if not models:
        return
    digits = group.inputs.startswith("digits")
    specs = gallery(group.inputs) if digits else expand_shipped(group.inputs)
    for given in map(load_input, specs[:_MOST_OF_A_GROUP]):
        yield Example(
            given.source,
            _titled(given),
            _pixels(given),
            _around(given),
            group=group.title,
            kind=given.kind,
            models=models,
        )


def _group_of(model: str) -> _Group | None:
    """The group whose beginning of a name fits best."""
    best = max(_GROUPS, key=lambda group: group.fit(model))
    return best if best.fit(model) else None


def _titled(given: GivenInput) -> str:
    if given.kind == "graph":
        return given.graph.node_name(given.node)
    return given.text if given.kind in ("text", "pair") else given.name


def _pixels(given: GivenInput) -> Pixels | None:
    if given.kind == "pair":
        return given.image.pixels
    return given.pixels if given.kind == "image" else None


def _around(given: GivenInput) -> NeighbourhoodFigure | None:
    from engine.figures.graph_layout import neighbourhood_figure

    return neighbourhood_figure(given.graph, given.node) if given.kind == "graph" else None
