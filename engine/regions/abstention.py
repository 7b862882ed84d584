"""Why a run certified nothing."""

from __future__ import annotations

from typing import Literal

from engine.core.records import Record


class Abstention(Record):
    """Why nothing is certified.

    Attributes:
        reason: the lecture's three causes (``wrong-guess``, ``below-half``, ``too-few-samples``),
            or ``stopped-early`` for a fixed-n bound that never reached its n, ``no-votes`` if the
            run ended before the first estimation sample, ``out-of-reach`` for a predetermined
            target that a decision gave up on, ``not-deterministic`` if a model answered the same
            samples of an enumerated noise in two ways.
        sentence: the reason in words, with what would help.
        n_needed: the n that would certify if the votes keep their proportions, where one exists.
    """

    reason: Literal[
        "wrong-guess",
        "below-half",
        "too-few-samples",
        "stopped-early",
        "no-votes",
        "out-of-reach",
        "not-deterministic",
    ]
    sentence: str
    n_needed: int | None = None
