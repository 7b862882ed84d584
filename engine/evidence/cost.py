"""What a run takes, and what each of its samples is worth. Loads neither SciPy nor torch."""

from __future__ import annotations

import math
from typing import Literal

from pydantic import Field

from engine.core.records import Record

WORTH_SAYING = 10.0
"""Seconds: a run that takes longer says so before it starts."""


class Cost(Record):
    """What a run will take.

    Attributes:
        samples: selection and estimation samples of all inputs, or cells of a map at most.
        seconds_each: measured on a pilot.
        things: what they are.
    """

    samples: int = Field(ge=1)
    seconds_each: float = Field(ge=0)
    things: Literal["samples", "cells"] = "samples"

    @property
    def seconds(self) -> float:
        """Time for all of them."""
        return self.samples * self.seconds_each

    def in_words(self) -> str:
        """E.g. ``about 3 h 20 min (1,100 samples at 10.9 s)``."""
        each = f"({self.samples:,} {self.things} at {self.seconds_each:.3g} s)"
        most = "" if self.things == "samples" else "at most "
        return f"{most}{duration(self.seconds)} {each}"


def duration(seconds: float) -> str:
    """E.g. ``about 3 h 20 min``: two units at most, rounded up."""
    whole = math.ceil(seconds)
    for size, unit, smaller, below in ((86400, "d", 3600, "h"), (3600, "h", 60, "min")):
        if whole >= size:
            rest = math.ceil((whole - whole // size * size) / smaller)
            carried = whole // size + rest // (size // smaller)
            return f"about {carried} {unit} {rest % (size // smaller)} {below}"
    return f"about {math.ceil(whole / 60)} min" if whole >= 60 else f"about {max(whole, 1)} s"
