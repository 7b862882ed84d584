"""Inputs: a file, a folder, a data set or a name becomes a picture or a node of a graph.

Importing this package loads neither torch nor Pillow; each kind's module is imported when needed.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from engine.errors import UserError
from engine.inputs.base import FittedInput, ImageInput, Pixels, pixels_sha256

if TYPE_CHECKING:
    from engine.inputs.graph import GraphInput
    from engine.records import ModelIdentity


class Kind(NamedTuple):
    """One way in which an input may come.

    Attributes:
        title: for people.
        example: how a spec of this kind is written.
        module: has ``claims(spec) -> bool``, ``load(spec)``, which gives an ``ImageInput`` or a
            ``GraphInput``, and ``expand(spec) -> list[str]``.
    """

    title: str
    example: str
    module: str


KINDS: tuple[Kind, ...] = (
    Kind("shipped handwritten digit", "digits:7", "digits"),
    Kind("node of a graph", "karate:12", "graph"),
    Kind("picture of the lattice attack", "lattice:lit", "lattice"),
    Kind("torchvision data set", "torchvision:CIFAR10:test:17", "datasets"),
    Kind("folder of pictures", "pictures/", "folder"),
    Kind("picture file", "picture.png", "picture"),
)
"""Every kind, in the order of asking: the first that claims a spec reads it; files come last.

Adding a kind is a file and a line here.
"""


def load_input(spec: str) -> ImageInput | GraphInput:
    """The one picture or node that ``spec`` names.

    Raises:
        UserError: there is none, or it cannot be used; one sentence says why.
    """
    found: ImageInput | GraphInput = _reader(spec, "load")(spec)
    return found


def expand(spec: str) -> list[str]:
    """Specs of the single inputs that ``spec`` stands for: many for a folder, data set or graph.

    Raises:
        UserError: the folder or data set cannot be read, or is empty.
    """
    specs: list[str] = _reader(spec, "expand")(spec)
    return specs


def from_bytes(data: bytes, name: str) -> ImageInput:
    """A picture that is in memory, such as one from the clipboard.

    Raises:
        UserError: the bytes are no picture that opens here.
    """
    from engine.inputs.picture import from_bytes as read

    return read(data, name)


def gallery() -> list[str]:
    """Specs of a dozen shipped digits of all ten classes that no shipped model has seen."""
    from engine.inputs.digits import gallery as digits

    return digits()


def fit(given: ImageInput | GraphInput, model: ModelIdentity) -> FittedInput:
    """The input as the model takes it; what that took is said in its identity.

    Raises:
        UserError: the model takes inputs of another kind or size.
    """
    if not isinstance(given, ImageInput):
        from engine.inputs.neighbourhood import fit as surround

        return surround(given, model)
    if model.kind == "graph":
        raise UserError(f"The model '{model.name}' takes a node of a graph, e.g. karate:12.")
    from engine.inputs.adapt import fit as adapt

    return adapt(given, model)


def _reader(spec: str, function: str) -> Callable[[str], Any]:
    modules = (importlib.import_module(f"{__name__}.{kind.module}") for kind in KINDS)
    module = next(module for module in modules if module.claims(spec))
    reader: Callable[[str], Any] = getattr(module, function)
    return reader


__all__ = [
    "KINDS",
    "FittedInput",
    "ImageInput",
    "Kind",
    "Pixels",
    "expand",
    "fit",
    "from_bytes",
    "gallery",
    "load_input",
    "pixels_sha256",
]
