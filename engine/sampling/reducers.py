"""Observations of a sampler's answers: votes counted by block, or order statistics kept.

A sampler draws and classifies; a reducer sees its answers batch by batch, on the device, and hands
over what is observed. What it makes of the same answers does not depend on how they were batched.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch

from engine.evidence.observations import EnsembleRecord, MemberVotes, OrderStatistics


class CountVotes:
    """Votes per class, block of sample indices by block.

    Args:
        classes: number of classes.
        block: samples per block.
    """

    def __init__(self, classes: int, block: int) -> None:
        self.classes = classes
        self.block = block

    def counts(self, answered: Sequence[torch.Tensor], start: int) -> dict[int, list[int]]:
        """Counts of consecutive samples from ``start``; the one synchronisation.

        Args:
            answered: class indices, -1 for a failure, one tensor (B,) for each batch.
            start: index of the first sample.

        Returns:
            For each block that got any, its counts: failures first, then one per class.
        """
        if not answered:
            return {}
        answers = torch.cat(list(answered))
        base, width = start // self.block, self.classes + 1
        blocks = (start + len(answers) - 1) // self.block - base + 1
        cells = torch.arange(start, start + len(answers), device=answers.device)
        cells = cells.div_(self.block, rounding_mode="floor").sub_(base).mul_(width)
        cells = cells.add_(answers + 1)
        table = torch.bincount(cells, minlength=blocks * width).view(blocks, width).tolist()
        return {base + i: row for i, row in enumerate(table) if any(row)}


class MemberTally:
    """Votes of the members of an ensemble; without a synchronisation until they are asked for.

    Args:
        classes: number of classes.
    """

    def __init__(self, classes: int) -> None:
        self._classes = classes
        self._counts: torch.Tensor | None = None
        self._samples = 0

    def add(self, answers: torch.Tensor | None) -> None:
        """Take in the answers (L, B) to a batch: classes, NO_CLASS, NOT_ASKED; None for nothing."""
        if answers is None:
            return
        members, samples = answers.shape
        width = self._classes + 2
        cells = answers + 2 + width * torch.arange(members, device=answers.device)[:, None]
        found = torch.bincount(cells.flatten(), minlength=members * width).view(members, width)
        self._counts = found if self._counts is None else self._counts + found
        self._samples += samples

    def record(self) -> EnsembleRecord | None:
        """What was answered so far; None where nothing was."""
        if self._counts is None:
            return None
        rows = self._counts.tolist()
        return EnsembleRecord(
            samples=self._samples,
            members=tuple(
                MemberVotes(asked=self._samples - skipped, failures=failed, counts=tuple(counts))
                for skipped, failed, *counts in rows
            ),
        )


class KeepOrderStatistics:
    """The least and greatest values of every output; memory does not grow with the samples.

    Args:
        outputs: numbers that the model answers with.
        keep: values of each output that are kept at either end.
    """

    def __init__(self, outputs: int, keep: int) -> None:
        self._keep = keep
        self._least = torch.empty((0, outputs), dtype=torch.float64)
        self._greatest = torch.empty((0, outputs), dtype=torch.float64)
        self._n = 0
        self._failures: torch.Tensor | int = 0

    def add(self, values: torch.Tensor) -> None:
        """Take in the answers (B, outputs) of a batch; a row with a non-finite one is a failure."""
        fine = torch.isfinite(values).all(dim=1)
        found = values[fine].to(torch.float64)
        self._n += len(values)
        self._failures = self._failures + (~fine).sum()
        self._least = self._kept(self._least, found, largest=False)
        self._greatest = self._kept(self._greatest, found, largest=True)

    def observations(self) -> OrderStatistics:
        """What was kept so far."""
        least, greatest = (part.T.tolist() for part in (self._least, self._greatest))
        return OrderStatistics(
            n=self._n,
            failures=int(self._failures),
            least=tuple(map(tuple, least)),
            greatest=tuple(map(tuple, greatest)),
        )

    def _kept(self, kept: torch.Tensor, found: torch.Tensor, *, largest: bool) -> torch.Tensor:
        both = torch.cat([kept.to(found.device), found])
        return both.topk(min(self._keep, len(both)), dim=0, largest=largest, sorted=True).values
