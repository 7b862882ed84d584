"""Data sets of torchvision: ``torchvision:NAME:SPLIT:N``, on disk or downloaded on request.

``@FOLDER`` after that says where they lie (else the variable CERTISCOPE_DATA, else the user's
cache), and ``?download`` at the end permits fetching what is not there, unless it is a file alone
that says so (``engine.core.downloads``). Only sets that cannot run
code are offered: torchvision compares the one format that could, CIFAR's pickles, with the
published digest of every file before it reads them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from engine.core.downloads import allowed
from engine.core.errors import UserError
from engine.inputs.base import ImageInput, pixels_sha256
from engine.inputs.image import expanded

PREFIX, DOWNLOAD = "torchvision:", "?download"
VARIABLE = "CERTISCOPE_DATA"

_Splits = Mapping[str, Mapping[str, Any]]
_FLAG: _Splits = {"train": {"train": True}, "test": {"train": False}}
_TWO: _Splits = {name: {"split": name} for name in ("train", "test")}
_THREE: _Splits = {name: {"split": name} for name in ("train", "val", "test")}
_PETS: _Splits = {name: {"split": name} for name in ("trainval", "test")}

SETS: dict[str, _Splits] = {
    "CIFAR10": _FLAG,
    "CIFAR100": _FLAG,
    "DTD": _THREE,
    "FashionMNIST": _FLAG,
    "Flowers102": _THREE,
    "GTSRB": _TWO,
    "KMNIST": _FLAG,
    "MNIST": _FLAG,
    "OxfordIIITPet": _PETS,
    "STL10": _TWO,
    "SVHN": _TWO,
    "USPS": _FLAG,
}
"""Names as in torchvision.datasets, with the arguments that choose each split."""

_SPEC = re.compile(
    r"torchvision:(?P<name>\w+)(?::(?P<split>\w+))?(?::(?P<index>\d{1,9}))?(?:@(?P<root>.+))?"
)


@dataclass(frozen=True)
class Place:
    """A split of a data set and where it lies.

    Attributes:
        name, split: keys of ``SETS``.
        root: the folder that holds data sets.
        download: whether it may be fetched.
    """

    name: str
    split: str
    root: Path
    download: bool


def claims(spec: str) -> bool:
    """Whether ``spec`` begins as these do."""
    return spec.startswith(PREFIX)


def expand(spec: str) -> list[str]:
    """A split without a number stands for all of its images.

    Raises:
        UserError: there is no such set or split, here or to download.
    """
    place, index = _parsed(spec)
    if index is not None:
        return [spec]
    head, at, root = spec.removesuffix(DOWNLOAD).partition("@")
    return [f"{head}:{number}{at}{root}" for number in range(len(_opened(place)))]


def load(spec: str) -> ImageInput:
    """One image of a data set, with its label.

    Raises:
        UserError: there is no such set, split or image, here or to download.
    """
    from engine.inputs.decode import to_pixels

    place, index = _parsed(spec)
    if index is None:
        raise UserError(f"{spec} is a whole data set; name one image, e.g. {_example(place)}.")
    dataset = _opened(place)
    if index >= len(dataset):
        raise UserError(
            f"{place.name} has no {place.split} image {index}; its numbers go from 0 to "
            f"{len(dataset) - 1}."
        )
    try:
        image, label = dataset[index]
    except (OSError, RuntimeError, ValueError) as error:
        raise _unreadable(place) from error
    found = to_pixels(image, spec)
    return ImageInput(
        name=f"{place.name} {place.split} {index}",
        source=spec,
        sha256=pixels_sha256(found.pixels),
        label=int(label),
        label_name=_class_name(dataset, int(label)),
        label_names=tuple(map(str, getattr(dataset, "classes", ()))),
        numbered=True,
        **found.facts(),
    )


def opened(spec: str) -> Any:
    """A whole split as torchvision's data set; its number, if one is named, is left aside.

    Raises:
        UserError: there is no such set or split, here or to download.
    """
    place, _ = _parsed(spec)
    return _opened(place)


def data_root() -> Path:
    """Where data sets are looked for and downloaded to when a spec names no folder."""
    given = os.environ.get(VARIABLE, "")
    cache = os.environ.get("XDG_CACHE_HOME", "") or "~/.cache"
    return expanded(given or f"{cache}/certiscope/data")


def _parsed(spec: str) -> tuple[Place, int | None]:
    parts = _SPEC.fullmatch(spec.removesuffix(DOWNLOAD))
    if parts is None or parts["name"] not in SETS:
        raise UserError(
            f"There is no data set {spec}; write torchvision:NAME:SPLIT:NUMBER with NAME one of "
            f"{', '.join(SETS)}, e.g. torchvision:CIFAR10:test:17."
        )
    name, split = parts["name"], parts["split"] or "test"
    if split not in SETS[name]:
        raise UserError(f"{name} has no split '{split}'; it has {', '.join(SETS[name])}.")
    root = expanded(parts["root"]) if parts["root"] else data_root()
    index = None if parts["index"] is None else int(parts["index"])
    fetch = spec.endswith(DOWNLOAD) and allowed(spec)
    return Place(name, split, root, fetch), index


def _opened(place: Place) -> Any:
    try:
        return _on_disk(place.name, place.split, place.root)
    except (OSError, RuntimeError) as error:
        if not place.download:
            raise UserError(
                f"{place.name} is not in {place.root}, or not whole; name its folder with "
                f"@FOLDER or {VARIABLE}, or add {DOWNLOAD} to fetch it: "
                f"'{_example(place)}{DOWNLOAD}'."
            ) from error
    except ValueError as error:
        raise _unreadable(place) from error
    _fetch(place)
    return _on_disk(place.name, place.split, place.root)


@lru_cache(maxsize=2)
def _on_disk(name: str, split: str, root: Path) -> Any:
    from torchvision import datasets

    return getattr(datasets, name)(str(root), download=False, **SETS[name][split])


def _fetch(place: Place) -> None:
    from torchvision import datasets

    try:
        place.root.mkdir(parents=True, exist_ok=True)
        arguments = SETS[place.name][place.split]
        getattr(datasets, place.name)(str(place.root), download=True, **arguments)
    except (OSError, RuntimeError, ValueError) as error:
        raise UserError(
            f"{place.name} cannot be downloaded to {place.root}; check the network and the space "
            f"on the disk, or copy the data set there."
        ) from error


def _unreadable(place: Place) -> UserError:
    return UserError(
        f"{place.name} in {place.root} is damaged; delete it there and download it again."
    )


def _example(place: Place) -> str:
    at = "" if place.root == data_root() else f"@{place.root}"
    return f"{PREFIX}{place.name}:{place.split}:0{at}"


def _class_name(dataset: Any, label: int) -> str:
    names = getattr(dataset, "classes", ())
    return str(names[label]) if label < len(names) else str(label)
