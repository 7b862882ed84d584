from __future__ import annotations

import pytest

from engine.attacks.bisection import bisected, found_lost


@pytest.mark.parametrize("edge", [0.3, 1.0, 5.7, 31.0])
def test_the_edge_is_found_from_above(edge: float) -> None:
    ends = found_lost(lambda size: size >= edge, 1.0, 6)
    assert ends is not None
    low, high = ends
    assert low < edge <= high and high in (1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
    found = bisected(lambda size: size >= edge, low, high)
    assert edge <= found <= edge + (high - low) / 1000


def test_what_is_never_lost_is_not_found() -> None:
    tried = list[float]()
    assert found_lost(lambda size: bool(tried.append(size)), 0.5, 3) is None
    assert tried == [0.5, 1.0, 2.0]
