"""What individual guarantees say of what they rest on."""

from __future__ import annotations

import pytest

from engine.schemes import IndividualRotation, IndividualTranslation
from engine.schemes.nested import ERROR


@pytest.mark.parametrize(
    ("scheme", "change"),
    [(IndividualTranslation(), "a shift"), (IndividualRotation(), "a rotation")],
)
def test_it_is_about_all_clean_images_and_asks_no_population(scheme, change):
    assert scheme.guarantee == "individual"
    assert scheme.over_a_set([{ERROR: 0.3}], 0.001) == ()
    assert "over all clean images" in scheme.rests_on({ERROR: 0.3})[0][2]
    assert (
        f"a clean image twice, of which this one may be {change},"
        in (scheme.remarks({ERROR: 0.51})[0])
    )
