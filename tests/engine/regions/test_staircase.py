import pytest
from pydantic import ValidationError

from engine.regions import Staircase

PIXELS = Staircase(
    count_term="entities",
    first=1,
    strength_term="epsilon",
    reach=(0.5109, 0.25),
    norm="l2",
    unit="pixels in [0,1]",
    things="pixels",
)
WORDS = PIXELS.model_copy(
    update={
        "count_term": "words",
        "things": "words",
        "first": 0,
        "whose": "of the image's change",
    }
)


def test_contains_is_strict_in_strength():
    assert PIXELS.contains({"entities": 1, "epsilon": 0.5})
    assert not PIXELS.contains({"entities": 1, "epsilon": 0.5109})
    assert PIXELS.contains({"entities": 2, "epsilon": 0.2499})
    assert not PIXELS.contains({"entities": 2, "epsilon": 0.25})
    assert not PIXELS.contains({"entities": 3, "epsilon": 0.01})


def test_nothing_changed_is_certified():
    assert PIXELS.contains({"entities": 0, "epsilon": 9.0})  # no entity, so no change at all
    assert PIXELS.contains({"entities": 9, "epsilon": 0.0})


def test_words_alone_change_the_input_even_without_a_strength():
    assert WORDS.contains({"words": 1, "epsilon": 0.0})
    assert not WORDS.contains({"words": 2, "epsilon": 0.0})
    assert WORDS.contains({"words": 0, "epsilon": 0.5})
    assert not WORDS.contains({"words": 0, "epsilon": 0.6})


def test_words_round_down():
    clause = PIXELS.clause("image")
    assert "1 pixel: below 0.510; 2 pixels: below 0.250" in clause
    assert PIXELS.headline() == "1 pixel: 0.510, 2 pixels: 0.250"
    assert PIXELS.note() == "l2 norm of their change below that; pixels in [0,1]"
    assert WORDS.headline() == "0 words: 0.510, 1 word: 0.250"


def test_round_trip():
    assert Staircase.model_validate_json(WORDS.model_dump_json()) == WORDS


def test_without_a_step_only_the_input_itself_is_certified():
    bare = Staircase(
        count_term="entities", first=1, strength_term="epsilon", reach=(), norm="l2",
        unit="pixels in [0,1]", things="pixels",
    )  # fmt: skip
    assert bare.contains({"entities": 0, "epsilon": 0})
    assert not bare.contains({"entities": 1, "epsilon": 1e-9})
    assert bare.headline() == "0 pixels"
    assert bare.note() == "may change"


def test_steps_of_the_same_strength_are_said_together():
    flat = WORDS.model_copy(update={"reach": (0.2004, 0.2003, 0.2001, 0.1)})
    assert "(0 to 2 words: below 0.200; 3 words: below 0.100; norms of" in flat.clause("pair")


def test_whether_any_change_is_certified():
    assert PIXELS.holds_changes and WORDS.holds_changes
    assert not PIXELS.model_copy(update={"reach": ()}).holds_changes
    assert not PIXELS.model_copy(update={"reach": (0.0,)}).holds_changes
    assert WORDS.model_copy(update={"reach": (0.0, 0.0)}).holds_changes


PARTS = WORDS.model_copy(update={"reach": (0.5, 0.25), "sigmas": (0.25, 0.5)})


def test_a_norm_of_the_whole_is_certified_however_it_is_split():
    assert PARTS.contains({"words": 0, "epsilon": 0.499})
    assert not PARTS.contains({"words": 0, "epsilon": 0.5})
    for share in (0.0, 0.3, 0.7, 1.0):
        first, second = 0.499 * share**0.5, 0.499 * (1 - share) ** 0.5
        assert PARTS.contains({"words": 0, "epsilon1": first, "epsilon2": second})


def test_a_part_with_more_noise_may_change_more():
    assert PARTS.contains({"words": 0, "epsilon2": 0.999})
    assert not PARTS.contains({"words": 0, "epsilon2": 1.0})
    assert not PARTS.contains({"words": 0, "epsilon1": 0.5, "epsilon2": 0.0})
    assert PARTS.contains({"words": 1, "epsilon1": 0.15, "epsilon2": 0.39})
    assert not PARTS.contains({"words": 1, "epsilon1": 0.15, "epsilon2": 0.41})
    assert PARTS.contains({"words": 1, "epsilon1": 0.0})
    assert not PARTS.contains({"words": 2, "epsilon1": 0.0})


def test_the_words_say_how_parts_count():
    clause = PARTS.clause("pair")
    assert "(0 words: below 0.500; 1 word: below 0.250; norms of pixels in [0,1]; parts" in clause
    assert clause.endswith(
        "parts with norms epsilon_i count together as 0.25 times the root of the sum of "
        "(epsilon_i / sigma_i)^2, sigmas 0.25, 0.5)"
    )
    assert PARTS.note() == (
        "l2 norm of the image's change below that, however it is split; pixels in [0,1]"
    )
    assert Staircase.model_validate_json(PARTS.model_dump_json()) == PARTS


def test_a_sigma_is_above_zero():
    with pytest.raises(ValidationError):
        Staircase.model_validate({**WORDS.model_dump(), "sigmas": [0.25, 0.0]})
