from __future__ import annotations

import json

import pytest

from engine.models.training_noise import stated_encoding, training_scheme
from engine.schemes import Gaussian


def test_the_header_wins_over_the_card():
    assert stated_encoding({"encoding": "indicator"}, {"encoding": "complement"}) == "indicator"
    assert stated_encoding({}, {"encoding": "complement"}) == "complement"
    assert stated_encoding({}, {}) == ""
    header = {"training_scheme": json.dumps({"key": "gaussian", "sigma": 0.5})}
    found, note = training_scheme(header, {"training_scheme": {"key": "gaussian", "sigma": 1.0}})
    assert found == Gaussian(sigma=0.5).model_dump()
    assert note == ""
    assert training_scheme({}, {"training_scheme": {"key": "gaussian", "sigma": 1.0}})[0] == {
        "key": "gaussian", "sigma": 1.0,
    }  # fmt: skip
    assert training_scheme({}, {}) == (None, "")


@pytest.mark.parametrize(
    "stated",
    [
        "no JSON",
        "[" * 100_000,
        "17",
        '{"sigma": 0.5}',
        '{"key": "unheard-of"}',
        '{"key": "gaussian", "sigma": -1}',
        '{"key": "gaussian", "sigma": 1, "more": 2}',
    ],
)
def test_what_is_not_understood_is_left_out_with_a_word(stated):
    found, note = training_scheme({"training_scheme": stated}, {})
    assert found is None
    assert note == "It states training noise that is not known here."
