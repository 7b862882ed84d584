from __future__ import annotations

import pytest

from engine.models.trained_scheme import taught_scheme
from engine.schemes import Gaussian
from engine.schemes.hierarchical_gaussian import HierarchicalGaussian
from tests.fakes import identity


@pytest.mark.parametrize(
    ("stated", "scheme"),
    [
        ({"training_sigma": 0.5}, Gaussian(sigma=0.5)),
        ({"training_sigma": 0.0}, None),
        ({"training_sigma": 0.5, "kind": "graph"}, None),
        ({}, None),
        (
            {"training_scheme": {"key": "hierarchical-gaussian", "sigma": 0.3, "p": 0.9}},
            HierarchicalGaussian(sigma=0.3, p=0.9),
        ),
        ({"training_scheme": {"key": "sorcery"}}, None),
        ({"training_scheme": {"key": "gaussian", "sigma": -1}}, None),
    ],
)
def test_what_a_model_was_trained_for(stated, scheme):
    assert taught_scheme(identity(**stated)) == scheme
