"""How much a function check asks again: by the length of a run, and by the time it may spend.

Batches that are asked about have a power of two of rows, as those that were tried to find a batch
size: many libraries prepare themselves for every new size, which costs as much as some batches.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import torch

_LEAST, _OPENING, _PART = 8, 32, 500
"""Samples of a look in a short run, at least and at most, and the part of the run that they are."""
SHORT, LONG = 2_000, 50_000
"""Samples of a run at whose end more than the first look's batch is asked about, and of one in
which there is time for larger looks."""
_ALONE, _MOST_ALONE = ((SHORT, 2), (LONG, 4)), 8
"""Samples that are asked about alone before a run shorter than so many, of a model that says
classes only; and before any other run, or of a model that has not been met."""
_MET = 8
"""Batches that answered the same samples alike, after which a model has been met."""


@dataclass
class Acquaintance:
    """What the search for a batch size tells of a model: it answers the same samples many times.

    A batch is answered in many sizes, of which each begins with the same samples: a model that
    draws at random is seen there at no cost. Nothing is refused here.

    Attributes:
        batches: that were compared with earlier ones.
        differed: some sample got another class; rounding may have been the reason.
        before: its batch size is known from an earlier process, which went through this.
    """

    batches: int = 0
    differed: bool = False
    before: bool = False
    _first: torch.Tensor | None = field(default=None, repr=False)

    def add(self, classes: torch.Tensor) -> None:
        """Compare the classes of a batch with those of the same samples before."""
        first = self._first
        if first is not None:
            common = min(len(first), len(classes))
            self.batches += 1
            self.differed |= not torch.equal(first[:common], classes[:common])
        if first is None or len(classes) > len(first):
            self._first = classes.clone()

    @property
    def made(self) -> bool:
        """Whether the model has been met, and nothing was odd about it."""
        return not self.differed and (self.before or self.batches >= _MET)


@dataclass
class Allowance:
    """Seconds that checks may spend; one for all runs of a model on many inputs.

    Attributes:
        seconds: that are left; below 0 where a first look took more than its share.
    """

    seconds: float = 0.0

    @property
    def left(self) -> bool:
        """Whether there are any."""
        return self.seconds > 0


def looked_at(planned: int) -> int:
    """Samples of a look in a short run of so many, which has two and asks about each twice.

    A dependence that begins with a batch of so many is seen in the scores; one that begins later,
    or lies in the size alone, in the classes of as many samples as are asked about.
    """
    return power_of_two(max(_LEAST, min(_OPENING, planned // _PART)))


def asked_alone(planned: int, met: Acquaintance, *, scored: bool) -> int:
    """Samples that are asked about in a call of their own before a run of so many.

    Where scores are compared (``scored``) one is enough: other scores alone have more samples be
    asked about, and where those of no batch differ no class does.
    """
    if not met.made:
        return _MOST_ALONE
    if scored and planned < LONG:
        return 1
    return next((few for length, few in _ALONE if planned < length), _MOST_ALONE)


def power_of_two(most: int) -> int:
    """The largest power of two up to ``most``, which is at least 1."""
    return 1 << (most.bit_length() - 1)
