"""Images in NumPy arrays: ``x_test.npy:3``, or ``set.npz:3?array=x_test`` of several arrays.

Without a number all images are meant. Arrays are (N, H, W, C) or (N, C, H, W), (N, H, W) of grey
images, or one image alone. Their labels are an array of whole numbers of the same length:
``y_test`` or ``labels`` in the archive, or a file of such a name beside ``.npy``. Nothing is
unpickled.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from engine.core.errors import UserError, quoted
from engine.core.files import sha256_file
from engine.inputs.base import ImageInput
from engine.inputs.graph_npz import Archive

_SPEC = re.compile(
    r"(?P<file>.+\.np[yz])(?::(?P<number>\d{1,12}))?(?:\?array=(?P<array>.+))?",
    re.DOTALL | re.IGNORECASE,
)
_CHANNELS = (1, 3)
_PARTNERS = (("images", "labels"), ("image", "label"), ("data", "labels"), ("x", "y"), ("X", "y"))
"""What of an array's name becomes what in that of its labels."""
_ANY = ("labels", "label", "targets", "target", "y")
_CHUNK = 1 << 24
_LONGEST = 4
"""Times that a side of one grey image may be the other: longer ones are rows of numbers."""
_LEVELS: Mapping[Any, int] = {np.dtype(np.uint8): 255, np.dtype(np.uint16): 65535}


class Place(NamedTuple):
    """The parts of a spec."""

    file: str
    number: int | None
    array: str

    def at(self, number: int) -> str:
        """The spec of an image."""
        return f"{self.file}:{number}" + (f"?array={self.array}" if self.array else "")


@dataclass(frozen=True)
class Stack:
    """The images of an array.

    Attributes:
        images: (N, ...), one image each.
        order: of an image's axes, which makes it (C, H, W); empty for a grey image of two.
        most: the value that stands for 1.
        levels: as of an :class:`engine.inputs.base.ImageInput`.
        labels: one each, or none.
        notes: layout, range and where the labels are from, a clause each.
        sha256: digest of the file.
    """

    images: npt.NDArray[Any] = field(repr=False)
    order: tuple[int, ...]
    most: int
    levels: int
    labels: tuple[int, ...] = field(repr=False)
    notes: tuple[str, ...]
    sha256: str


def claims(spec: str) -> bool:
    """A .npy file, or a .npz file with an array of three or four axes: graphs have two."""
    found = _SPEC.fullmatch(spec)
    if found is None:
        return False
    path = Path(found["file"]).expanduser()
    if path.suffix.lower() == ".npy" or found["array"]:
        return True
    try:
        facts = path.stat()
        return path.is_file() and bool(
            _stacks(found["file"], path, facts.st_mtime_ns, facts.st_size)
        )
    except (OSError, ValueError, RuntimeError, UserError):  # the reader of graphs says why
        return False


def expand(spec: str) -> list[str]:
    """An array stands for its images.

    Raises:
        UserError: it cannot be read.
    """
    place = _parsed(spec)
    if place.number is not None:
        return [spec]
    return [place.at(number) for number in range(len(_opened(place).images))]


def load(spec: str) -> ImageInput:
    """The image that ``spec`` names.

    Raises:
        UserError: the array cannot be read, no image is named, or there is none of that number.
    """
    place = _parsed(spec)
    stack = _opened(place)
    count = len(stack.images)
    if place.number is None and count > 1:
        raise UserError(
            f"{spec} is an array of {count:,} images; name one by its number, e.g. {place.at(0)}."
        )
    number = place.number or 0
    if number >= count:
        raise UserError(f"{place.file} has no image {number}; its images are 0 to {count - 1}.")
    image = np.asarray(stack.images[number])
    image = image.transpose(stack.order) if stack.order else image[None]
    scaled = image.astype(np.float64) / stack.most if stack.most > 1 else image
    label = stack.labels[number] if stack.labels else None
    return ImageInput(
        name=f"{Path(place.file).name}, image {number}",
        source=spec,
        sha256=stack.sha256,
        pixels=np.ascontiguousarray(scaled, dtype=np.float32),
        levels=stack.levels,
        label=label,
        label_name=None if label is None else str(label),
        label_names=tuple(map(str, sorted(set(stack.labels)))),
        numbered=True,
        notes=stack.notes,
    )


