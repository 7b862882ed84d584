"""What a scheme draws from an input, or computes from a model, and records."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from engine.regions import Region

Facts = Mapping[str, float | str]
"""What a certificate rests on beside the votes and one input alone decides, by name."""
NO_FACTS: Facts = MappingProxyType({})


class Known(NamedTuple):
    """A class and what was computed of it.

    Attributes:
        top: the more probable class.
        outside: upper bound on the probability that the noisy input is not given it.
        least: lower bound on that.
        drawn: a map that is drawn even where nothing of it is certified; None for none.
    """

    top: int
    outside: float
    least: float
    drawn: Region | None = None
