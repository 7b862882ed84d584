"""Digests, safe writing and cautious reading of files."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from engine.core.errors import DiskFull, UserError

_CHUNK = 1 << 20
_LARGEST = 16 << 20


def sha256_file(path: Path) -> str:
    """Hex digest of a file's bytes, read in chunks.

    Raises:
        UserError: the file cannot be read.
    """
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
    except OSError as error:
        raise UserError(f"Cannot read {path}: {error.strerror or error}.") from error
    return digest.hexdigest()


def read_bounded(path: Path, most: int, *, what: str = "", advice: str = "") -> bytes:
    """A file's bytes, if there are no more than ``most``.

    Args:
        path: of the file.
        most: bytes that are read.
        what: the file in a sentence, with its article: ``the oracle``.
        advice: what to do about a file that is larger, after a semicolon.

    Raises:
        UserError: it is missing, a folder, unreadable or larger.
    """
    try:
        with path.open("rb") as file:
            data = file.read(most + 1)
    except OSError as error:
        named = f"{what} {path}".strip()
        raise UserError(f"Cannot read {named}: {error.strerror or error}.") from error
    if len(data) > most:
        then = f"; {advice}" if advice else ""
        raise UserError(f"{path} is larger than {most >> 20} MiB{then}.")
    return data


def sha256_bytes(data: bytes) -> str:
    """Hex digest of some bytes."""
    return hashlib.sha256(data).hexdigest()


def _umask() -> int:
    """The process's umask; there is no way to read it but to set it."""
    current = os.umask(0o077)
    os.umask(current)
    return current


def is_special(path: Path) -> bool:
    """Whether something other than a plain file stands at ``path``: a device, a pipe, a socket."""
    return path.exists() and not path.is_file() and not path.is_dir()


def write_atomically(path: Path, data: bytes | Iterable[bytes], *, folders: bool = False) -> None:
    """Write a file whole or not at all: a full disk leaves what was there before.

    Symbolic links are followed: what they lead to is replaced, not the link. Devices and pipes
    are written in place, since a rename would put a plain file where they were.

    Args:
        path: where.
        data: all of it, or its parts.
        folders: make the folders that are missing above it; without, they are an error, because
            a misspelt folder is no wish for a new one.

    Raises:
        DiskFull: the disk is full.
        UserError: the folder is missing or not writable.
    """
    try:
        parts = (data,) if isinstance(data, bytes) else data
        if is_special(path):
            with path.open("wb") as file:
                file.writelines(parts)
        else:
            place = Path(os.path.realpath(path))
            if folders:
                place.parent.mkdir(parents=True, exist_ok=True)
            _replace(place, parts)
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        reason = "the disk is full" if full else (error.strerror or str(error)).lower()
        raise (DiskFull if full else UserError)(
            f"Cannot write {path}: {reason}. What was there before is unchanged; choose another "
            "place."
        ) from error


def _replace(path: Path, parts: Iterable[bytes]) -> None:
    """Write beside ``path`` and rename."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.writelines(parts)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    except BaseException:  # an interrupt leaves nothing behind either
        temporary.unlink(missing_ok=True)
        raise


def read_description(path: Path) -> dict[str, Any]:
    """The object in a small JSON file: a card or a configuration, which may come from strangers.

    Raises:
        OSError: it cannot be read.
        ValueError: it is too large or too deep, no JSON, or no object.
    """
    with path.open("rb") as file:
        data = file.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise ValueError("too large")
    try:
        content = json.loads(data)
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    if not isinstance(content, dict):
        raise ValueError("no object")
    return content
