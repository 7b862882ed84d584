"""The test of the noise, made again and compared with the one on record. No torch."""

from __future__ import annotations

from engine.noise.records import SelfTest
from engine.verify.report import Claim

_SAME, _ELSEWHERE = 1e-6, 0.5
"""How far a statistic may differ: by rounding on the same machine; on another one, whose logarithm
and cosine differ in the last bit, by a draw or two that fall into the next bin."""
_NAME = "test of the noise"


def check_self_test(recorded: SelfTest, again: SelfTest, other_machine: str) -> Claim:
    """Whether the recorded statistics are those of the same noise drawn now.

    Args:
        recorded: as the evidence states it.
        again: as it was found just now, with the same key.
        other_machine: in words, how this machine differs from the run's; empty if it does not.
    """
    if _plan(recorded) != _plan(again):
        return Claim(name=_NAME, verdict="does not hold", detail="another test is on record")
    allowed = _ELSEWHERE if other_machine else _SAME
    for then, now in zip(recorded.statistics, again.statistics, strict=True):
        if abs(then.value - now.value) > allowed:
            found = f"{then.law}, {then.name}: {then.value:.4g} on record, {now.value:.4g} now"
            if other_machine:
                detail = f"{found}; {other_machine}"
                return Claim(name=_NAME, verdict="cannot be checked", detail=detail)
            return Claim(name=_NAME, verdict="does not hold", detail=found)
    passed = f"{len(again.statistics)} statistics of the same noise"
    return Claim(name=_NAME, verdict="holds", detail=passed)


def _plan(test: SelfTest) -> tuple[object, ...]:
    """What was drawn, and which statistics were made of it."""
    made = [(one.law, one.name, one.freedom) for one in test.statistics]
    return (test.samples, test.elements, test.sigma, made)
