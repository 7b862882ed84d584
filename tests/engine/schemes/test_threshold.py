"""Majority vote or a deployed threshold, which every statement names."""

import pytest

from engine.core.errors import UserError
from engine.core.fields import checked
from engine.schemes import SCHEMES
from engine.schemes.threshold import Deciding

DECIDING = [scheme for scheme in SCHEMES if issubclass(scheme, Deciding)]


@pytest.mark.parametrize("scheme", DECIDING, ids=lambda s: s.key)
def test_majority_is_the_default_and_a_threshold_is_named(scheme):
    assert scheme().effect("safe") == "changes the smoothed model's prediction 'safe'"
    assert "majority vote" in scheme().noise_in_words()
    threshold = scheme(tau=4.6e-5)
    assert threshold.effect("unsafe") == (
        "brings the smoothed probability of 'unsafe' below the threshold tau = 4.6e-05, at which "
        "the deployed model flags 'unsafe'"
    )
    assert "tau = 4.6e-05" in threshold.noise_in_words()
    assert "majority" not in threshold.noise_in_words() + threshold.effect("unsafe")


@pytest.mark.parametrize("scheme", DECIDING, ids=lambda s: s.key)
def test_a_threshold_asks_nothing_of_the_others(scheme, bounds):
    """p_lower 0.3 is no majority, but stays above 0.05 under some change."""
    one = scheme(tau=0.05)
    nothing = dict.fromkeys(one.terms, 0.0)
    assert one.region(bounds(0.3, 0.69)).contains(nothing)
    assert one.required_probability(nothing) == 0.05
    assert one.region(bounds(0.04, 0.9)) is None
    assert scheme().region(bounds(0.3, 0.69)) is None


@pytest.mark.parametrize("scheme", DECIDING, ids=lambda s: s.key)
@pytest.mark.parametrize(("tau", "sentence"), [
    (0.0, "tau must be greater than 0 (it was 0.0)."),
    (1.0, "tau must be less than 1 (it was 1.0)."),
    ("half", "tau must be a valid number, unable to parse string as a number (it was 'half')."),
])  # fmt: skip
def test_a_bad_threshold_is_one_sentence(scheme, tau, sentence):
    with pytest.raises(UserError) as caught:
        checked(scheme, tau=tau)
    assert str(caught.value) == sentence
