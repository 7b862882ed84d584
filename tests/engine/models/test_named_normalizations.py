"""Names of normalisations are those that a request takes."""

from __future__ import annotations

from typing import get_args

from engine.models.named_normalizations import NAMED
from engine.models.request import NormalizeName


def test_every_name_that_may_be_asked_for_has_its_numbers() -> None:
    assert {"auto", *NAMED} == set(get_args(NormalizeName))
    assert all(len(mean) in (0, 1, 3) and len(std) in (0, 1, 3) for mean, std in NAMED.values())
