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
        "whose": "of the picture's change",
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
