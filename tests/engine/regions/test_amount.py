import pytest
from pydantic import ValidationError

from engine.regions import REGIONS, Amount

BLUR = Amount(term="blur", upper=4.60599, unit="squared pixels")


def test_what_it_holds_and_says_rounded_down():
    assert REGIONS["amount"] is Amount
    assert [BLUR.contains({"blur": size}) for size in (0.0, 4.6, 4.60599, 9.0, -1.0)] == [
        True, True, False, False, False,
    ]  # fmt: skip
    assert BLUR.clause("image") == "no blur of this image below 4.605 (squared pixels)"
    assert (BLUR.headline(), BLUR.note()) == ("blur below 4.605", "squared pixels")
    assert BLUR.furthest("blur") == 4.60599 and BLUR.furthest("blur", -1) == 0.0
    assert [one["blur"] for one in BLUR.changes()] == [1.535, 3.07, 4.605]
    assert BLUR.describe({"blur": 4.605}) == "blur 4.605"
    assert BLUR.budget({"blur": 1.0}).moves == {"blur": 1.0}
    assert Amount(term="blur", upper=0.0, unit="").contains({"blur": 0.0})
    nothing = Amount(term="blur", upper=0.0, unit="")
    assert not nothing.holds_changes and nothing.changes() == ()


def test_a_negative_end_is_refused():
    with pytest.raises(ValidationError):
        Amount(term="blur", upper=-0.1, unit="")
