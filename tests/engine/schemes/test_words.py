"""What the text schemes certify, and the noise that follows the threshold."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.certificates.hybrid import lower
from engine.core.errors import UserError
from engine.core.fields import checked
from engine.core.records import ProbabilityBounds
from engine.schemes.base import IMPOSSIBLE
from engine.schemes.text_mask import TextMask
from engine.schemes.text_uniform import TextUniform
from engine.schemes.words import MOST_WORDS
from tests.yardstick import processor_seconds

TEXT = (TextUniform, TextMask)


def at(words: int) -> dict[str, float]:
    return {"words": float(words)}


@pytest.mark.parametrize("scheme", TEXT)
def test_the_region_is_where_the_required_probability_is_reached(scheme, bounds):
    one = scheme(beta=0.92, vocabulary=5000)
    region = one.region(bounds(0.97))
    assert region.most > 1
    for words in range(12):
        assert region.contains(at(words)) == (one.required_probability(at(words)) <= 0.97)
        kept = lower(0.97, 0.0, one.kernel().atoms(words)) > 0.5
        assert region.contains(at(words)) == kept


@pytest.mark.parametrize("scheme", TEXT)
def test_naming_the_class_is_not_abstaining(scheme, bounds):
    assert scheme().region(bounds(0.5 + 1e-14)).most == 0
    assert scheme().region(bounds(0.5)) is None
    assert scheme().required_at_words(0) == 0.5


def test_hopeless_settings_are_seen_before_a_run():
    """beta 0.25 certifies nothing under majority vote with a large alphabet."""
    uniform, masks = TextUniform(beta=0.25, vocabulary=20_000), TextMask(beta=0.25)
    assert uniform.required_at_words(0) == 0.5
    assert uniform.required_at_words(1) > 0.9999
    assert masks.required_at_words(1) == IMPOSSIBLE
    assert TextUniform(beta=0.9, vocabulary=1000).required_at_words(1) == pytest.approx(
        0.599, abs=6e-4
    )
    assert TextUniform(beta=0.25, tau=4.6e-5).required_at_words(1) < 0.76


@pytest.mark.parametrize("scheme", TEXT)
def test_beta_follows_tau_unless_it_is_given(scheme):
    assert scheme().beta >= 0.9
    assert scheme(tau=4.6e-5).beta == 0.22
    assert scheme(tau=4.6e-5, beta=0.9).beta == 0.9
    assert scheme.model_validate({"tau": 4.6e-5}).beta == 0.22


@pytest.mark.parametrize("scheme", TEXT)
def test_beyond_what_is_thought_of_nothing_is_claimed(scheme, bounds):
    everything = scheme(beta=0.9999, vocabulary=2)
    assert everything.region(bounds(1 - 1e-9)).most <= MOST_WORDS
    assert everything.required_probability(at(MOST_WORDS + 1)) == IMPOSSIBLE


@settings(max_examples=30, deadline=None)
@given(
    scheme=st.sampled_from(TEXT),
    beta=st.floats(0.01, 0.999),
    p_lower=st.floats(0, 1),
    p_upper=st.floats(0, 1),
    words=st.integers(0, 20),
)
def test_more_noise_free_votes_never_certify_less(scheme, beta, p_lower, p_upper, words):
    def region(low: float, high: float):
        return scheme(beta=beta).region(
            ProbabilityBounds(method="", alpha=0.1, n=1, top=0, p_lower=low, p_upper=high,
                              valid=True, basis="")
        )  # fmt: skip

    weak = region(p_lower, p_upper)
    strong = region(min(1.0, p_lower + 0.01), max(0.0, p_upper - 0.01))
    if weak is not None:
        assert strong is not None and strong.most >= weak.most


@pytest.mark.parametrize("scheme", TEXT)
def test_live_regions_are_fast(scheme, bounds):
    one = scheme(beta=0.99)
    one.region(bounds(0.99))
    looks = [bounds(0.99 - i / 1000) for i in range(20)]
    assert processor_seconds(lambda: [one.region(look) for look in looks], times=1) / 20 < 0.005


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"beta": 0.0}, "beta must be greater than 0 (it was 0.0)."),
        ({"beta": 1.0}, "beta must be less than 1 (it was 1.0)."),
        ({"vocabulary": 1}, "vocabulary must be greater than or equal to 2 (it was 1)."),
    ],
)
def test_bad_settings_are_one_sentence(values, sentence):
    for scheme in TEXT:
        with pytest.raises(UserError) as caught:
            checked(scheme, **values)
        assert str(caught.value) == sentence


def test_words_are_whole():
    with pytest.raises(UserError) as caught:
        TextMask().parse_at("words=1.5")
    assert str(caught.value) == "--at words=1.5: words must be a whole number."


def test_the_statement_names_the_alphabet(bounds):
    words = TextUniform(vocabulary=5000).region(bounds(0.97)).clause("text")
    assert "words of this text to other words of the alphabet of 5,000" in words