def _parsed(spec: str) -> Place:
    found = _SPEC.fullmatch(spec)
    if found is None:
        raise UserError(f"{spec[:200]} is no image of an array, e.g. x_test.npy:3.")
    number = found["number"]
    return Place(found["file"], None if number is None else int(number), found["array"] or "")


def _opened(place: Place) -> Stack:
    path = Path(place.file).expanduser()
    try:
        if not path.is_file():
            raise UserError(f"There is no array {place.file[:200]}; give a .npy or .npz file.")
        facts = path.stat()
    except (OSError, ValueError, RuntimeError) as error:
        raise UserError(f"Cannot read {place.file[:200]}: {error}.") from error
    return _read(place, path, facts.st_mtime_ns, facts.st_size)


@lru_cache(maxsize=4)
def _stacks(name: str, path: Path, changed: int, size: int) -> tuple[str, ...]:
    """The arrays of an archive that may hold images; ``changed`` and ``size`` are for the cache."""
    with Archive(path, name) as archive:
        return tuple(key for key in archive.keys if len(archive.shape(key)) in (3, 4))


@lru_cache(maxsize=2)
def _read(place: Place, path: Path, changed: int, size: int) -> Stack:
    """A file that did not change is read once."""
    if path.suffix.lower() == ".npy":
        array, labels, origin = _plain(place.file, path)
    else:
        array, labels, origin = _packed(place, path, changed, size)
    images, order, laid = _layout(place.file, array)
    most, levels, ranged = _range(place.file, images)
    notes = (laid, ranged, f"its label is from {origin}" if origin else "")
    return Stack(images, order, most, levels, labels, tuple(filter(None, notes)), sha256_file(path))


_Found = tuple[npt.NDArray[Any], tuple[int, ...], str]
"""An array, its labels, and where these are from."""


def _plain(name: str, path: Path) -> _Found:
    array = _mapped(name, path)
    for partner in _partners(path.stem):
        beside = path.with_name(f"{partner}.npy")
        if beside.is_file() and beside != path:
            labels = _labels(_mapped(str(beside), beside), len(array))
            if labels:
                return array, labels, beside.name
    return array, (), ""


def _mapped(name: str, path: Path) -> npt.NDArray[Any]:
    try:
        found: npt.NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
        if not isinstance(found, np.ndarray):
            raise ValueError("an archive of arrays by another name")
    except (OSError, ValueError, EOFError, SyntaxError, MemoryError) as error:
        pickled = "pickle" in str(error).lower() or "object" in str(error).lower()
        why = (
            "holds Python objects, which could run code when opened, so it is never opened; save "
            "plain numbers instead"
            if pickled
            else "is a damaged or truncated .npy file; copy it again"
        )
        raise UserError(f"{name} {why}.") from error
    return found


def _packed(place: Place, path: Path, changed: int, size: int) -> _Found:
    stacks = _stacks(place.file, path, changed, size)
    key = place.array or (stacks[0] if len(stacks) == 1 else "")
    if key not in stacks:
        listed = ", ".join(quoted(one, 40) for one in stacks[:6]) or "none of three or four axes"
        which = f"no array of images '{quoted(key, 40)}'" if key else "several arrays of images"
        example = f"; choose one, e.g. {place.file}?array={stacks[0]}" if stacks else ""
        raise UserError(f"{place.file} has {which} ({listed}){example}.")
    with Archive(path, place.file) as archive:
        shape = archive.shape(key)
        array = archive.array(key, dimensions=len(shape))
        flat = [one for one in archive.keys if len(archive.shape(one)) in (1, 2)]
        only = flat if len(flat) == 1 else []  # as arr_1 beside arr_0
        for partner in (*_partners(key), *only):
            if partner in flat:
                found = archive.array(partner, dimensions=len(archive.shape(partner)))
                labels = _labels(found, len(array))
                if labels:
                    return array, labels, f"the array '{partner}'"
    return array, (), ""


def _partners(name: str) -> Iterator[str]:
    """Names that the labels of an array may have, likeliest first."""
    for mine, theirs in _PARTNERS:
        if re.search(rf"(?:^|_){mine}(?:_|$)", name):
            yield re.sub(rf"(^|_){mine}(_|$)", rf"\g<1>{theirs}\g<2>", name)
    yield from _ANY


