import pytest

from engine.bounds import bound_method
from engine.core.records import Votes
from engine.procedures.abstention import explain, n_needed
from engine.schemes import Gaussian, parse_scheme

SCHEME = Gaussian(sigma=0.5)


def why(selection: tuple[int, ...], estimation: tuple[int, ...], bound="live", n_plan=1000):
    return explain(
        selection=Votes(counts=selection),
        estimation=Votes(counts=estimation),
        scheme=SCHEME,
        method=bound_method(bound),
        alpha=0.001,
        n_plan=n_plan,
        class_names=("cat", "dog"),
    )


def test_wrong_guess():
    found = why((6, 4), (300, 700))
    assert found.reason == "wrong-guess"
    assert "guessed 'cat', but 'dog' leads" in found.sentence and "larger n0" in found.sentence


def test_below_half():
    assert why((6, 4), (500, 500)).reason == "below-half"


def test_too_few_names_the_smallest_n_that_would_do():
    found = why((6, 4), (520, 480))
    assert found.reason == "too-few-samples"
    needed = found.n_needed
    method = bound_method("live")

    def certifies(n: int) -> bool:
        k = 520 * n // 1000
        bounds = method.at(Votes(counts=(k, n - k)), top=0, alpha=0.001, n_plan=n)
        return SCHEME.region(bounds) is not None

    assert certifies(needed) and not certifies(needed - 1)
    assert f"n = {needed:,}" in found.sentence


def test_a_fixed_bound_that_was_stopped():
    found = why((6, 4), (90, 10), bound="clopper-pearson")
    assert found.reason == "stopped-early" and found.n_needed == 1000


def test_no_votes():
    assert why((0, 0), (0, 0)).reason == "no-votes"


@pytest.mark.parametrize("bound", ["live", "clopper-pearson", "two-class"])
def test_n_needed_shrinks_with_a_clearer_majority(bound: str):
    method = bound_method(bound)
    needed = [
        n_needed(Votes(counts=(k, 1000 - k)), scheme=SCHEME, method=method, alpha=0.001)
        for k in (550, 700, 900)
    ]
    assert needed == sorted(needed, reverse=True)


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ((250, 750), "probably not above the threshold tau = 0.3."),
        ((310, 690), "too few to exclude the threshold tau = 0.3. About n = "),
    ],
)
def test_a_deployed_threshold_is_named_in_place_of_one_half(counts, words):
    scheme = parse_scheme({"key": "hybrid-mask", "beta": 0.5, "tau": 0.3})
    found = explain(
        selection=Votes(counts=(counts[0], 0)),
        estimation=Votes(counts=(counts[0], *([counts[1] // 5] * 5))),
        scheme=scheme,
        method=bound_method("clopper-pearson"),
        alpha=0.001,
        n_plan=100,
        class_names=tuple("abcdef"),
    )
    assert words in found.sentence or found.reason == "wrong-guess", found
