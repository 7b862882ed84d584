"""That a model is what its file holds: nothing else was put there while it was opened, or since.

A file is read first and digested afterwards, and some readers come back to it: a training script
that saves over its checkpoint in between would leave evidence that names weights which never ran.
No torch.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from engine.core.errors import UserError
from engine.core.records import ModelIdentity
from engine.models.onnx_data import data_files, onnx_digest
from engine.models.pretrained_files import DENOISING, WRITING


@contextmanager
def unchanged(path: Path) -> Iterator[None]:
    """Read and digest a model's file or folder.

    Raises:
        UserError: it was written to meanwhile, or replaced.
    """
    before = _state(path)
    yield
    if _state(path) != before:
        raise UserError(
            f"{path} was written to while it was being opened, and nothing says which content was "
            "read; open it again."
        )


@contextmanager
def read_again(path: Path, model: ModelIdentity) -> Iterator[None]:
    """Read more of the file that a model was opened from.

    Raises:
        UserError: something else lies there now.
    """
    with unchanged(path):
        if onnx_digest(path) != model.sha256:  # of one file its own
            raise UserError(
                f"{path} is not what it was when {model.name} was opened; open the model again."
            )
        yield


def _state(path: Path) -> list[tuple[str, int, int, int, int]]:
    """What tells one content of a model's files from another without reading them.

    The time of writing can be set back; where a system has one of any change, that cannot.
    """
    return [
        (str(file), found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
        for file in _files(path)
        for found in [file.stat()]
    ]


def _files(path: Path) -> list[Path]:
    """Those that decide what a model computes; none where it is no file, but a name."""
    if path.is_dir():
        patterns = {*WRITING, *DENOISING}
        return sorted({file for pattern in patterns for file in path.glob(pattern)})
    beside: tuple[Path, ...] = ()
    with suppress(UserError, OSError):
        beside = data_files(path)
    return [path, *beside] if path.is_file() else []
