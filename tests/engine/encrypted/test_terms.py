from __future__ import annotations

import pytest

from engine.core.errors import UserError
from engine.encrypted.parameters import Parameters
from engine.encrypted.terms import PROTOCOL, Announcement, Offer, Terms
from tests.encrypted import small, stated


def announced(**changes):
    offer = Offer.of(small(), "scores")
    terms = offer.terms.model_copy(update=changes)
    return Announcement(protocol=PROTOCOL, model=stated(), terms=(terms,))


def test_an_offer_says_what_its_model_takes_and_gives():
    scores, bits = Offer.of(small(), "scores").terms, Offer.of(small(), "bits").terms
    assert (scores.features, scores.hidden, scores.classes, scores.columns) == (5, 4, 3, 3)
    assert (bits.columns, bits.steep, bits.error) == (3, 2, 0.25)
    assert Offer.of(small(0), "bits").terms.steep == 3


def test_terms_that_fit_are_taken():
    assert announced().chosen("scores").error < 1e-3


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"parameters": Parameters(ring=4096, primes=(53, 53, 52, 60), scale=30)},
            "218 bits is not secure at 128 bits with a ring of 4,096",
        ),
        (
            {"parameters": Parameters(ring=8192, primes=(53, 53, 52, 60), scale=40)},
            "The modulus of 158 bits is too small for a scale of 2.40: 46 bits are missing",
        ),
        ({"features": 65}, "announces 64 values and 3 classes for a model of 4 values and 3"),
        ({"classes": 9}, "announces 4 values and 9 classes for a model of 4 values and 3"),
    ],
)
def test_terms_that_do_not_fit_are_refused(changes, said):
    with pytest.raises(UserError, match=said):
        announced(**changes).chosen("scores")


def test_an_answer_that_is_not_offered_is_refused():
    with pytest.raises(UserError, match="does not answer with bits; it answers with scores"):
        announced().chosen("bits")


def test_bits_that_are_said_to_be_in_doubt_from_elsewhere_are_refused():
    offer = Offer.of(small(), "bits").terms.model_copy(update={"error": 0.4})
    with pytest.raises(UserError, match=r"in doubt from 0\.4 on; they are from 0\.25 on"):
        offer.check()


@pytest.mark.parametrize("name", ["limit", "error"])
@pytest.mark.parametrize("value", [0.0, -1.0, float("inf"), float("nan")])
def test_a_limit_or_an_error_is_a_positive_number(name, value):
    terms = Offer.of(small(), "scores").terms.model_dump()
    with pytest.raises(ValueError, match=name):
        Terms.model_validate({**terms, name: value})


def test_comparisons_that_do_not_fit_the_levels_are_refused():
    offer = Offer.of(small(), "bits").terms.model_copy(update={"steep": 4})
    with pytest.raises(UserError, match="another number of comparisons"):
        offer.check()
