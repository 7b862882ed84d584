import math

import pytest

from engine.regions import GainBrightness

REGION = GainBrightness(sigma_k=0.2, sigma_b=0.2, p_lower=0.95)


def test_ends_hold_and_a_little_beyond_they_do_not():
    for sign in (-1, 1):
        end = sign * REGION.furthest("gain", sign)
        assert REGION.contains({"gain": 1 + end, "brightness": 0.0})
        assert not REGION.contains({"gain": 1 + 1.001 * end, "brightness": 0.0})
        top = sign * REGION.furthest("brightness")
        assert REGION.contains({"gain": 1.0, "brightness": top})
        assert not REGION.contains({"gain": 1.0, "brightness": 1.001 * top})
    assert REGION.furthest("brightness") == pytest.approx(0.3289707, rel=1e-5)
    assert all(REGION.contains(change) for change in REGION.changes())
    assert len(REGION.changes()) == 4
    k = math.log(0.85)
    assert REGION.contains({"gain": 0.85, "brightness": REGION.reach(k)})


def test_the_border_is_certified_and_no_more():
    for gain, top in REGION.edge()[2:-2:8]:
        assert REGION.contains({"gain": gain, "brightness": top})
        assert not REGION.contains({"gain": gain, "brightness": 1.01 * top + 1e-3})
        assert top == pytest.approx(REGION.reach(math.log(gain)), abs=1e-4)


def test_what_is_no_gain_is_not_certified_and_no_change_is():
    assert REGION.contains({"gain": 1.0, "brightness": 0.0})
    for gain in (0.0, -1.0):
        assert not REGION.contains({"gain": gain, "brightness": 0.0})
    least = GainBrightness(sigma_k=0.2, sigma_b=0.2, p_lower=0.5)
    assert least.contains({"gain": 1.0, "brightness": 0.0}) and not least.holds_changes


def test_words_round_towards_no_change():
    low, high = 1 - REGION.furthest("gain", -1), 1 + REGION.furthest("gain")
    assert REGION.headline() == "gain 0.730 to 1.375, brightness up to 0.328"
    assert low <= 0.730 and high >= 1.375
    assert REGION.clause("image").startswith(
        "no gain between 0.730 and 1.375 of this image at unchanged brightness, no brightness "
        "between -0.328 and +0.328 at gain 1, and no pair of both"
    )
    assert REGION.describe({"gain": 0.8, "brightness": 0.1}) == "gain 0.800, brightness +0.100"
    assert set(REGION.sizes()) == {"gain down", "gain up", "brightness"}
