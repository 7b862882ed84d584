"""The test of the noise: whether all of it is on record, and made again. No torch.

Programs before schema 2.0 tested less of a law, so that fewer statistics may be on record.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from engine.noise.law import PROBED, NoiseLaw
from engine.noise.records import SelfTest
from engine.noise.statistical_tests import LIMIT, statistics, uniform_law, worst
from engine.verify.report import Claim

_SAME, _ELSEWHERE = 1e-6, 0.5
"""How far a statistic may differ: by rounding on the same machine; on another one, whose logarithm
and cosine differ in the last bit, by a draw or two that fall into the next bin."""
_NAME = "test of the noise"
_LEFT_OUT = "squares of samples"
"""Programs of before tested it of samples of few numbers, too, where it says nothing."""


def left_out(recorded: SelfTest, law: NoiseLaw) -> list[str]:
    """Statistics that a test of this law has and that are not on record, each in words."""
    due = list(_due(law))
    there = [(one.law, one.name) for one in recorded.statistics]
    for each in there:
        if each in due:
            due.remove(each)
    return [f"{name} of {stated}" for stated, name in due]


@lru_cache(maxsize=64)  # the runs of a case share few laws
def _due(law: NoiseLaw) -> tuple[tuple[str, str], ...]:
    """Law and name of every statistic that a test of this law has."""
    empty = np.zeros((PROBED, PROBED))
    due = [(one.law, one.name) for one in statistics(empty, uniform_law())]
    for probe in law.probes():
        shapes = (probe.shape, *(part.shape for part in probe.x[1:]))
        drawn = tuple(np.zeros((probe.samples, *shape)) for shape in shapes)
        due += [(one.law, one.name) for one in statistics(probe.read(drawn), probe.stated)]
    return tuple(due)


def check_self_test(recorded: SelfTest, again: SelfTest, other_machine: str) -> Claim:
    """Whether the recorded statistics are those of the same noise drawn now.

    Args:
        recorded: as the evidence states it.
        again: as it was found just now, with the same key.
        other_machine: in words, how this machine differs from the run's; empty if it does not.
    """
    made = {(one.law, one.name): one for one in again.statistics}
    form = ("stream", "samples", "elements", "sigma")
    same = all(getattr(recorded, name) == getattr(again, name) for name in form)
    pairs = [
        (then, made.get((then.law, then.name)))
        for then in recorded.statistics
        if then.name != _LEFT_OUT or (then.law, then.name) in made
    ]
    if not same or any(now is None or now.freedom != then.freedom for then, now in pairs):
        return Claim(name=_NAME, verdict="does not hold", detail="another test is on record")
    allowed = _ELSEWHERE if other_machine else _SAME
    for then, now in pairs:
        assert now is not None
        if abs(then.value - now.value) > allowed:
            found = f"{then.law}, {then.name}: {then.value:.4g} on record, {now.value:.4g} now"
            found += f"; {other_machine}" if other_machine else ""
            return Claim(name=_NAME, verdict="does not hold", detail=found)
    passed = f"{len(recorded.statistics)} statistics of the same noise"
    return Claim(name=_NAME, verdict="holds", detail=passed)


def failed(test: SelfTest | None) -> list[str]:
    """Why a run with this test of its noise cannot have begun."""
    furthest = worst(test.statistics) if test else None
    if furthest is None or furthest.p_value >= LIMIT:
        return []
    return [f"its noise failed its test: {furthest.name}, p-value {furthest.p_value:.1e}"]
