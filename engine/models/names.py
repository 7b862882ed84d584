"""Names of a model's classes: given, stored with the model, or those of a well-known data set."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from engine.core.errors import UserError, quoted
from engine.inputs.labels import imagenet

_LIMIT = 1 << 20

CIFAR10 = (
    "airplane",
    "automobile",
    "bird",
    "cat",
    "deer",
    "dog",
    "frog",
    "horse",
    "ship",
    "truck",
)


def class_names(
    count: int, *, given: Path | None, stored: Sequence[str] = (), family: str = ""
) -> tuple[str, ...]:
    """One name per class.

    Args:
        count: number of classes.
        given: a file with one name per line; wins over everything else.
        stored: names that came with the model; ignored if their number is wrong.
        family: of the architecture; tells the data set where the count agrees.

    Raises:
        UserError: the given file cannot be read or has another number of names.
    """
    if given is not None:
        return _from_file(given, count)
    if len(stored) == count:
        return tuple(stored)
    if family == "cifar10" and count == len(CIFAR10):
        return CIFAR10
    if family == "imagenet" and count == 1000:
        return tuple(imagenet().values())
    if family == "digits" and count == 10:
        return tuple("0123456789")
    return tuple(f"class {index}" for index in range(count))


def _from_file(path: Path, count: int) -> tuple[str, ...]:
    try:
        with path.open(encoding="utf-8-sig") as file:
            lines = file.read(_LIMIT).splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"Cannot read class names from {path}: it is not readable text.") from error
    names = tuple(quoted(line.strip(), 200) for line in lines if line.strip())
    if len(names) != count:
        raise UserError(
            f"{path} has {len(names)} class names but the model has {count} classes; write one "
            "name per line."
        )
    return names
