"""Exact probabilities of stump ensembles against the published values, fractions and sampling."""

from __future__ import annotations

import itertools
import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from mpmath import mp, mpf
from scipy.stats import binom

from engine.certificates.stumps import (
    LATTICE,
    Lattice,
    Norm,
    Steps,
    StumpEnsemble,
    certified_radius,
    moved,
)
from tests.yardstick import processor_seconds

GOLDEN: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "golden" / "stumps.json").read_text(encoding="utf-8")
)
"""eth-sri/drs at 1071b11, run on small ensembles; exact values by enumeration in 50 digits."""
NORMS: dict[str, Norm] = {"gaussian": "l2", "uniform": "l1"}


def ensemble(case: dict[str, Any], features: int, *, total: int | None = None) -> StumpEnsemble:
    """The quantised leaves of a case as the model: class 1 above half of all."""
    stumps: list[list[tuple[float, Fraction, Fraction]]] = [[] for _ in range(features)]
    for place, cut, left, right in zip(
        case["indices"], case["values"], case["left"], case["right"], strict=True
    ):
        stumps[place].append((cut, Fraction(left), Fraction(right)))
    above = int(0.5 * (total or len(case["indices"])) * 100)
    return StumpEnsemble(tuple(map(Steps.of, stumps)), above=Fraction(above))


def outside(model: StumpEnsemble, x: list[float], norm: Norm, scale: float) -> tuple[float, float]:
    found = model.outside(np.array([x]), norm=norm, scale=scale)[0, :, 0]
    return float(found[0]), float(found[1])


@pytest.mark.parametrize("kind", ["independent", "boosted"])
def test_published_ensembles_to_nine_digits(kind: str) -> None:
    for case in GOLDEN[kind]:
        norm = NORMS[case.get("mode", "gaussian")]
        model = ensemble(case, len(case["x"]))
        not0, not1 = outside(model, case["x"], norm, case["sigma"])
        assert float(case["p1_exact"]) <= not0 < float(case["p1_exact"]) * (1 + 1e-12) + 1e-14
        assert float(case["p0_exact"]) <= not1 < float(case["p0_exact"]) * (1 + 1e-12) + 1e-14
        best = min(not0, not1)
        exact = min(mpf(case["p0_exact"]), mpf(case["p1_exact"]))
        radius = certified_radius(best, norm=norm, scale=case["sigma"])
        if exact == 0:
            continue
        true = _radius(exact, norm, case["sigma"])
        assert radius is not None
        assert true * (1 - 1e-9) - 1e-12 <= radius <= true


def _radius(mass: Any, norm: Norm, scale: float) -> float:
    mp.dps = 40
    if norm == "l1":
        return float(2 * scale * (mpf(1) / 2 - mass))
    return float(mpf(scale) * mp.sqrt(2) * mp.erfinv(1 - 2 * mass))


def test_published_joint_certificates() -> None:
    """Fields beside numbers; leaves of the fields are rounded to the case's unit, as published."""
    for case in GOLDEN["joint"]:
        numeric = case["num"]
        places = sorted(case["cat"], key=int)
        fields = tuple(
            tuple(Fraction(int(value * 100)) for value in case["cat"][place].values())
            for place in places
        )
        model = ensemble(numeric, 2, total=len(numeric["indices"]) + len(fields))
        model = StumpEnsemble(model.numbers, fields, model.above)
        x = case["x"]
        codes = np.array([[int(x[int(place)]) for place in places]])
        found = model.outside(
            np.array([x[:2]]), norm=NORMS[case["mode"]], scale=case["sigma"], codes=codes
        )
        mass = float(found[0, case["y"], case["l0_radius"]])
        radius = certified_radius(mass, norm=NORMS[case["mode"]], scale=case["sigma"])
        assert (radius is not None and radius > 0) == case["certified"], case
        assert (radius or 0.0) == pytest.approx(case["radius"], abs=2e-6)


def brute(model: StumpEnsemble, x: list[float], half: Fraction) -> tuple[Fraction, Fraction]:
    """P(not 0) and P(not 1) under uniform noise, every cell by itself, in fractions."""
    laws = []
    for number, steps in zip(x, model.numbers, strict=True):
        shares = [(Fraction(cut) - Fraction(number) + half) / (2 * half) for cut in steps.cuts]
        edges = [Fraction(0), *(min(Fraction(1), max(Fraction(0), s)) for s in shares), Fraction(1)]
        laws.append([b - a for a, b in itertools.pairwise(edges)])
    over = Fraction(0)
    for cell in itertools.product(*(range(len(law)) for law in laws)):
        total = sum(s.values[i] for s, i in zip(model.numbers, cell, strict=True))
        mass = Fraction(1)
        for law, i in zip(laws, cell, strict=True):
            mass *= law[i]
        over += mass * (total > model.above)
    return over, 1 - over


def random_ensemble(rng: np.random.Generator, stumps: int, features: int) -> StumpEnsemble:
    """Leaves that are multiples of nothing."""
    parts: list[list[tuple[float, Fraction, Fraction]]] = [[] for _ in range(features)]
    for _ in range(stumps):
        leaves = rng.uniform(-1, 1, 2)
        cut = float(rng.uniform(-1, 2))
        parts[int(rng.integers(features))].append((cut, Fraction(leaves[0]), Fraction(leaves[1])))
    return StumpEnsemble(tuple(map(Steps.of, parts)), above=Fraction(float(rng.normal(0, 0.1))))


