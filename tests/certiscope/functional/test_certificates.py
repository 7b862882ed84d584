from __future__ import annotations

import doctest
import json
from pathlib import Path
from typing import Any

import pytest

import certiscope as cs
from certiscope import functional as f
from certiscope.functional import certificates
from engine.core.records import ProbabilityBounds


def test_the_examples_are_true() -> None:
    assert doctest.testmod(certificates).failed == 0


def region(scheme: Any, p_lower: float, p_upper: float) -> Any:
    return scheme.region(
        ProbabilityBounds(
            method="clopper-pearson",
            alpha=0.001,
            n=1000,
            top=0,
            p_lower=p_lower,
            p_upper=p_upper,
            valid=True,
            basis="",
        )
    )


def test_functions_agree_with_the_schemes() -> None:
    gaussian, uniform = cs.Gaussian(sigma=0.25), cs.UniformL1(lam=0.3)
    ablation, taken = cs.Ablation(entities=64, keep=6), cs.HierarchicalAblation(p=0.9)
    staircase = cs.HierarchicalGaussian(sigma=0.25, p=0.9)
    sparse = cs.Sparse(p_plus=0.05, p_minus=0.8)
    hybrid = cs.HybridUniform(sigma=0.25, beta=0.8, vocabulary=50)
    for lower in (0.5, 0.6, 0.9, 0.999):
        for upper in (None, (1 - lower) / 2):
            other = 1 - lower if upper is None else upper

            def at(scheme: Any, p: float = lower, q: float = other) -> Any:
                return region(scheme, p, q)

            ball, shifted = at(gaussian), at(uniform)
            assert f.gaussian_radius(lower, 0.25, upper) == (ball and ball.radius)
            assert f.uniform_l1_radius(lower, 0.3, upper) == (shifted and shifted.radius)
            count, away, stairs = at(ablation), at(taken), at(staircase)
            assert f.ablation_entities(lower, 64, 6, upper) == (count and count.most)
            assert f.hierarchical_ablation_entities(lower, 0.9, upper) == (away and away.most)
            radii = f.hierarchical_gaussian_radii(lower, 0.9, 0.25, upper)
            assert radii == (stairs.reach if stairs else ())
        laplace = region(cs.Laplace(lam=0.3), lower, 1 - lower)
        assert f.laplace_l1_radius(lower, 0.3) == (laplace and laplace.radius)
    cells, joint = region(sparse, 0.99, 0.01), region(hybrid, 0.99, 0.01)
    for additions in range(4):
        for deletions in range(4):
            asked = {"additions": additions, "deletions": deletions}
            found = f.sparse_certifies(0.99, additions, deletions, p_plus=0.05, p_minus=0.8)
            assert found == cells.contains(asked)
    assert f.hybrid_radii(0.99, sigma=0.25, beta=0.8, vocabulary=50) == joint.reach
    assert f.hybrid_radii(0.5, sigma=0.25, beta=0.8, vocabulary=50) == ()
    assert len(f.hybrid_radii(0.99, sigma=1, beta=0.8, vocabulary=50, kernel="mask")) > 1
    assert f.dssn_l1_radius(10, 10) == 0.0 and f.dssn_l1_radius(10, 10, other_first=True) is None
    assert f.gaussian_required_p(f.gaussian_radius(0.9, 0.5) or 0, 0.5) == pytest.approx(0.9)


def test_votes_top_k_and_boxes_refuse_what_cannot_be() -> None:
    """Radii of the published weighted votes, and arguments that make no sense."""
    path = Path(__file__).parents[2] / "golden" / "stumps.json"
    for case in json.loads(path.read_text(encoding="utf-8"))["adaboost"]:
        assert (f.vote_radius(case["radii"], case["weights"]) or 0.0) == case["ensemble_radius"]
    assert f.vote_radius([0.5, 0.4], [1.0, -3.0]) is None
    assert f.top_k_radius(0.2, [0.5, 0.3], 1, 0.5) is None
    for wrong in (
        lambda: f.vote_radius([0.1], []),
        lambda: f.top_k_radius(0.5, [0.2], 0, 0.5),
        lambda: f.top_k_radius(0.5, [1.2], 1, 0.5),
        lambda: f.uniform_l1_box_radius(0.9, 1.0, [-0.1]),
    ):
        with pytest.raises(cs.CertiscopeError):
            wrong()
