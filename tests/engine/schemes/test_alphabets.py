from __future__ import annotations

from typing import Any

import pytest

from engine.core.errors import UserError
from engine.core.records import InputIdentity
from engine.schemes import Gaussian, parse_scheme
from engine.schemes.hybrid_flip import HybridFlip
from engine.schemes.hybrid_mask import HybridMask
from engine.schemes.hybrid_uniform import HybridUniform
from engine.schemes.text_mask import TextMask
from tests.factories import make_input


def given(kind: str, *alphabet: int) -> InputIdentity:
    return make_input(kind=kind, alphabet=alphabet, name="row 3", shape=(4,))


def scheme(key: str, **values: Any) -> Any:
    return parse_scheme({"key": key, **values})


@pytest.mark.parametrize(
    ("noise", "sort", "alphabet"),
    [
        (scheme("text-mask", vocabulary=96), "text", (96,)),
        (scheme("hybrid-uniform", vocabulary=96), "pair", (96,)),
        (scheme("hybrid-uniform", beta=0.3, arities="3,2"), "table", (3, 2)),
        (scheme("hybrid-flip"), "table", (2, 2, 2)),
        (Gaussian(sigma=0.25), "image", ()),
    ],
)
def test_noise_on_the_input_s_own_alphabet_passes(noise: Any, sort: str, alphabet: Any):
    noise.check_input(given(sort, *alphabet))


@pytest.mark.parametrize(
    ("noise", "sort", "alphabet", "sentence"),
    [
        (
            scheme("text-mask", vocabulary=96),
            "text",
            (1200,),
            "The model's alphabet has 1,200 tokens, the noise has 96; set --vocabulary 1200.",
        ),
        (
            scheme("hybrid-uniform", beta=0.3),
            "table",
            (3, 2),
            "The categorical fields of row 3 have 3,2 values; set --arities 3,2.",
        ),
        (
            scheme("hybrid-uniform", beta=0.3, arities="2,3"),
            "table",
            (3, 2),
            "The categorical fields of row 3 have 3,2 values; set --arities 3,2.",
        ),
        (
            scheme("hybrid-uniform", vocabulary=96, beta=0.3, arities="3,3"),
            "pair",
            (96,),
            "--arities is for the fields of a table; leave it out for a text.",
        ),
        (
            scheme("hybrid-flip"),
            "table",
            (2, 3),
            "row 3 has fields with 2,3 values, but hybrid-flip is for fields of two; use "
            "hybrid-uniform.",
        ),
    ],
)
def test_another_alphabet_is_refused(noise: Any, sort: str, alphabet: Any, sentence: str):
    with pytest.raises(UserError) as refused:
        noise.check_input(given(sort, *alphabet))
    assert str(refused.value) == sentence


def test_forms_take_up_the_alphabet():
    assert TextMask.suited_to(given("text", 96)) == {"vocabulary": 96}
    assert HybridMask.suited_to(given("pair", 72)) == {"vocabulary": 72}
    assert HybridUniform.suited_to(given("table", 3, 2)) == {"arities": "3,2", "beta": 0.25}
    assert HybridUniform(**HybridUniform.suited_to(given("table", 3, 2))).sizes() == (3, 2)
    assert HybridUniform.suited_to(given("table", 300, 200)) == {"arities": "300,200"}
    assert HybridFlip.suited_to(given("table", 2, 2)) == {}
    assert Gaussian.suited_to(make_input()) == {}
