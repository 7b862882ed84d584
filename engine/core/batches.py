"""One input or a batch of them: a tensor, or a tuple of tensors for an input of several parts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy.typing as npt
import torch

from engine.core.errors import memory_is_short

Batch = torch.Tensor | tuple[torch.Tensor, ...]


def from_arrays(arrays: Sequence[npt.NDArray[Any]]) -> Batch:
    """One input from its arrays: a tensor if there is one, else a tuple of tensors."""
    tensors = tuple(torch.from_numpy(array) for array in arrays)
    return tensors[0] if len(tensors) == 1 else tensors


def parts(batch: Batch) -> tuple[torch.Tensor, ...]:
    """The tensors of a batch."""
    return (batch,) if isinstance(batch, torch.Tensor) else batch


def alike(batch: Batch, change: Callable[[torch.Tensor], torch.Tensor]) -> Batch:
    """The batch with every tensor changed, a tensor staying a tensor."""
    return change(batch) if isinstance(batch, torch.Tensor) else tuple(map(change, batch))


def moved(batch: Batch, device: torch.device) -> Batch:
    """The batch on ``device``."""
    return alike(batch, lambda part: part.to(device))


def rows_of(batch: Batch, first: int, last: int) -> Batch:
    """Rows first .. last-1, in the same memory."""
    return alike(batch, lambda part: part[first:last])


def joined(batches: Sequence[Batch]) -> Batch:
    """Some batches as one; a single one is itself."""
    if len(batches) == 1:
        return batches[0]
    whole = tuple(torch.cat(each) for each in zip(*map(parts, batches), strict=True))
    return whole[0] if isinstance(batches[0], torch.Tensor) else whole


def room(x: Batch, shape: Sequence[int], size: int, device: torch.device) -> Batch:
    """Uninitialised memory for ``size`` noisy samples of ``x``.

    Args:
        x: one input.
        shape: of the first part after the noise; the other parts keep theirs.
        size: rows.
        device: where.
    """
    shapes = [tuple(shape), *(tuple(part.shape) for part in parts(x)[1:])]
    made = tuple(
        torch.empty((size, *shape), dtype=part.dtype, device=device)
        for part, shape in zip(parts(x), shapes, strict=True)
    )
    return made[0] if isinstance(x, torch.Tensor) else made


def size_in_bytes(batch: Batch) -> int:
    """Bytes of all parts."""
    return sum(part.numel() * part.element_size() for part in parts(batch))


def is_out_of_memory(error: Exception) -> bool:
    """Whether a batch failed because memory was short, on the device or beside it."""
    return isinstance(error, torch.OutOfMemoryError) or memory_is_short(error)
