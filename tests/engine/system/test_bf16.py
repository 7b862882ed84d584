from __future__ import annotations

from itertools import cycle

import pytest

from engine.system import bf16
from engine.system.bf16 import bf16_gain


def test_the_gain_is_a_ratio_of_processor_times(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = cycle((0.2, 0.1))
    monkeypatch.setattr(bf16, "_seconds", lambda matrix: next(seconds))
    assert bf16_gain() == pytest.approx(2.0)


def test_it_is_measured_here() -> None:
    assert 0.01 < bf16_gain() < 100
