from engine.regions import Count

PIXELS = Count(term="entities", most=4, unit="pixels")


def test_contains_counts_up_to_the_most():
    assert PIXELS.contains({"entities": 0}) and PIXELS.contains({"entities": 4})
    assert not PIXELS.contains({"entities": 5})
    assert not PIXELS.contains({"entities": 4.5})  # a fraction touches one more


def test_words():
    assert PIXELS.clause("image") == "no change of at most 4 pixels of this image in any way"
    assert PIXELS.headline() == "4 pixels"
    assert PIXELS.model_copy(update={"most": 1}).headline() == "1 pixel"
    nothing = PIXELS.model_copy(update={"most": 0})
    assert PIXELS.holds_changes and not nothing.holds_changes


def test_round_trip():
    assert Count.model_validate_json(PIXELS.model_dump_json()) == PIXELS
