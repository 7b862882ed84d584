"""What a program may hand over as an input, and as a set of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.core.errors import UserError
from engine.inputs import expand, load_input, spread
from engine.inputs.memory import from_memory, is_in_memory

if TYPE_CHECKING:
    from engine.inputs import GivenInput

_WANTED = (
    "give a DataLoader or Dataset of (image, label), a pair (images, labels), or paths and names "
    "of inputs"
)


@dataclass(frozen=True)
class Named:
    """One input of a set: its name, and what it is or where it is read."""

    name: str
    given: GivenInput | None = None

    def read(self) -> GivenInput:
        """The input.

        Raises:
            UserError: it cannot be read.
        """
        return load_input(self.name) if self.given is None else self.given


def one(x: Any, *, name: str = "", label: int | None = None) -> GivenInput:
    """One input: a tensor, an array, an image of Pillow, or a path or name as the flags take it.

    Raises:
        UserError: it is none of these, or cannot be used.
    """
    if isinstance(x, str | Path):
        return load_input(str(x))
    if is_in_memory(x):
        return from_memory(x, name=name, label=label)
    raise UserError(
        f"An object of type {type(x).__name__} is not an input; give a tensor, an array, an "
        "image of Pillow, or a path or name such as digits:7."
    )


def several(inputs: Any, limit: int | None) -> list[Named]:
    """The inputs of a set, named; images in memory are held there.

    Args:
        inputs: see :meth:`engine.api.smoothed.Smoothed.certify_dataset`.
        limit: the largest number taken: evenly over paths and sequences, the first of a loader.

    Raises:
        UserError: there are none, or one cannot be used.
    """
    if limit is not None and limit < 1:
        raise UserError(f"limit must be 1 or more (it was {limit}).")
    found = _specs(inputs, limit)
    if found is None:
        pairs = enumerate(_pairs(inputs, limit))
        found = [_named(place, image, label) for place, (image, label) in pairs]
    if not found:
        raise UserError("The set is empty.")
    return found


def _specs(inputs: Any, limit: int | None) -> list[Named] | None:
    """Paths and names, folders and data sets opened up; None where the inputs are no texts."""
    texts = [inputs] if isinstance(inputs, str | Path) else inputs
    if not isinstance(texts, list | tuple) or not all(isinstance(t, str | Path) for t in texts):
        return None
    return [Named(spec) for spec in spread([s for t in texts for s in expand(str(t))], limit)]


def _named(place: int, image: Any, label: Any) -> Named:
    name = f"sample {place}"
    if not is_in_memory(image):
        raise UserError(f"The {name} is a {type(image).__name__} and no image; {_WANTED}.")
    return Named(name, from_memory(image, name=name, label=_index(label, name)))


def _index(label: Any, name: str) -> int | None:
    if label is None:
        return None
    try:
        index = int(label)
        whole = not isinstance(label, bool) and bool(index == label)
    except (TypeError, ValueError, RuntimeError, OverflowError):
        whole = False
    if not whole:
        raise UserError(f"The label of the {name} must be the index of its class.")
    return index


def _pairs(inputs: Any, limit: int | None) -> Iterator[tuple[Any, Any]]:
    """Images with their labels; None where there are none."""
    if type(inputs).__name__ == "DataLoader":
        yield from islice((pair for batch in inputs for pair in _of_batch(batch)), limit)
    elif is_in_memory(inputs) or _is_batch(inputs):
        yield from spread(list(_of_batch(inputs)), limit)
    elif hasattr(inputs, "__len__") and hasattr(inputs, "__getitem__"):
        yield from (_pair(inputs[place]) for place in spread(range(len(inputs)), limit))
    elif isinstance(inputs, Iterable):
        yield from islice(map(_pair, inputs), limit)
    else:
        raise UserError(f"A {type(inputs).__name__} is no set of inputs; {_WANTED}.")


def _of_batch(batch: Any) -> Iterator[tuple[Any, Any]]:
    images, labels = _pair(batch)
    if len(np.shape(images)) != 4:
        raise UserError(f"A batch of images has four dimensions; {_WANTED}.")
    if labels is not None and len(labels) != len(images):
        raise UserError(f"There are {len(images)} images and {len(labels)} labels.")
    yield from zip(images, [None] * len(images) if labels is None else labels, strict=True)


def _is_batch(inputs: Any) -> bool:
    """Whether these are images and their labels, not a list of two items of a set."""
    pair = isinstance(inputs, list | tuple) and len(inputs) == 2
    return pair and is_in_memory(inputs[0]) and len(np.shape(inputs[0])) == 4


def _pair(item: Any) -> tuple[Any, Any]:
    if isinstance(item, list | tuple) and len(item) in (1, 2):
        return item[0], (item[1] if len(item) == 2 else None)
    return item, None
