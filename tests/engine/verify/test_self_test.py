from __future__ import annotations

from typing import Any

import pytest

from engine.noise.records import NoiseStatistic, SelfTest
from engine.verify.self_test import check_self_test


def recorded(value: float = 63.25, **changes: Any) -> SelfTest:
    bins = NoiseStatistic(law="Gaussian", name="bins", value=value, freedom=63, p_value=0.5)
    values = {"stream": 7, "samples": 8, "elements": 4, "sigma": 0.5, "statistics": (bins,)}
    return SelfTest(**{**values, **changes})


def test_the_same_statistics_hold() -> None:
    claim = check_self_test(recorded(), recorded(63.25 + 1e-9), "")
    assert claim.line() == "test of the noise: holds (1 statistics of the same noise)"


def test_another_value_on_the_same_machine_does_not_hold() -> None:
    claim = check_self_test(recorded(), recorded(63.35), "")
    assert claim.verdict == "does not hold"
    assert claim.detail == "Gaussian, bins: 63.25 on record, 63.35 now"


def test_another_machine_may_round_a_draw_into_the_next_bin_but_no_more() -> None:
    elsewhere = "the run was made on A, this is B"
    assert check_self_test(recorded(), recorded(63.35), elsewhere).verdict == "holds"
    claim = check_self_test(recorded(), recorded(80.0), elsewhere)
    assert claim.verdict == "does not hold"
    assert claim.detail == f"Gaussian, bins: 63.25 on record, 80 now; {elsewhere}"


@pytest.mark.parametrize("changes", [{"sigma": 0.25}, {"samples": 9}], ids=str)
def test_a_test_of_something_else_does_not_hold(changes: dict[str, Any]) -> None:
    claim = check_self_test(recorded(**changes), recorded(), "")
    assert (claim.verdict, claim.detail) == ("does not hold", "another test is on record")
