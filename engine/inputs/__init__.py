"""Inputs: a file, a folder, a data set or a name becomes a picture.

Importing this package loads neither torch nor Pillow; each kind's module is imported when needed.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from engine.inputs.base import FittedInput, ImageInput, Pixels, pixels_sha256

if TYPE_CHECKING:
    from engine.records import ModelIdentity


class Kind(NamedTuple):
    """One way in which a picture may come.

    Attributes:
        title: for people.
        example: how a spec of this kind is written.
        module: has ``claims(spec) -> bool``, ``load(spec) -> ImageInput`` and
            ``expand(spec) -> list[str]``.
    """

    title: str
    example: str
    module: str


KINDS: tuple[Kind, ...] = (
    Kind("shipped handwritten digit", "digits:7", "digits"),
    Kind("torchvision data set", "torchvision:CIFAR10:test:17", "datasets"),
    Kind("folder of pictures", "pictures/", "folder"),
    Kind("picture file", "picture.png", "picture"),
)
"""Every kind, in the order of asking: the first that claims a spec reads it; files come last.

Adding a kind is a file and a line here.
"""


def load_input(spec: str) -> ImageInput:
    """The one picture that ``spec`` names.

    Raises:
        UserError: there is none, or it cannot be used; one sentence says why.
    """
    image: ImageInput = _reader(spec, "load")(spec)
    return image


def expand(spec: str) -> list[str]:
    """Specs of the single pictures that ``spec`` stands for: many for a folder or a data set.

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


def fit(image: ImageInput, model: ModelIdentity) -> FittedInput:
    """The picture in the model's channels and size; what that took is said in its identity.

    Raises:
        UserError: the model takes neither grey nor RGB pictures.
    """
    from engine.inputs.adapt import fit as adapt

    return adapt(image, model)


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
