"""What a test of drawn noise found. No scipy: evidence names these."""

from __future__ import annotations

from pydantic import Field

from engine.core.records import Record


class NoiseStatistic(Record):
    """One statistic of numbers drawn before the run, against the law they should follow.

    Attributes:
        law, name: what was drawn, and which statistic of it.
        value: a z-score; chi-square where ``freedom`` is given.
        freedom: degrees of freedom.
        p_value: how often a healthy generator is at least that far off, on either side.
    """

    law: str
    name: str
    value: float
    freedom: int | None = Field(default=None, ge=1)
    p_value: float = Field(ge=0, le=1)


class SelfTest(Record):
    """The test of a run's noise before its first vote (``procedures.noise_self_test``); it passed.

    Attributes:
        stream: the counters it drew from, disjoint from those of the votes.
        samples, elements: how many numbers of each law were drawn.
        sigma: of the Gaussian part; None where the noise has none.
        key: 64-bit key as 16 hex digits where it was not the run's own: a law is tested once for a
            set of inputs, with the key of the first.
    """

    stream: int
    samples: int
    elements: int
    sigma: float | None = None
    key: str = Field(default="", pattern=r"^([0-9a-f]{16})?$")
    statistics: tuple[NoiseStatistic, ...] = Field(min_length=1)
