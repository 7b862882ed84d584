from __future__ import annotations

import pytest
from pydantic import BaseModel, ValidationError

from engine.core.fields import field_specs
from engine.schemes import SCHEMES
from engine.schemes.parameter_fields import (
    half_width_field,
    p_minus_field,
    p_plus_field,
    sigma_field,
)


class Levels(BaseModel):
    sigma: float = sigma_field("metres")
    lam: float = half_width_field()
    p_plus: float = p_plus_field(0.1, lt=1)
    p_minus: float = p_minus_field(0.2, le=1)


@pytest.mark.parametrize("wrong", [{"sigma": 0}, {"lam": 0}, {"p_plus": 1.0}, {"p_minus": 1.1}])
def test_levels_outside_their_range_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        Levels(**wrong)


def test_a_field_says_its_unit() -> None:
    field = Levels.model_fields["sigma"]
    assert field.description == "standard deviation of the noise"
    assert field.json_schema_extra["unit"] == "metres"
    assert Levels(p_minus=1.0).p_minus == 1.0


def test_every_slider_holds_the_default_and_stays_in_the_range() -> None:
    sliders = [spec for scheme in SCHEMES for spec in field_specs(scheme) if spec.slider]
    assert len(sliders) > 10
    for spec in sliders:
        low, high, step = spec.slider
        assert low <= spec.default <= high and 0 < step < high - low, spec.name
        assert spec.minimum is None or low >= spec.minimum, spec.name
        assert spec.maximum is None or high <= spec.maximum, spec.name
