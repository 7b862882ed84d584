"""Observations of a sampler's answers: votes counted by block, or order statistics kept.

A sampler draws and classifies; a reducer sees its answers batch by batch, on the device, and hands
over what is observed. What it makes of the same answers does not depend on how they were batched.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import torch

from engine.evidence.observations import (
    EncryptedRecord,
    EnsembleRecord,
    MemberVotes,
    OrderStatistics,
)
from engine.evidence.spread import LEADS, MemberSpread, rounded


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
        top: the class whose lead is taken of the first samples; None for no class.
    """

    def __init__(self, classes: int, top: int | None = None) -> None:
        self._classes, self._top = classes, top
        self._leads: list[torch.Tensor] = []
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

    def lead(self, scores: torch.Tensor | None) -> None:
        """Take in the scores (L, B, K) of a batch, of members that were asked about all of it."""
        room = LEADS - sum(part.shape[1] for part in self._leads)
        if scores is None or self._top is None or room < 1:
            return
        first = scores[:, :room].double()
        others = first.clone()
        others[:, :, self._top] = -torch.inf
        self._leads.append(first[:, :, self._top] - others.amax(dim=2))

    def _spread(self) -> MemberSpread | None:
        """How the leads taken so far scatter."""
        if not self._leads:
            return None
        leads = torch.cat(self._leads, dim=1)
        leads = leads[:, torch.isfinite(leads).all(dim=0)]
        members, samples = leads.shape
        if members < 2 or samples < 2:
            return None
        counted = torch.arange(1, members + 1, device=leads.device)[:, None]
        of_first = (leads.cumsum(dim=0) / counted).var(dim=1)
        of_first[0] = leads[0].var()
        return MemberSpread(
            samples=samples,
            variances=tuple(map(rounded, leads.var(dim=1).tolist())),
            of_first=tuple(map(rounded, of_first.tolist())),
        )

    def record(self) -> EnsembleRecord | None:
        """What was answered so far; None where nothing was."""
        if self._counts is None:
            return None
        rows = self._counts.tolist()
        return EnsembleRecord(
            spread=self._spread(),
            samples=self._samples,
            members=tuple(
                MemberVotes(asked=self._samples - skipped, failures=failed, counts=tuple(counts))
                for skipped, failed, *counts in rows
            ),
        )


class DecryptedTally:
    """What was in doubt among the samples of a model that computes under encryption."""

    def __init__(self) -> None:
        self._found: EncryptedRecord | None = None

    def add(self, batch: EncryptedRecord | None) -> None:
        """Take in a batch's record; None for nothing."""
        before = self._found
        if batch is None or before is None:
            self._found = batch or before
            return
        names = ("samples", "doubtful", "outside", "deviation", "sent", "received")
        sums = {name: getattr(before, name) + getattr(batch, name) for name in names}
        self._found = batch.model_copy(update=sums)

    def record(self) -> EncryptedRecord | None:
        """All batches so far; None where there were none."""
        return self._found


class SumScores:
    """Sums of the scores of one class and of their squares, block by block.

    A batch that failed has none, and counts as 0.

    Args:
        top: the class.
    """

    def __init__(self, top: int) -> None:
        self._top = top
        self._found: list[tuple[int, torch.Tensor]] = []

    def add(self, values: torch.Tensor, at: int) -> None:
        """Take in the scores (B, K), whole numbers, of the samples from ``at`` on."""
        self._found.append((at, values[:, self._top]))

    def beside(self, rows: dict[int, list[int]], block: int) -> dict[int, list[int]]:
        """The counts of some blocks, each with the two sums of what came since."""
        sums = {index: [0, 0] for index in rows}
        for at, scores in self._found:
            for index, part in _by_block(scores, at, block):
                own = sums[index]
                own[0] += int(part.sum())
                own[1] += int((part * part).sum())
        self._found = []
        return {index: [*row, *sums[index]] for index, row in rows.items()}


def _by_block(values: torch.Tensor, at: int, block: int) -> Iterator[tuple[int, torch.Tensor]]:
    """The values of consecutive samples from ``at``, cut where a block ends."""
    end = at + len(values)
    while at < end:
        last = min(end, (at // block + 1) * block)
        yield at // block, values[: last - at]
        values, at = values[last - at :], last


_KEPT = np.dtype("<f4")


class KeepNumbers:
    """All answers in numbers, in the order of their samples, on the host.

    Args:
        outputs: numbers of one answer.
        before: answers that were kept before, as :meth:`stretch` gave them.
    """

    def __init__(self, outputs: int, before: Sequence[bytes] = ()) -> None:
        self._parts = [np.empty((0, outputs), dtype=np.float32)]
        self._parts += [np.frombuffer(one, _KEPT).reshape(-1, outputs) for one in before]

    def add(self, values: torch.Tensor, at: int) -> None:
        """Take in the answers (B, outputs) of a batch; a row with a non-finite one is none."""
        del at
        fine = torch.isfinite(values).all(dim=1)
        self._parts.append(values[fine].float().cpu().numpy())

    def beside(self, rows: dict[int, list[int]], block: int) -> dict[int, list[int]]:
        """The counts of some blocks as they are: numbers are kept whole."""
        del block
        return rows

    def answers(self, count: int) -> npt.NDArray[np.float64]:
        """(count, outputs): the first answers."""
        return self._whole[:count].astype(np.float64)

    def stretch(self, first: int, last: int) -> bytes:
        """The answers from ``first`` on, before ``last``, as float32, row by row."""
        return self._whole[first:last].astype(_KEPT).tobytes()

    @property
    def _whole(self) -> npt.NDArray[np.float32]:
        if len(self._parts) > 1:
            self._parts = [np.concatenate(self._parts)]
        return self._parts[0]


def order_statistics(
    answers: npt.NDArray[np.float64], n: int, ranks: Sequence[int]
) -> OrderStatistics:
    """The values of some ranks.

    Args:
        answers: (answered, outputs) of the ``n`` samples that had any.
        n: samples.
        ranks: from 1 on; those that there are not are left out.
    """
    kept = sorted({rank for rank in ranks if 1 <= rank <= len(answers)})
    places = [rank - 1 for rank in kept]
    found = np.partition(answers, places, axis=0)[places] if places else answers[:0]
    return OrderStatistics(
        n=n,
        failures=n - len(answers),
        ranks=tuple(kept),
        values=tuple(tuple(column) for column in found.T.tolist()),
    )
