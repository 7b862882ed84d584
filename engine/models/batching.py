"""Programs exported for one batch size, fed with batches of any size."""

from __future__ import annotations

from collections.abc import Callable

import torch


def in_chunks(
    run: Callable[[torch.Tensor], torch.Tensor], batch: torch.Tensor, fixed: int | None
) -> torch.Tensor:
    """``run`` over ``batch`` in chunks of ``fixed``, the last one filled up with zeros.

    Args:
        run: takes exactly ``fixed`` rows, or any number if ``fixed`` is None.
        batch: (B, C, H, W).
        fixed: the batch size of the program.
    """
    if fixed is None or len(batch) == fixed:
        return run(batch)
    results = []
    for chunk in torch.split(batch, fixed):
        missing = fixed - len(chunk)
        filled = torch.cat([chunk, chunk.new_zeros(missing, *chunk.shape[1:])])
        results.append(run(filled)[: len(chunk)])
    return torch.cat(results)


def checked_scores(scores: object, rows: int) -> int:
    """Number of classes of a trial result.

    Raises:
        ValueError: it is not one score per class and row; the text says what it is instead.
    """
    if not isinstance(scores, torch.Tensor):
        raise ValueError(f"it returns a {type(scores).__name__} instead of one tensor of scores")
    if scores.ndim != 2 or scores.shape[0] != rows or scores.shape[1] < 2:
        shape = " x ".join(str(n) for n in scores.shape) or "a single number"
        raise ValueError(f"it returns {shape} for {rows} images instead of {rows} x classes")
    return int(scores.shape[1])
