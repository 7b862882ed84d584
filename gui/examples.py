"""What is shipped to choose from: models, and inputs that go with them.

Only the worker thread makes an offer: the inputs are read and drawn.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.records import InputKind

if TYPE_CHECKING:
    from engine.figures import NeighbourhoodFigure
    from engine.inputs.base import Pixels


@dataclass(frozen=True)
class Example:
    """A shipped input for the gallery.

    Attributes:
        pixels: of a picture; None for other inputs.
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


@dataclass(frozen=True)
class _Group:
    """Examples that belong together.

    Attributes:
        inputs: names all of them, or the set they are the first of.
        models: how the names of the shipped models that go with them begin.
    """

    title: str
    inputs: str
    models: str


_GROUPS = (
    _Group("Handwritten digits that no shipped model was trained on", "digits", "demo:digits"),
    _Group("Members of a karate club: nodes of a graph", "karate", "demo:karate"),
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


def _examples(group: _Group, models: Sequence[str]) -> Iterator[Example]:
    from engine.graph_figures import neighbourhood_figure
    from engine.inputs import ImageInput, expand, gallery, load_input

    specs = gallery() if group.inputs == "digits" else expand(group.inputs)
    for given in map(load_input, specs[:_MOST_OF_A_GROUP]):
        picture = isinstance(given, ImageInput)
        yield Example(
            given.source,
            given.name if picture else given.graph.node_name(given.node),
            given.pixels if picture else None,
            None if picture else neighbourhood_figure(given.graph, given.node),
            group=group.title,
            kind=given.kind,
            models=tuple(name for name in models if name.startswith(group.models)),
        )
