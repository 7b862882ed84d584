from __future__ import annotations

from tests.logs import make_log


def test_only_what_is_correct_has_a_size_and_none_is_below_zero() -> None:
    log = make_log([0, 1, 1, 2], [0, 1, 0, -1], [0.5, -3.0, 0.7, 0.9])
    assert log.sizes.tolist() == [0.5, 0.0, 0.0, 0.0]
    assert log.certified.tolist() == [True, True, True, False] and len(log) == 4
