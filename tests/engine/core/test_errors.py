import pickle

from engine.core.errors import (
    BadValue,
    TrustRequired,
    UserError,
    in_a_line,
    memory_is_short,
    quoted,
)


def test_trust_is_asked_for_certain_bytes():
    error = TrustRequired("This can run code.", path="m.pt2", sha256="ab")
    assert isinstance(error, UserError)
    assert (str(error), error.path, error.sha256) == ("This can run code.", "m.pt2", "ab")


def test_a_bad_value_is_refused_under_the_name_it_was_given():
    error = pickle.loads(
        pickle.dumps(BadValue("power", "must be below 1 (it was 1).", "The power"))
    )
    assert (error.field, str(error)) == ("power", "The power must be below 1 (it was 1).")
    assert str(error.under("--power")) == "--power must be below 1 (it was 1)."
    assert str(BadValue("n", "must be 1 or more.")) == "n must be 1 or more."


def test_text_of_a_file_fits_a_sentence():
    assert quoted("conv1.weight") == "conv1.weight"
    assert quoted("a\nb\x00c\u2028d") == "a b c d"
    assert quoted("x" * 10**6) == "x" * 57 + "..."
    assert quoted(10**20, most=10) == "1000000..."


def test_what_an_error_says_is_one_line_or_its_kind():
    assert in_a_line(ValueError("  no such layer.\nin forward\n")) == "no such layer"
    assert in_a_line(RuntimeError("\n")) == "RuntimeError"
    assert in_a_line(ValueError("x" * 500), 120) == "x" * 120


def test_memory_is_short_whoever_says_so():
    for error in (
        MemoryError(),
        RuntimeError("CUDA out of memory. Tried to allocate 2 GiB"),
        RuntimeError("DefaultCPUAllocator: can't allocate memory"),
    ):
        assert memory_is_short(error)
    assert not memory_is_short(ValueError("the memory of a model"))
