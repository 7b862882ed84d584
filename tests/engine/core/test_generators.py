from __future__ import annotations

from collections.abc import Generator

import pytest

from engine.core.generators import result_of


def counting(last: int) -> Generator[int, None, str]:
    for number in range(last):
        yield number
        if number == 3:
            raise ValueError(number)
    return f"{last} counted"


def test_the_result_comes_after_all_snapshots() -> None:
    assert result_of(counting(2)) == "2 counted"
    assert result_of(counting(0)) == "0 counted"


def test_a_failure_on_the_way_is_the_callers() -> None:
    with pytest.raises(ValueError, match="3"):
        result_of(counting(9))
