"""The two common .npz layouts of citation graphs.

Index pairs: ``A`` (2, edges), ``X`` (2, ones), ``y`` (N,), as in the repository of Scholten et al.
CSR parts: ``adj_data``, ``adj_indices``, ``adj_indptr``, ``adj_shape``, the same with ``attr_``,
and ``labels``, as in the collections of Bojchevski and Shchur (also ``adj_matrix.data`` ...).
Files come from strangers: nothing is unpickled, nothing grows unbounded.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from math import prod
from pathlib import Path
from tokenize import TokenError
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from numpy.lib import format as npy

from engine.core.errors import UserError, quoted
from engine.core.files import sha256_file
from engine.inputs.graph import Graph, Indices, Parts, assembled, check_size

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

    def shape(self, key: str) -> tuple[int, ...]:
        """The shape of one array, from its header alone.

        Raises:
            UserError: the file is damaged.
        """
        with self._sound(), self._zip.open(self._members[key]) as stream:
            return _header(stream)[0]

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
    try:
        shape, fortran, dtype = read(stream)
    except (TokenError, SyntaxError) as error:  # NumPy parses it as Python once more
        raise ValueError("its header cannot be read") from error
    if any(side < 0 for side in shape):
        raise ValueError("a negative size")
    return shape, fortran, dtype


_CSR = ("data", "indices", "indptr", "shape")
_ADJACENCY, _FEATURES = ("adj_matrix.", "adj_"), ("attr_matrix.", "attr_")


def read_archive(path: Path, name: str) -> Graph:
    """The graph in an .npz file.

    Raises:
        UserError: damaged, pickled, of neither layout, or its parts disagree.
    """
    with Archive(path, name) as archive:
        if {"A", "X", "y"} <= set(archive.keys):
            parts = _index_pairs(archive)
        elif _prefix(archive, _ADJACENCY) and _prefix(archive, _FEATURES):
            parts = _csr_parts(archive)
        else:
            found = quoted(", ".join(archive.keys[:8]), 200) or "nothing"
            raise UserError(
                f"{name} is not a graph in a layout known here (found: {found}); expected A, X and "
                "y, or adj_data, adj_indices, adj_indptr, adj_shape, attr_data, attr_indices, "
                "attr_indptr, attr_shape and labels."
            )
    return assembled(parts, name=Path(name).stem, source=name, sha256=sha256_file(path))


def _index_pairs(archive: Archive) -> Parts:
    labels = archive.array("y", dimensions=1, kinds="iu").astype(np.int64)
    edges, ones = (_pairs(archive, key) for key in ("A", "X"))
    width = int(ones[1].max()) + 1 if ones.size else 0
    check_size(archive.name, len(labels), width, edges.shape[1])
    _inside(archive, "A", edges, (len(labels), len(labels)))
    _inside(archive, "X", ones, (len(labels), width))
    return Parts(len(labels), edges, ones, width, labels, _class_names(archive))


def _pairs(archive: Archive, key: str) -> Indices:
    pairs = archive.array(key, dimensions=2, kinds="iu").astype(np.int64)
    if len(pairs) != 2:
        raise UserError(
            f"{archive.name}: its array '{key}' has the shape {len(pairs)} x {pairs.shape[1]}; "
            "index pairs have the shape 2 x n, rows first."
        )
    return pairs


def _csr_parts(archive: Archive) -> Parts:
    nodes, across, edges, weights = _csr(archive, _prefix(archive, _ADJACENCY))
    if nodes != across:
        raise UserError(
            f"{archive.name}: its adjacency matrix is {nodes} x {across}; it must be square."
        )
    rows, width, ones, values = _csr(archive, _prefix(archive, _FEATURES))
    if rows != nodes:
        raise UserError(f"{archive.name} has features for {rows} nodes but edges for {nodes}.")
    check_size(archive.name, nodes, width, edges.shape[1])
    if not np.isin(values, (0, 1)).all():
        odd = values[~np.isin(values, (0, 1))][0]
        raise UserError(
            f"{archive.name} has features other than 0 and 1 (e.g. {odd:g}), and the noise here "
            "is for binary features; make every non-zero entry a 1 and save the graph again."
        )
    notes = _about_weights(archive, weights)
    labels = None
    if "labels" in archive.keys:
        labels = archive.array("labels", dimensions=1, kinds="iu").astype(np.int64)
    names = _class_names(archive)
    edges, ones = edges[:, weights != 0], ones[:, values != 0]
    return Parts(nodes, edges, ones, width, labels, names, notes=notes)


def _about_weights(archive: Archive, weights: npt.NDArray[Any]) -> tuple[str, ...]:
    if not np.isfinite(weights).all():
        raise UserError(
            f"{archive.name} has edge weights that are not finite; save the graph again."
        )
    plain = np.isin(weights, (0, 1)).all()
    return () if plain else ("edge weights were dropped: an edge is there or not",)


def _csr(archive: Archive, prefix: str) -> tuple[int, int, Indices, npt.NDArray[Any]]:
    """Height, width, index pairs and values of a matrix in compressed rows."""
    missing = [prefix + part for part in _CSR if prefix + part not in archive.keys]
    if missing:
        raise UserError(f"{archive.name} lacks the array '{missing[0]}' of a matrix in CSR parts.")
    shape = archive.array(prefix + "shape", dimensions=1, kinds="iu")
    if len(shape) != 2 or (shape < 1).any() or (shape > 1 << 31).any():
        raise UserError(
            f"{archive.name}: its array '{prefix}shape' is no shape of a matrix with rows and "
            "columns."
        )
    height, width = int(shape[0]), int(shape[1])
    values = archive.array(prefix + "data", dimensions=1)
    columns = archive.array(prefix + "indices", dimensions=1, kinds="iu").astype(np.int64)
    starts = archive.array(prefix + "indptr", dimensions=1, kinds="iu").astype(np.int64)
    steps = np.diff(starts)
    sound = (
        len(starts) == height + 1
        and len(values) == len(columns) == starts[-1]
        and starts[0] == 0
        and bool((steps >= 0).all())
    )
    if not sound:
        raise UserError(
            f"{archive.name}: the parts of its matrix '{prefix}' disagree about rows and entries."
        )
    pairs = np.stack([np.repeat(np.arange(height), steps), columns])
    _inside(archive, prefix + "indices", pairs, (height, width))
    return height, width, pairs, values


def _inside(archive: Archive, key: str, pairs: Indices, shape: tuple[int, int]) -> None:
    limits = np.array(shape)[:, None]
    if ((pairs < 0) | (pairs >= limits)).any():
        raise UserError(
            f"{archive.name}: its array '{key}' points outside the {shape[0]} x {shape[1]} "
            "matrix it belongs to."
        )


def _prefix(archive: Archive, prefixes: tuple[str, str]) -> str:
    return next((prefix for prefix in prefixes if prefix + "data" in archive.keys), "")


def _class_names(archive: Archive) -> tuple[str, ...]:
    """Stored as plain text; pickled names, which are common, are passed over unread."""
    try:
        stored = archive.array("class_names", dimensions=1, kinds="U")
    except (KeyError, UserError):
        return ()
    return tuple(quoted(name, 80) for name in stored)
