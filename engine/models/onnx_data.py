"""Weights of an ONNX file that lie in other files beside it, and one digest over all of them.

An ONNX file names such files in the entry ``location`` of its tensors (onnx/onnx.proto,
TensorProto.external_data). Only plain names are followed, in the folder of the model. No torch.
"""

from __future__ import annotations

import hashlib
import mmap
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.core.errors import UserError, quoted
from engine.core.files import sha256_file

SIZE_LIMIT = 2 << 30
"""Bytes of an ONNX file, and of all the files beside it that hold its weights."""
SUFFIX = ".onnx"
_ENTRY = b"\x0a\x08location\x12"
"""Key ``location`` of a StringStringEntryProto, and the tag of its value."""
_LONGEST = 127
_MOST = 1000


def data_files(path: Path) -> tuple[Path, ...]:
    """The files beside ``path`` that hold its weights, by name; none where it holds them itself.

    Raises:
        UserError: one is missing, lies in another folder, or all of them are too large.
    """
    files = tuple(path.parent / name for name in _named(path))
    for file in files:
        if not file.is_file():
            raise UserError(
                f"{path} keeps its weights in {quoted(file.name)}, which is not beside it; copy it "
                "there, or export the model as one file (external_data=False)."
            )
        inside = (path.parent.resolve(), path.resolve().parent)
        if file.resolve().parent not in inside:
            raise _outside(path, file.name)
    size = sum(file.stat().st_size for file in files)
    if size > SIZE_LIMIT:
        raise UserError(
            f"{path} keeps {size / 1e9:.1f} GB of weights in other files, more than the 2 GB that "
            "open here; export a smaller model."
        )
    return files


def onnx_digest(path: Path) -> str:
    """SHA-256 of a file; where its weights lie in others, of the names and digests of all."""
    files = data_files(path)
    if not files:
        return sha256_file(path)
    lines = [f"{sha256_file(path)}\n", *(f"{sha256_file(one)}  {one.name}\n" for one in files)]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


@contextmanager
def private_copy(path: Path) -> Iterator[Path]:
    """A copy alone in a folder but for files of its own weights: it reaches no other file.

    Raises:
        UserError: one of them cannot be read.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        copy = Path(folder) / "model.onnx"
        try:
            for file in data_files(path):
                shutil.copyfile(file, copy.with_name(file.name))
            shutil.copyfile(path, copy)
        except OSError as error:
            raise UserError(f"Cannot read {path}: {error.strerror or error}.") from error
        yield copy


def _named(path: Path) -> list[str]:
    found: set[str] = set()
    if path.suffix != SUFFIX or not path.stat().st_size:
        return []
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        place = data.find(_ENTRY)
        while place >= 0 and len(found) < _MOST:
            start = place + len(_ENTRY)
            length = data[start] if start < len(data) else 0
            name = data[start + 1 : start + 1 + length].decode("utf-8", "replace")
            if 0 < length <= _LONGEST:
                found.add(_plain(path, name))
            place = data.find(_ENTRY, start)
    return sorted(found)


def _plain(path: Path, name: str) -> str:
    """A name without a folder in it; ``./`` before it is none."""
    short = name.removeprefix("./")
    if not short.isprintable() or "/" in short or "\\" in short or short in ("", ".", ".."):
        raise _outside(path, name)
    return short


def _outside(path: Path, name: str) -> UserError:
    return UserError(
        f"{path} keeps its weights in {quoted(name)}, outside its own folder, which is not read; "
        "export it as one file (external_data=False)."
    )
