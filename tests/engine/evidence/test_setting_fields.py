from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from engine.evidence.setting_fields import LEAST_ALPHA, SEED_BITS, Alpha, SchemeField, Seed
from engine.schemes import Gaussian


def test_limits_of_the_fields() -> None:
    assert TypeAdapter(Alpha).validate_python(LEAST_ALPHA) == LEAST_ALPHA
    for field, wrong in ((Alpha, 0.0), (Alpha, 1.0), (Seed, 2**SEED_BITS), (Seed, -1)):
        with pytest.raises(ValidationError):
            TypeAdapter(field).validate_python(wrong)  # type: ignore[arg-type]


def test_a_scheme_is_read_from_its_written_form() -> None:
    reader: TypeAdapter[Gaussian] = TypeAdapter(SchemeField)
    assert reader.validate_python({"key": "gaussian", "sigma": 0.5}) == Gaussian(sigma=0.5)
