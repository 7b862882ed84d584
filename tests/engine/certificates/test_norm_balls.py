"""Against the published program's own numbers, and high precision where these round or step."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import mpmath
import numpy as np
import pytest

from engine.certificates import norm_balls
from engine.certificates.norm_balls import ORDER, Radius, certified, required
from tests.norm_radii import halves, powers, signs

GOLDEN = json.loads((Path(__file__).parents[2] / "golden" / "norms.json").read_text())
NORMS = {1: "l1", 2: "l2", "inf": "linf"}
SINGLE = {"Pareto", "UniformBall", "Exp2"}
"""Laws whose radii it multiplies by a scale in single precision."""


def direct(entry: dict[str, Any]) -> Any:
    par, d = entry["par"], entry["dim"]
    makers = {
        "Uniform": lambda: norm_balls.uniform(d),
        "Laplace": lambda: norm_balls.laplace(d),
        "Pareto": lambda: norm_balls.pareto(par["a"]),
        "UniformBall": lambda: norm_balls.uniform_ball(d),
        "ExpInf": lambda: norm_balls.exp_inf(d, par["k"], par["j"]),
        "PowInf": lambda: norm_balls.pow_inf(d, par["a"]),
        "Exp1": lambda: norm_balls.exp_1(d, par["k"]),
        "Expp": lambda: norm_balls.exp_p(par["p"]),
        "Exp2": lambda: norm_balls.exp_2(d, float(par["k"]), par["j"]),
        "Pow2": lambda: norm_balls.pow_2(d, par["k"], par["a"]),
    }
    return makers[entry["noise"]]()


def test_closed_forms_are_those_of_the_published_program() -> None:
    """A norm with a radius of its own may still have a better one by another: never a smaller."""
    for entry in GOLDEN["closed"]:
        norm, own = NORMS[entry["adv"]], direct(entry)
        alone = {norm: own[norm]} if entry["method"] == "direct" else own
        found, best = (certified(one, norm, entry["dim"]) for one in (alone, own))
        single = entry["noise"] in SINGLE and not (
            entry["noise"] == "Exp2" and entry["par"]["k"] == 2
        )
        for rho, published in zip(GOLDEN["rhos"][1:], entry["radius"][1:], strict=True):
            radius = entry["lambd"] * found(1 - rho)
            assert radius == pytest.approx(published, rel=2e-7 if single else 1e-9), entry["noise"]
            assert best(1 - rho) >= found(1 - rho)


def high(noise: str, par: dict[str, Any], d: int, q: mpmath.mpf) -> mpmath.mpf:
    """The same in high precision, where the published program rounds to single precision."""
    if noise == "Pareto":
        b, w = mpmath.mpf(par["a"]) / (par["a"] + 1), 1 - 2 * q
        return w / par["a"] * mpmath.hyp2f1(1, b, b + 1, w ** (1 / b))
    h = mpmath.mpf(d + 1) / 2 if noise == "UniformBall" else mpmath.mpf(d - 1) / 2
    goal = q / 2 + mpmath.mpf("0.25") if noise == "UniformBall" else q
    start = norm_balls.betaincinv(float(h), float(h), float(goal))
    share = mpmath.findroot(
        lambda x: mpmath.betainc(h, h, 0, x, regularized=True) - goal, mpmath.mpf(float(start))
    )
    if noise == "UniformBall":
        return 2 - 4 * share
    return (d - 1) * mpmath.atanh(1 - 2 * share)


@pytest.mark.parametrize("q", [0.49, 0.2, 1e-3, 1e-6])
def test_what_it_rounds_is_the_formula_in_high_precision(q: float) -> None:
    cases = [("Pareto", {"a": a}, 4) for a in (0.5, 1.0, 3.0, 10.0, 500.0)]
    cases += [(n, {"k": 1, "j": 0}, d) for n in ("UniformBall", "Exp2") for d in (3, 64, 784)]
    with mpmath.workdps(30):
        for noise, par, d in cases:
            own = direct({"noise": noise, "par": par, "dim": d})
            radius = certified(own, "l1" if noise == "Pareto" else "l2", d)(q)
            exact = high(noise, par, d, mpmath.mpf(q))
            assert radius <= exact and radius == pytest.approx(float(exact), rel=1e-9), (noise, d)


def test_integrals_are_those_of_the_published_program() -> None:
    """Its Laplace integral in 3,072 dimensions steps over 3e-6 of the kinks."""
    for entry in GOLDEN["exact_integral"]:
        found = certified(direct(entry), NORMS[entry["adv"]], entry["dim"])
        near = 4e-6 if entry["noise"] == "Laplace" and entry["dim"] > 1000 else 1e-6
        for rho, published in zip(entry["rhos"], entry["radius"], strict=True):
            assert found(1 - rho) == pytest.approx(published, rel=near)


@pytest.mark.walk
@pytest.mark.parametrize("d", [1, 2, 3, 10, 501, 3072])
@pytest.mark.parametrize("q", [0.45, 0.1, 1e-3, 1e-6])
def test_the_laplace_radius_in_linf_is_the_integral_in_high_precision(d: int, q: float) -> None:
    """Piece by piece with rational binomial tails; never above it."""
    with mpmath.workdps(40):
        total = signs(d, mpmath.mpf(q))
        radius = certified(norm_balls.laplace(d), "linf", d)(q)
        assert radius <= total and radius == pytest.approx(float(total), rel=2e-8)


@pytest.mark.walk
@pytest.mark.parametrize("q", [0.49, 0.2, 1e-3, 1e-9])
def test_integrals_are_never_above_those_in_high_precision(q: float) -> None:
    with mpmath.workdps(25):
        exact = {
            "half": halves(mpmath.mpf(q)),
            "exp-inf": powers(64, mpmath.mpf(2), mpmath.mpf(q)),
            "exp-1": powers(16, mpmath.mpf("0.5"), mpmath.mpf(q)),
        }
    found = {
        "half": certified(norm_balls.exp_p(0.5), "l1", 5)(q),
        "exp-inf": certified(norm_balls.exp_inf(64, 2.0, 0.0), "linf", 64)(q),
        "exp-1": certified(norm_balls.exp_1(16, 0.5), "l1", 16)(q),
    }
    for name, value in exact.items():
        assert float(value) * (1 - 1e-6) <= found[name] <= value, name


def test_norms_follow_from_each_other_and_the_better_is_taken() -> None:
    own: dict[str, Radius] = {"l1": lambda q: 8.0 * (1 - 2 * q), "linf": lambda q: 1.0 - q}
    for norm, by_l1, by_linf in (("l1", 8.0, 1.0), ("l2", 8 / 4, 1.0), ("linf", 8 / 16, 1.0)):
        found = certified(own, norm, 16)
        for q in (0.01, 0.3, 0.45):
            assert found(q) == pytest.approx(max(by_l1 * (1 - 2 * q), by_linf * (1 - q)), rel=1e-9)
    rng = np.random.default_rng(5)
    for x in rng.normal(size=(20, 7)):
        sizes = {norm: np.linalg.norm(x, ord=order) for norm, order in
                 (("l1", 1), ("l2", 2), ("linf", np.inf))}  # fmt: skip
        for a, b in ((a, b) for a in ORDER for b in ORDER):
            grows = 7 ** max(0.0, ORDER[a] - ORDER[b])
            assert sizes[a] <= grows * sizes[b] * (1 + 1e-12)


def test_what_a_size_requires_is_certified_and_a_little_less_is_not() -> None:
    found = certified(norm_balls.uniform(8), "linf", 8)
    for size in (1e-6, 0.01, 0.1):
        p = required(found, size)
        assert found(1 - p) >= size * (1 - 1e-9) and found(1 - p + 1e-9) < size
    assert required(found, 2.0) == 2.0
    assert found(0.5) == found(0.7) == 0.0 and math.isfinite(found(0.0))