def test_every_cell_of_tiny_ensembles_in_fractions() -> None:
    """The bounds hold for the sum itself, and cost no more than the lattice's width of mass."""
    rng = np.random.default_rng(3)
    for _ in range(30):
        model = random_ensemble(rng, 7, 3)
        x = rng.uniform(0, 1, 3).tolist()
        exact = brute(model, x, Fraction(1, 2))
        found = outside(model, x, "l1", 0.5)
        for mass, bound in zip(exact, found, strict=True):
            assert mass <= Fraction(bound) <= mass + Fraction(1, 20)
        assert not model.lattice.exact


def test_exact_probabilities_are_what_sampling_comes_to() -> None:
    """200 random ensembles, both laws: counts within their bound at 1e-7 each."""
    rng = np.random.default_rng(17)
    n = 4000
    for number in range(200):
        norm: Norm = "l2" if number % 2 else "l1"
        model = random_ensemble(rng, 40, 6)
        x, scale = rng.uniform(0, 1, 6), 0.4
        noise = rng.normal(0, scale, (n, 6)) if norm == "l2" else rng.uniform(-scale, scale, (n, 6))
        ones = int((model.margins(x + noise) > 0).sum())
        not0, not1 = outside(model, x.tolist(), norm, scale)
        assert 1.0 <= not0 + not1 < 1.05
        assert binom.cdf(ones, n, 1.0 - not1) > 1e-8
        assert binom.sf(ones - 1, n, not0) > 1e-8


def test_a_slack_counts_against_both_classes() -> None:
    model = StumpEnsemble((Steps.of([(0.0, Fraction(-1), Fraction(1))]),))
    near = StumpEnsemble(model.numbers, slack=Fraction(2))
    assert outside(model, [0.0], "l2", 1.0) == pytest.approx((0.5, 0.5))
    assert outside(near, [0.0], "l2", 1.0) == (1.0, 1.0)


def test_far_tails_keep_their_digits() -> None:
    model = StumpEnsemble((Steps.of([(0.0, Fraction(0), Fraction(1))]),))
    for x in (2.0, 8.0, 20.0, 36.0):
        mp.dps = 40
        true = mp.erfc(mpf(x) / mp.sqrt(2)) / 2
        found = outside(model, [x], "l2", 1.0)[1]
        assert true <= found <= true * (1 + 1e-12)
        radius = certified_radius(found, norm="l2", scale=1.0)
        assert radius is not None
        assert x * (1 - 1e-9) <= radius <= x
    assert certified_radius(0.5, norm="l1", scale=1.0) is None


def test_fields_are_changed_in_the_worst_way() -> None:
    """Every choice of changed fields and values is tried."""
    rng = np.random.default_rng(5)
    steps = Steps.of([(0.3, Fraction(-2), Fraction(3)), (0.6, Fraction(1), Fraction(-4))])
    fields = tuple(tuple(Fraction(int(v)) for v in rng.integers(-4, 5, 3)) for _ in range(3))
    model = StumpEnsemble((steps,), fields)
    codes, x = np.array([[0, 2, 1]]), np.array([[0.5]])
    found = model.outside(x, norm="l2", scale=0.3, codes=codes)[0]
    for changed in range(4):
        worst = np.zeros(2)
        for other in itertools.product(range(3), repeat=3):
            if sum(a != b for a, b in zip(other, codes[0], strict=True)) <= changed:
                one = model.outside(x, norm="l2", scale=0.3, codes=np.array([other]))[0, :, 0]
                worst = np.maximum(worst, one)
        assert found[:, changed] == pytest.approx(worst, rel=1e-12)


def test_cuts_move_with_the_units_of_a_column() -> None:
    steps = Steps.of([(10.0, Fraction(0), Fraction(1))])
    assert moved(steps, 4.0, 3.0).cuts == (2.0,)
    raw, own = StumpEnsemble((steps,)), StumpEnsemble((moved(steps, 4.0, 3.0),))
    z = np.linspace(-1, 4, 11)[:, None]
    assert (raw.margins(4.0 + 3.0 * z) == own.margins(z)).all()
    closed = StumpEnsemble((steps,), closed=True)
    assert closed.margins(np.array([[10.0]]))[0] == 0.0
    assert raw.margins(np.array([[10.0]]))[0] == 1.0


def test_a_lattice_is_exact_where_values_have_a_unit() -> None:
    thirds = Lattice.of([[Fraction(1, 3), Fraction(2, 3)], [Fraction(0), Fraction(1)]])
    assert thirds.exact
    assert thirds.unit == Fraction(1, 3)
    odd = Lattice.of([[Fraction(0.1), Fraction(0.7)], [Fraction(0.0), Fraction(0.3)]])
    assert not odd.exact
    assert sum(int(one.max()) for one in odd.steps) == pytest.approx(LATTICE, abs=1)


@pytest.mark.thorough
def test_five_hundred_stumps_times_five_hundred_rows_in_two_seconds() -> None:
    rng = np.random.default_rng(0)
    model, x = random_ensemble(rng, 500, 30), rng.uniform(0, 1, (500, 30))
    assert processor_seconds(lambda: model.outside(x, norm="l2", scale=0.3)) < 2.0
