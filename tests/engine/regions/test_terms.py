"""The map along every term: p* in both directions, to a little past what can be certified."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pytest
from scipy.stats import norm

from engine.regions import Interval, Term
from engine.regions.required_probability import unanimous
from engine.regions.terms import STEPS, TermsMap
from engine.schemes import parse_scheme


class Shifts:
    """A shift of brightness: required p_lower Phi(|b| / 0.25) down and Phi(b / 0.5) up."""

    terms: ClassVar[dict[str, Term]] = {"brightness": Term("shift", "brightness", signed=True)}

    def required_probability(self, perturbation: dict[str, float]) -> float:
        shift = perturbation["brightness"]
        return float(norm.cdf(shift / 0.5 if shift > 0 else -shift / 0.25))

    def required_probabilities(self, perturbations: list[dict[str, float]]) -> list[float]:
        return [self.required_probability(one) for one in perturbations]

    def region(self, bounds: object) -> None:
        return None


def interval(lower: float, upper: float) -> Interval:
    return Interval(term="brightness", lower=lower, upper=upper, unit="brightness")


@pytest.fixture
def shifts() -> TermsMap:
    return TermsMap.of(Shifts(), 0.999, interval(-0.75, 1.5))


def test_a_signed_term_is_mapped_in_both_directions(shifts: TermsMap) -> None:
    (axis,) = shifts.axes
    assert (axis.low, axis.high) == (pytest.approx(-0.795), pytest.approx(1.59))
    assert len(axis.values) == 2 * STEPS and (np.diff(axis.values) > 0).all()
    np.testing.assert_allclose(
        axis.required, [Shifts().required_probability({"brightness": b}) for b in axis.values]
    )
    assert axis.name_in_full() == "brightness (brightness)"


def test_places_on_the_axis(shifts: TermsMap) -> None:
    (axis,) = shifts.axes
    assert axis.share(axis.low) == 0.0 and axis.share(axis.high) == 1.0 and axis.share(9.0) == 1.0
    assert axis.value(axis.share(-0.25)) == pytest.approx(-0.25, abs=1e-3)


def test_what_p_lower_would_certify_is_found_to_the_grain(shifts: TermsMap) -> None:
    (axis,) = shifts.axes
    low, high = axis.reach(0.9)
    assert low == pytest.approx(-0.25 * norm.ppf(0.9), abs=0.02)
    assert high == pytest.approx(0.5 * norm.ppf(0.9), abs=0.04)
    assert axis.reach(0.2) == (0.0, 0.0) or axis.reach(0.2) == (-0.0, 0.0)


def test_the_certified_interval_of_a_term(shifts: TermsMap) -> None:
    assert shifts.interval(interval(-0.1, 0.3), "brightness") == (-0.1, 0.3)
    assert shifts.interval(None, "brightness") is None


def test_the_table_has_every_step_and_the_ends(shifts: TermsMap) -> None:
    header, rows = shifts.table(interval(-0.1, 0.3))
    assert header == ["term", "value", "p_required", "certified"]
    for _, value, _, known in rows[:-2]:
        assert known == (-0.1 < value < 0.3)
    assert [row[1] for row in rows[-2:]] == [-0.1, 0.3]


def test_a_term_that_counts_has_a_step_for_each_count() -> None:
    ablation = parse_scheme({"key": "ablation", "entities": 64, "keep": 6})
    utmost = ablation.region(unanimous(0.99))
    (axis,) = TermsMap.of(ablation, 0.99, utmost).axes
    assert axis.values.tolist() == list(range(utmost.most + 2))
    assert axis.value(axis.share(3.2)) == 3.0 and axis.value(0.0) == 0.0
    found = TermsMap.of(ablation, 0.99, utmost)
    region = ablation.region(unanimous(0.9))
    assert found.interval(region, "entities") == (0.0, region.most)
    assert axis.reach(0.9) == (0.0, region.most)


def test_where_nothing_can_be_certified_there_is_an_axis_all_the_same() -> None:
    (axis,) = TermsMap.of(Shifts(), 0.5, interval(0.0, 0.0)).axes
    assert axis.low < 0 < axis.high
