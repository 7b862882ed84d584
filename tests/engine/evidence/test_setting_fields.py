from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from engine.core.errors import UserError
from engine.core.fields import checked
from engine.evidence.setting_fields import LEAST_ALPHA, SEED_BITS, Alpha, SchemeField, Seed
from engine.evidence.settings import CertifySettings
from engine.schemes import Gaussian
from engine.schemes.heuristic_rotation import HeuristicRotation


def test_limits_of_the_fields() -> None:
    assert TypeAdapter(Alpha).validate_python(LEAST_ALPHA) == LEAST_ALPHA
    for field, wrong in ((Alpha, 0.0), (Alpha, 1.0), (Seed, 2**SEED_BITS), (Seed, -1)):
        with pytest.raises(ValidationError):
            TypeAdapter(field).validate_python(wrong)  # type: ignore[arg-type]


def test_a_scheme_is_read_from_its_written_form() -> None:
    reader: TypeAdapter[Gaussian] = TypeAdapter(SchemeField)
    assert reader.validate_python({"key": "gaussian", "sigma": 0.5}) == Gaussian(sigma=0.5)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"scheme": Gaussian(top_k=2)}, "this run asks for another thing (a rank, a threshold"),
        ({"scheme": HeuristicRotation()}, "choose a bound on votes"),
        ({"precision": "bf16"}, "choose --precision fp32"),
    ],
)
def test_the_soft_bound_is_refused_where_it_says_nothing(changes, sentence) -> None:
    with pytest.raises(UserError) as found:
        checked(CertifySettings, bound="soft", **changes)
    assert sentence in str(found.value)
    assert checked(CertifySettings, bound="soft").bound == "soft"
