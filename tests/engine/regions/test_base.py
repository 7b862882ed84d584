from engine.regions.base import Term, counted, whole


def test_counted_is_singular_for_one():
    assert (counted(1, "pixels"), counted(2, "pixels"), counted(0, "words")) == (
        "1 pixel",
        "2 pixels",
        "0 words",
    )


def test_a_fraction_counts_as_one_more():
    assert whole({"words": 2.0}, "words") == 2
    assert whole({"words": 2.1}, "words") == 3


def test_a_term_is_a_size_unless_it_says_otherwise():
    size = Term("l2 norm of the change", "pixels in [0,1]")
    assert not size.signed and not size.whole
    assert str(Term("number of changed pixels", whole=True)) == "number of changed pixels"
