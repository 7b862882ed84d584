"""A run's votes as a chain of blocks: the unit of resuming, replaying and checking.

The estimation stream is cut into blocks of sample indices, all of one length up to the planned n
and longer where a run is extended far beyond it (:func:`block_length`); the blocks of an adaptive
decision are its phases (:func:`phases_of`). Each block's counts enter
a hash chain whose head stands for the whole run: change one count and every later hash changes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import Field

from engine.core.records import ModelIdentity, Record, Votes
from engine.core.scores import ScoreSums
from engine.evidence.settings import DecideSettings, RunSettings, hashed

BLOCKS_PER_RUN = 200
MIN_BLOCK = 50
ANY_LENGTH = 1
"""Stands for the size of blocks that have each its own length; below any other."""


class Block(Record):
    """Counts of samples ``start .. start + n - 1`` of the estimation stream.

    Attributes:
        counts: votes per class index; classes without votes are left out.
        failures: samples that named no class.
        scores: what they scored, under a bound on scores.
        hash: SHA-256 over the previous block's hash and this block's counts.
    """

    start: int
    n: int
    counts: dict[int, int]
    failures: int = 0
    scores: ScoreSums | None = Field(default=None, exclude_if=lambda found: found is None)
    hash: str


def block_size(n_plan: int) -> int:
    """Samples per block of a run of ``n_plan``: about 200 blocks, none below 50 samples."""
    return max(MIN_BLOCK, -(-n_plan // BLOCKS_PER_RUN))


def block_of(settings: RunSettings) -> int:
    """Samples per block of a run; each anchor of a sweep has a block of its own length."""
    return ANY_LENGTH if settings.kind == "sweep" else block_size(settings.n)


def block_length(size: int, index: int) -> int:
    """Samples of block ``index`` of a chain whose first blocks hold ``size``.

    200 blocks of ``size``; from there on, 100 of twice, 100 of four times as many, and so on. So a
    run that was planned for 1,000 samples and extended to 10^7 has 1,196 blocks and not 200,000.
    """
    steps = BLOCKS_PER_RUN // 2
    return size << max(0, index // steps - 1)


def default_phases(n: int) -> tuple[int, ...]:
    """1000, 10,000 and 125,000 for n = 100,000, and in proportion."""
    return tuple(sorted({max(1, n // 100), max(1, n // 10), n + n // 4}))


def phases_of(settings: RunSettings) -> tuple[int, ...]:
    """Estimation votes of each phase of an adaptive decision; none for any other run."""
    if not isinstance(settings, DecideSettings):
        return ()
    return settings.phases or default_phases(settings.n)


def misfit(blocks: Sequence[Block], size: int, phases: Sequence[int] = ()) -> int | None:
    """Index of the first block that is not as long as its place asks for; None if all are.

    The last one may be shorter. Chains written before blocks grew keep ``size`` to their end; with
    ``phases`` these are the lengths instead. With the size :data:`ANY_LENGTH` all fit, as for the
    anchors of a sweep.
    """
    if size == ANY_LENGTH:
        return None
    if len(blocks) > len(phases) > 0:
        return len(phases)
    for index, block in enumerate(blocks):
        whole = phases[index : index + 1] or (size, block_length(size, index))
        growing = index == len(blocks) - 1 and 0 < block.n <= max(whole)
        if block.n not in whole and not growing:
            return index
    return None


def full_blocks(blocks: Sequence[Block], size: int) -> Sequence[Block]:
    """The blocks of a chain without a last one that may still grow."""
    if blocks and blocks[-1].n < block_length(size, len(blocks) - 1):
        return blocks[:-1]
    return blocks


def chain_facts(
    settings: RunSettings,
    *,
    model: ModelIdentity,
    pixels_sha256: str,
    key: int,
    selection: Votes,
) -> dict[str, Any]:
    """What a run is about, for :func:`chain_starts`.

    Args:
        settings: as declared.
        model: which function is certified.
        pixels_sha256: digest of the input.
        key: the noise key.
        selection: votes that chose the class, in the first phase of a decision; PREDICT has none.
    """
    declared: dict[str, Any] = {}
    if isinstance(settings, DecideSettings):
        phases = [*phases_of(settings)]
        declared = {"target": settings.target, "beta": settings.beta, "phases": phases}
    elif settings.kind == "predict":
        declared = {"test": settings.test}
    elif settings.kind == "measure":
        declared = {"epsilon": settings.epsilon}
    return {
        "model": model.sha256,
        "function": function_of(model),
        "input": pixels_sha256,
        "scheme": settings.scheme.model_dump(mode="json"),
        "bound": settings.bound,
        "alpha": hashed(settings).alpha,
        "key": f"{key:016x}",
        "precision": settings.precision,
        "selection": [selection.failures, *selection.counts],
        **declared,
    }


def function_of(model: ModelIdentity) -> dict[str, Any]:
    """What decides, beside the digest of its file, which function a model is."""
    outputs = {} if model.outputs is None else {"outputs": model.outputs.model_dump(mode="json")}
    return {
        **outputs,
        "architecture": model.architecture,
        "normalization": model.normalization,
        "encoding": model.encoding,
        "resize": model.resize,
        "input_shape": [*model.input_shape],
        "class_names": [*model.class_names],
    }


def chain_starts(facts: Mapping[str, Any]) -> tuple[str, str]:
    """The hash before the first block, and the one of older programs, without the function."""
    older = {name: value for name, value in facts.items() if name != "function"}
    return chain_start(facts), chain_start(older)


def start_of(starts: Sequence[str], blocks: Sequence[Block]) -> str:
    """The start that some blocks follow; the first of them where they follow none."""
    return next((start for start in starts if first_broken(start, blocks[:1]) is None), starts[0])


def chain_start(facts: Mapping[str, Any]) -> str:
    """The hash before the first block, over what the run is about (canonical JSON of ``facts``)."""
    return _digest("certiscope run v1", json.dumps(facts, sort_keys=True, separators=(",", ":")))


def chained(
    previous: str,
    *,
    start: int,
    n: int,
    counts: Mapping[int, int],
    failures: int,
    scores: ScoreSums | None = None,
) -> Block:
    """The next block after ``previous`` (a hash)."""
    kept = {index: counts[index] for index in sorted(counts) if counts[index]}
    listed = ",".join(f"{index}:{count}" for index, count in kept.items())
    scored = "" if scores is None else f";{scores.total};{scores.squares}"
    digest = _digest(previous, f"{start};{n};{listed};{failures}{scored}")
    return Block(start=start, n=n, counts=kept, failures=failures, scores=scores, hash=digest)


def total(blocks: Iterable[Block], classes: int) -> Votes:
    """The blocks' votes together."""
    votes = Votes(counts=(0,) * classes)
    for block in blocks:
        votes = added(votes, block)
    return votes


