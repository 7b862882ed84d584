"""Image files, read whole and checked before they are decoded."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from engine.core.errors import UserError
from engine.core.files import sha256_bytes
from engine.inputs.base import ImageInput

SUFFIXES = (
    *(".png", ".jpg", ".jpeg", ".jfif", ".webp", ".bmp", ".tif", ".tiff", ".gif"),
    *(".ppm", ".pgm", ".pbm", ".pnm", ".avif", ".jp2"),
)
MAX_BYTES = 200_000_000

_GIVE = "give a PNG, JPEG, WebP, BMP, TIFF or single-frame GIF file"


def claims(spec: str) -> bool:
    """Whatever no other kind has claimed is taken for a file."""
    return True


def expand(spec: str) -> list[str]:
    """A file stands for itself."""
    return [spec]


def load(spec: str) -> ImageInput:
    """The image in a file.

    Raises:
        UserError: there is no such file, or it is not an image that opens here.
    """
    path = expanded(spec)
    return replace(from_bytes(_read(path, spec), spec), name=path.name)


def from_bytes(data: bytes, name: str) -> ImageInput:
    """An image from the bytes of a file; ``name`` is what the sentences call it.

    Raises:
        UserError: the bytes are not an image that opens here.
    """
    from engine.inputs.decode import decode

    if not data:
        raise UserError(f"{name} is empty; {_GIVE}.")
    _check_bytes(len(data), name)
    found = decode(data, name).facts()
    return ImageInput(name=name, source=name, sha256=sha256_bytes(data), **found)


def expanded(spec: str) -> Path:
    """``spec`` as a path; ``~`` is the home folder, or a plain character if there is none."""
    try:
        return Path(spec).expanduser()
    except RuntimeError:
        return Path(spec)


def _read(path: Path, spec: str) -> bytes:
    try:
        if not spec or not path.exists():
            raise UserError(
                f"There is no image {spec or '(empty name)'}; {_GIVE}, a folder of them, or a "
                "shipped digit such as digits:7."
            )
        if not path.is_file():
            raise UserError(f"{spec} is no ordinary file; {_GIVE}.")
        _check_bytes(path.stat().st_size, spec)
        return path.read_bytes()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise UserError(f"Cannot read {spec[:200]}: {reason}; {_GIVE}.") from error


def _check_bytes(size: int, name: str) -> None:
    if size > MAX_BYTES:
        raise UserError(
            f"{name} has {size / 1e6:.0f} MB, more than the {MAX_BYTES / 1e6:.0f} MB that open "
            "here; save a smaller image."
        )
