from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import certiscope as cs
from certiscope import functional as f


def test_what_cannot_be_is_refused() -> None:
    wrong: list[Callable[[], Any]] = [
        lambda: f.clopper_pearson_lower(11, 10, 0.001),
        lambda: f.anytime_upper(0, 0, 0.001),
        lambda: f.two_sided_p_value(-1, 3),
        lambda: f.clopper_pearson_upper(1, 10, 1.0),
        lambda: f.simultaneous_alpha(0.001, 0),
        lambda: f.gaussian_radius(1.1, 0.25),
        lambda: f.gaussian_radius(0.9, 0.0),
        lambda: f.gaussian_radius(0.9, float("nan")),
        lambda: f.dssn_l1_radius(-1, 0),
        lambda: f.ablation_entities(0.9, 10, 11),
        lambda: f.sparse_lower(0.9, -1, 0, p_plus=0.1, p_minus=0.1),
        lambda: f.hybrid_radii(0.9, sigma=1, beta=0.5, vocabulary=1),
        lambda: f.hybrid_radii(0.9, sigma=1, beta=0.5, vocabulary=9, kernel="x"),  # type: ignore[arg-type]
        lambda: f.samples_needed(cs.Gaussian(), {"radius": 0.1}, p=0.9, bound="x"),
        lambda: f.samples_needed(cs.Gaussian(), {"words": 1}, p=0.9),
    ]
    for place, call in enumerate(wrong):
        with pytest.raises(cs.CertiscopeError):
            call()
            pytest.fail(str(place))
