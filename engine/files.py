"""Digests and safe writing of files."""

from __future__ import annotations

import errno
import hashlib
import os
import tempfile
from pathlib import Path

from engine.errors import UserError

_CHUNK = 1 << 20


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


def sha256_bytes(data: bytes) -> str:
    """Hex digest of some bytes."""
    return hashlib.sha256(data).hexdigest()


def _umask() -> int:
    """The process's umask; there is no way to read it but to set it."""
    current = os.umask(0o077)
    os.umask(current)
    return current


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file whole or not at all: a full disk leaves what was there before.

    Raises:
        UserError: the folder is missing or not writable, or the disk is full.
    """
    temporary = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o666 & ~_umask())
        Path(temporary).replace(path)
    except OSError as error:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        reason = "the disk is full" if full else (error.strerror or str(error)).lower()
        raise UserError(
            f"Cannot write {path}: {reason}. Nothing was lost; choose another place."
        ) from error
