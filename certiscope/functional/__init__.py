"""Bounds and certificates as pure functions: numbers in, numbers out.

What bounds from below is rounded down and what bounds from above is rounded up. ``None`` stands
for "nothing is certified". Wherever ``p_upper`` (the bound on every other class) is not given, it
is ``1 - p_lower``: the top class is tested against one half. Impossible arguments raise a
``CertiscopeError``.
"""

from __future__ import annotations

from certiscope.functional.bounds import (
    anytime_lower,
    anytime_upper,
    clopper_pearson_lower,
    clopper_pearson_upper,
    one_sided_p_value,
    samples_needed,
    simultaneous_alpha,
    soft_lower,
    two_sided_p_value,
)
from certiscope.functional.certificates import (
    ablation_entities,
    dssn_l1_radius,
    gaussian_radius,
    gaussian_required_p,
    hierarchical_ablation_entities,
    hierarchical_gaussian_radii,
    hybrid_radii,
    laplace_l1_radius,
    sparse_certifies,
    sparse_lower,
    top_k_radius,
    true_class_lower,
    uniform_l1_box_radius,
    uniform_l1_radius,
    vote_radius,
)

__all__ = [
    "ablation_entities",
    "anytime_lower",
    "anytime_upper",
    "clopper_pearson_lower",
    "clopper_pearson_upper",
    "dssn_l1_radius",
    "gaussian_radius",
    "gaussian_required_p",
    "hierarchical_ablation_entities",
    "hierarchical_gaussian_radii",
    "hybrid_radii",
    "laplace_l1_radius",
    "one_sided_p_value",
    "samples_needed",
    "simultaneous_alpha",
    "soft_lower",
    "sparse_certifies",
    "sparse_lower",
    "top_k_radius",
    "true_class_lower",
    "two_sided_p_value",
    "uniform_l1_box_radius",
    "uniform_l1_radius",
    "vote_radius",
]
