"""Folders of images: a plain one, or one folder per class (the ImageFolder layout).

``ROOT//CLASS/IMAGE`` is the spec of a labelled image. The double slash says where the data set
begins, and the whole is still the path of the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from engine.core.errors import UserError
from engine.inputs import image
from engine.inputs.base import ImageInput

ROOT_MARK = "//"
_NAMED = 5
"""Skipped files that are named."""


def claims(spec: str) -> bool:
    """A folder, or an image in a folder per class."""
    try:
        return _folder(spec) or _is_labelled(spec)
    except (OSError, ValueError):  # a name no file system takes is not a folder
        return False


def expand(spec: str) -> list[str]:
    """The images in a folder or, if there are none, in its folders, which are the classes.

    Raises:
        UserError: the folder cannot be read or has no image in it.
    """
    if not _folder(spec):
        return [spec]
    root = image.expanded(spec)
    with _readable(spec):
        specs = [str(path) for path in _images(root)] or _labelled_specs(root)
    if not specs:
        raise UserError(
            f"There is no image in the folder {spec}; put PNG, JPEG, WebP, BMP, TIFF or GIF "
            "files into it, or into one folder per class."
        )
    return specs


def left_out(spec: str) -> str:
    """A sentence about the files of a folder that are not taken; empty where there are none."""
    left = _skipped(spec)
    if not left:
        return ""
    more = len(left) - _NAMED
    named = ", ".join(left[:_NAMED]) + (f" and {more:,} more" if more > 0 else "")
    what = f"{len(left):,} files that are not images by their endings"
    if len(left) == 1:
        what = "a file that is not an image by its ending"
    return f"Skipped {what}: {named}"


def _skipped(spec: str) -> list[str]:
    if not _folder(spec):
        return []
    root = image.expanded(spec)
    with _readable(spec):
        plain = bool(_images(root))
        folders = [root] if plain else [root, *(root / name for name in _classes(root))]
        found = [one for folder in folders for one in sorted(folder.iterdir()) if one.is_file()]
    return [one.name for one in found if _visible(one) and not _is_image(one)]


def load(spec: str) -> ImageInput:
    """An image with the label that its folder gives it.

    Raises:
        UserError: ``spec`` names a whole folder, or the image cannot be read.
    """
    if _folder(spec):
        specs = expand(spec)
        raise UserError(f"{spec} is a folder of {len(specs)} images; name one, e.g. {specs[0]}.")
    root, _, inside = spec.rpartition(ROOT_MARK)
    name = Path(inside).parts[0]
    with _readable(root):
        names = tuple(_classes(image.expanded(root)))
    try:
        read = image.load(spec)
    except UserError as error:  # as a person writes it, without the mark
        raise UserError(str(error).replace(spec, f"{root}/{inside}")) from error
    return replace(
        read,
        name=inside,
        label=names.index(name),
        label_name=name,
        label_names=names,
    )


def found_at(spec: str, place: Path) -> str:
    """The spec of an image that lies elsewhere now, with the mark where its data set begins."""
    root, _, inside = spec.rpartition(ROOT_MARK)
    text = str(place)
    if not root or not text.endswith(inside):
        return text
    return f"{text.removesuffix(inside).rstrip('/')}{ROOT_MARK}{inside}"


@contextmanager
def _readable(folder: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UserError(f"Cannot read the folder {folder}: {error.strerror or error}.") from error


def _folder(spec: str) -> bool:
    return bool(spec) and image.expanded(spec).is_dir()


def _is_labelled(spec: str) -> bool:
    root, _, inside = spec.rpartition(ROOT_MARK)
    parts = Path(inside).parts
    if not root or len(parts) != 2 or parts[0].startswith("."):
        return False
    return (image.expanded(root) / parts[0]).is_dir()


def _classes(root: Path) -> list[str]:
    """Names of the folders in their order: the position is the label, as in torchvision."""
    return sorted(path.name for path in root.iterdir() if path.is_dir() and _visible(path))


def _labelled_specs(root: Path) -> list[str]:
    return [
        f"{root}{ROOT_MARK}{path.relative_to(root).as_posix()}"
        for name in _classes(root)
        for path in _images(root / name)
    ]


def _images(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if _is_image(path))


def _is_image(path: Path) -> bool:
    return path.suffix.lower() in image.SUFFIXES and _visible(path) and path.is_file()


def _visible(path: Path) -> bool:
    return not path.name.startswith(".")