def _labels(found: npt.NDArray[Any], count: int) -> tuple[int, ...]:
    """Whole numbers from 0 on, one for each image, or a 1 in a row of zeros; else none."""
    if found.ndim not in (1, 2) or len(found) != count or found.dtype.kind not in "iufb":
        return ()
    rows = found.reshape(count, -1).astype(np.float64)
    if rows.shape[1] > 1:
        one = np.isin(rows, (0, 1)).all() and (rows.sum(axis=1) == 1).all()
        return tuple(rows.argmax(axis=1).tolist()) if one else ()
    numbers = rows[:, 0]
    usable = bool(np.isfinite(numbers).all() and (numbers == np.rint(numbers)).all())
    return tuple(map(int, numbers)) if usable and numbers.min() >= 0 else ()


def _layout(name: str, array: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], tuple[int, ...], str]:
    """The images, the order of their axes, and both in words."""
    shape = " x ".join(map(str, array.shape))
    if array.dtype.kind not in "iufb" or not array.size:
        raise UserError(f"{name} holds {array.dtype} of {shape}, which are no images.")
    if array.ndim == 2:
        if max(array.shape) > _LONGEST * min(array.shape):
            raise UserError(
                f"{name} has the shape {shape}, which are rows and no image; save each as an image "
                "of its own size, (N, H, W) or (N, H, W, C)."
            )
        return array[None], (), f"one grey image ({shape})"
    if array.ndim == 3 and not {array.shape[0], array.shape[2]} & set(_CHANNELS):
        return array, (), f"grey images (N, H, W) of {shape}"
    images = array[None] if array.ndim == 3 else array
    if images.ndim != 4:
        raise UserError(
            f"{name} has the shape {shape}; images are (N, H, W, C), (N, C, H, W) or (N, H, W)."
        )
    first, last = images.shape[1] in _CHANNELS, images.shape[3] in _CHANNELS
    if first and last and images.shape[1] != images.shape[3]:  # (3, H, 1) is no image of 3 rows
        first, last = images.shape[1] == 3, images.shape[3] == 3
    if first == last:
        why = "may have its channels first or last" if first else "has no axis of 1 or 3 channels"
        raise UserError(f"{name} has the shape {shape}, which {why}; save it as (N, H, W, C).")
    one = "one image " if array.ndim == 3 else ""
    order, axes = ((0, 1, 2), "C, H, W") if first else ((2, 0, 1), "H, W, C")
    axes = axes if one else f"N, {axes}"
    return images, order, f"{one}read as ({axes}) of {shape}"


def _range(name: str, images: npt.NDArray[Any]) -> tuple[int, int, str]:
    """The value that stands for 1, the levels, and the range in words; of the whole array."""
    if images.dtype == bool:
        return 1, 1, "its values are 0 and 1"
    low, high = _ends(name, images)
    shown = f"{low:.6g} to {high:.6g}"
    if images.dtype in _LEVELS:
        most = _LEVELS[images.dtype]
        if high <= 1:
            raise UserError(
                f"{name} holds {images.dtype} numbers from {shown}, and whether 1 is white or "
                f"1/{most} cannot be told; save it as floats in [0, 1]."
            )
        return most, most, f"its values of {shown} were divided by {most}"
    if low >= 0 and high <= 1:
        return 1, 0, f"its values are {shown}"
    if low >= 0 and high <= 255 and _whole(images):
        return 255, 255, f"its values are whole numbers of {shown} and were divided by 255"
    raise UserError(
        f"{name} holds {images.dtype} numbers from {shown}, and which of them are black and white "
        "cannot be told; save it as uint8, or as floats in [0, 1] before any normalisation."
    )


def _ends(name: str, images: npt.NDArray[Any]) -> tuple[float, float]:
    ends = [(part.min(), part.max()) for part in _parts(images)]
    low, high = float(min(a for a, _ in ends)), float(max(b for _, b in ends))
    if not (np.isfinite(low) and np.isfinite(high)):
        raise UserError(f"{name} holds numbers that are not finite; save it again without them.")
    return low, high


def _whole(images: npt.NDArray[Any]) -> bool:
    return images.dtype.kind in "iu" or all(
        bool((part == np.rint(part)).all()) for part in _parts(images)
    )


def _parts(images: npt.NDArray[Any]) -> Iterator[npt.NDArray[Any]]:
    """The array in pieces of some MB, for files larger than memory."""
    step = max(1, _CHUNK // max(1, images[0].size))
    return (images[start : start + step] for start in range(0, len(images), step))
