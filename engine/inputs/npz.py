"""Arrays out of an .npz file from a stranger: nothing is unpickled, nothing grows unbounded."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from math import prod
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from numpy.lib import format as npy

from engine.core.errors import UserError

MAX_ARRAY_BYTES = 400_000_000
_MAX_MEMBERS = 1000
_HEADER_ROOM = 20_000
_DAMAGED = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,
    SyntaxError,
    ValueError,
)


class Archive:
    """The arrays of an .npz file by name, each read only when asked for.

    Raises:
        UserError: the file is no zip archive, or is damaged.
    """

    def __init__(self, path: Path, name: str) -> None:
        self.name = name
        with self._sound():
            self._zip = zipfile.ZipFile(path)
            members = self._zip.infolist()
        if len(members) > _MAX_MEMBERS:
            self._zip.close()
            raise UserError(
                f"{name} has {len(members):,} members; a graph has a handful, so it is not read."
            )
        self._members = {member.filename.removesuffix(".npy"): member for member in members}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    @property
    def keys(self) -> tuple[str, ...]:
        """Names of the arrays."""
        return tuple(self._members)

    def array(self, key: str, *, dimensions: int, kinds: str = "iufb") -> npt.NDArray[Any]:
        """One array, its size checked before any of it is read.

        Args:
            key: its name.
            dimensions: how many it must have.
            kinds: the letters of NumPy's ``dtype.kind`` that may be.

        Raises:
            UserError: it holds Python objects, is of another kind or size, or is damaged.
        """
        member = self._members[key]
        with self._sound(), self._zip.open(member) as stream:
            shape, fortran, dtype = _header(stream)
            self._check(key, shape, dtype, dimensions=dimensions, kinds=kinds)
            size = prod(shape) * dtype.itemsize
            if not size <= member.file_size <= size + _HEADER_ROOM:
                raise ValueError("the archive and the array disagree about its size")
            data = stream.read(size)
            if len(data) < size:
                raise EOFError
        flat = np.frombuffer(data, dtype=dtype)
        return flat.reshape(shape, order="F" if fortran else "C")

    def _check(
        self, key: str, shape: tuple[int, ...], dtype: np.dtype[Any], *, dimensions: int, kinds: str
    ) -> None:
        if dtype.hasobject:
            raise UserError(
                f"{self.name}: its array '{key}' is pickled Python objects, which could run code "
                "when opened, so it is never opened; save plain numbers instead."
            )
        if dtype.kind not in kinds:
            raise UserError(f"{self.name}: its array '{key}' is of type {dtype}, not numbers.")
        if len(shape) != dimensions:
            raise UserError(
                f"{self.name}: its array '{key}' has {len(shape)} dimensions instead of "
                f"{dimensions}."
            )
        if prod(shape) * dtype.itemsize > MAX_ARRAY_BYTES:
            raise UserError(
                f"{self.name}: its array '{key}' claims {prod(shape) * dtype.itemsize / 1e6:,.0f} "
                f"MB, more than the {MAX_ARRAY_BYTES / 1e6:.0f} MB that open here."
            )

    @contextmanager
    def _sound(self) -> Iterator[None]:
        try:
            yield
        except _DAMAGED as error:
            raise UserError(
                f"{self.name} is a damaged or truncated .npz file; copy or download it again."
            ) from error
        except Exception as error:
            # zlib.error is no OSError, and other compressions have errors of their own.
            if type(error).__module__ in ("zlib", "lzma", "_lzma", "_bz2"):
                raise UserError(
                    f"{self.name} is a damaged or truncated .npz file; copy or download it again."
                ) from error
            raise


def _header(stream: Any) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    version = npy.read_magic(stream)
    read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    shape, fortran, dtype = read(stream)
    if any(side < 0 for side in shape):
        raise ValueError("a negative size")
    return shape, fortran, dtype
