from engine.regions.base import counted, whole


def test_counted_is_singular_for_one():
    assert (counted(1, "pixels"), counted(2, "pixels"), counted(0, "words")) == (
        "1 pixel",
        "2 pixels",
        "0 words",
    )


def test_a_fraction_counts_as_one_more():
    assert whole({"words": 2.0}, "words") == 2
    assert whole({"words": 2.1}, "words") == 3