def added(votes: Votes, block: Block) -> Votes:
    """``votes`` and a block's votes together."""
    counts = list(votes.counts)
    for index, count in block.counts.items():
        counts[index] += count
    scores = votes.scores
    if block.scores is not None:
        scores = block.scores if scores is None else scores + block.scores
    return Votes(counts=tuple(counts), failures=votes.failures + block.failures, scores=scores)


def first_broken(start_hash: str, blocks: Iterable[Block]) -> int | None:
    """Index of the first block that does not follow from what came before; None if all do.

    A block follows if its samples begin where the last ended, its counts sum to its n, and its hash
    is that of :func:`chained`.
    """
    previous, position = start_hash, 0
    for index, block in enumerate(blocks):
        again = chained(
            previous,
            start=position,
            n=block.n,
            counts=block.counts,
            failures=block.failures,
            scores=block.scores,
        )
        whole = sum(block.counts.values()) + block.failures == block.n
        whole = whole and (block.scores is None or block.scores.possible(block.n - block.failures))
        if again != block or not whole or min((*block.counts.values(), block.n)) < 0:
            return index
        previous, position = block.hash, position + block.n
    return None


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


class Tally:
    """Blocks as they fill up, on the host.

    Args:
        first: the chain's start hash.
        size: samples of each of the first blocks.
        classes: number of classes.
        blocks: blocks counted before, to resume from; a last one that is not full is taken back.
        scored: rows end with the sums of scores and of their squares.
    """

    def __init__(
        self,
        first: str,
        *,
        size: int,
        classes: int,
        blocks: Sequence[Block] = (),
        scored: bool = False,
    ) -> None:
        self.size = size
        self.classes = classes
        self.first = first
        self.full = [*full_blocks(blocks, size)]
        self._scored = scored
        self._open = self._nothing()
        for block in blocks[len(self.full) :]:
            self._open = self._listed(total((block,), classes))
        self._sums = self._listed(total(self.full, classes))

    @property
    def n(self) -> int:
        """Samples counted."""
        return self._count(self._sums) + self._count(self._open)

    def add(self, rows: Mapping[int, list[int]]) -> list[Votes]:
        """Add counts (failures first, then classes) per stretch of ``size`` samples.

        Args:
            rows: sample index // ``size`` to the counts of the samples that came, in order; the
                sums of their scores last, where these are kept.

        Returns:
            The votes at the end of each block that became full, in order.
        """
        ends = []
        for index in sorted(rows):
            due = self.n // self.size
            if index != due:
                raise ValueError(f"stretch {index} came when stretch {due} was due")
            self._open = [a + b for a, b in zip(self._open, rows[index], strict=True)]
            if self._count(self._open) == block_length(self.size, len(self.full)):
                self._close()
                ends.append(self._votes(self._sums))
        return ends

    def votes(self) -> Votes:
        """All votes so far."""
        return self._votes([a + b for a, b in zip(self._sums, self._open, strict=True)])

    def blocks(self) -> tuple[Block, ...]:
        """All blocks so far; the last one may not be full."""
        if not self._count(self._open):
            return tuple(self.full)
        return (*self.full, self._next())

    def head(self) -> str:
        """The chain's head: it stands for every count so far."""
        blocks = self.blocks()
        return blocks[-1].hash if blocks else self.first

    def _next(self) -> Block:
        previous = self.full[-1].hash if self.full else self.first
        votes = self._votes(self._open)
        return chained(
            previous,
            start=self._count(self._sums),
            n=votes.n,
            counts=dict(enumerate(votes.counts)),
            failures=votes.failures,
            scores=votes.scores,
        )

    def _close(self) -> None:
        self.full.append(self._next())
        self._sums = [a + b for a, b in zip(self._sums, self._open, strict=True)]
        self._open = self._nothing()

    def _nothing(self) -> list[int]:
        return [0] * (self.classes + 1 + 2 * self._scored)

    def _count(self, listed: list[int]) -> int:
        return sum(listed[: self.classes + 1])

    def _votes(self, listed: list[int]) -> Votes:
        return votes_of(listed, self.classes)

    def _listed(self, votes: Votes) -> list[int]:
        scores = votes.scores or ScoreSums()
        sums = [scores.total, scores.squares] if self._scored else []
        return [votes.failures, *votes.counts, *sums]


def votes_of(row: Sequence[int], classes: int) -> Votes:
    """The votes that a sampler's row of counts means, with their scores where it has them."""
    failures, counts, sums = row[0], row[1 : classes + 1], row[classes + 1 :]
    scores = ScoreSums(total=sums[0], squares=sums[1]) if sums else None
    return Votes(counts=tuple(counts), failures=failures, scores=scores)
