"""Inputs: a file, a folder, a data set or a name becomes what a model takes.

An image, a node of a graph, a text, an image with a text, or a row of a table.

Importing this package loads neither torch nor Pillow; each kind's module is imported when needed.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from engine.core.errors import UserError
from engine.core.files import sha256_bytes
from engine.inputs.base import FittedInput, ImageInput, Pixels, pixels_sha256
from engine.inputs.labels import read_rule, split_rule, with_rule

if TYPE_CHECKING:
    from engine.core.records import InputKind, ModelIdentity
    from engine.inputs.base import PairInput
    from engine.inputs.coding import Coding
    from engine.inputs.node import GraphInput
    from engine.inputs.table import TableInput
    from engine.inputs.text import TextInput

    GivenInput = ImageInput | GraphInput | TextInput | PairInput | TableInput


Item = TypeVar("Item")

_TRIED = 20
"""Inputs of a set that are tried before it is given up."""


class Kind(NamedTuple):
    """One way in which an input may come.

    Attributes:
        title: for people.
        example: how a spec of this kind is written.
        module: has ``claims(spec) -> bool``, ``load(spec)``, which gives one of the
            ``GivenInput``, and ``expand(spec) -> list[str]``.
    """

    title: str
    example: str
    module: str


KINDS: tuple[Kind, ...] = (
    Kind("shipped handwritten digit", "digits:7", "shipped"),
    Kind("shipped image with an instruction", "filter:12", "shipped"),
    Kind("drawn sign", "commands:5", "shipped"),
    Kind("made-up letter to a shop", "letters:4", "shipped"),
    Kind("text in a file, or the words themselves", "text:the words", "text"),
    Kind("image with a text", "pair:photo.png|the words", "pair"),
    Kind("row of a table", "rows.csv:3", "rows"),
    Kind("image of an array", "x_test.npy:3", "arrays"),
    Kind("node of a graph", "karate:12", "node"),
    Kind("image of the lattice attack", "lattice:lit", "shipped"),
    Kind("torchvision data set", "torchvision:CIFAR10:test:17", "datasets"),
    Kind("folder of images", "images/", "folder"),
    Kind("image file", "image.png", "image"),
)
"""Every kind, in the order of asking: the first that claims a spec reads it; files come last.

Adding a kind is a file and a line here.
"""


def load_input(spec: str) -> GivenInput:
    """The one image, node, text, pair or row that ``spec`` names.

    Raises:
        UserError: there is none, or it cannot be used; one sentence says why.
    """
    plain, rule = split_rule(spec)
    plain = local(plain)
    found: GivenInput = _reader(plain, "load")(plain)
    if not rule:
        return found
    return replace(found, source=with_rule(found.source, rule), label_rule=read_rule(rule))


def load_first(specs: Sequence[str]) -> GivenInput:
    """The first input of a set that opens: one damaged file is no reason to refuse a folder.

    Raises:
        UserError: what is wrong with the very first, if none of the first few opens.
    """
    first: UserError | None = None
    for spec in specs[:_TRIED]:
        try:
            return load_input(spec)
        except UserError as error:
            first = first or error
    raise first or UserError("There is no input in it.")


def expand(spec: str) -> list[str]:
    """Specs of the single inputs that ``spec`` stands for: many for a folder, set or table.

    Raises:
        UserError: the folder or data set cannot be read, or is empty.
    """
    plain, rule = split_rule(spec)
    specs = expand_shipped(local(plain))
    return [with_rule(one, rule) for one in specs] if rule else specs


def expand_shipped(name: str) -> list[str]:
    """The same for a shipped set, whatever lies in the current folder under its name."""
    specs: list[str] = _reader(name, "expand")(name)
    return specs


def local(spec: str) -> str:
    """The spec of what lies in the current folder under a shipped set's name, else the spec.

    >>> local("digits:7")
    'digits:7'
    """
    if not spec.isidentifier() or not Path(spec).exists():
        return spec
    beside = f"./{spec}"
    return spec if _module(spec) is _module(beside) else beside


def spread(items: Sequence[Item], most: int | None) -> Sequence[Item]:
    """``most`` of some items, evenly over all of them (sets are often sorted by class); None: all.

    Args:
        items: to take from.
        most: 1 or more.
    """
    if most is None or len(items) <= most:
        return items
    return [items[place * len(items) // most] for place in range(most)]


def drawn(items: Sequence[Item], most: int, seed: int) -> Sequence[Item]:
    """``most`` of some items by lot, without replacement; all of them where there are no more.

    The lot of the item at place i is SHA-256 of ``seed:i``, and the smallest win. They come in the
    order of their lots, so that the first few of them are a random draw as well.

    Args:
        items: to draw from.
        most: 1 or more.
        seed: decides the lots.

    Raises:
        UserError: ``most`` is less than 1.
    """
    if most < 1:
        raise UserError(f"--limit must be 1 or more (it was {most}).")
    if len(items) <= most:
        return items
    lots = sorted(range(len(items)), key=lambda i: sha256_bytes(f"{seed}:{i}".encode()))
    return [items[place] for place in lots[:most]]


def fit(given: GivenInput, model: ModelIdentity, coding: Coding | None = None) -> FittedInput:
    """The input as the model takes it; what that took is said in its identity.

    Args:
        given: an input.
        model: that shall take it.
        coding: what the model reads texts or tables with (``Classifier.coding``); see
            ``engine.models.fitted``.

    Raises:
        UserError: the model takes inputs of another kind or size.
    """
    from engine.inputs import fitting, node

    if isinstance(given, node.GraphInput):
        return node.fit(given, model)
    if given.kind != model.kind:
        raise UserError(
            f"The model '{model.name}' takes {_TAKES[model.kind]}; {given.source[:200]} is "
            f"{_TAKES[given.kind].partition(',')[0]}."
        )
    if isinstance(given, ImageInput):
        return fitting.fit(given, model)
    return fitting.fit_coded(given, model, coding)


_TAKES: dict[InputKind, str] = {
    "image": "an image, e.g. digits:7",
    "graph": "a node of a graph, e.g. karate:12",
    "text": "a text, e.g. text:the words",
    "pair": "an image with a text, e.g. filter:12",
    "table": "a row of a table, e.g. mixed:5",
}


def _reader(spec: str, function: str) -> Callable[[str], Any]:
    reader: Callable[[str], Any] = getattr(_module(spec), function)
    return reader


def _module(spec: str) -> Any:
    modules = (importlib.import_module(f"{__name__}.{kind.module}") for kind in KINDS)
    return next(module for module in modules if module.claims(spec))


__all__ = [
    "KINDS",
    "FittedInput",
    "ImageInput",
    "Kind",
    "Pixels",
    "drawn",
    "expand",
    "fit",
    "load_first",
    "load_input",
    "spread",
    "pixels_sha256",
]
