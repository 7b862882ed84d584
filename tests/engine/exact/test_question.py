"""What is asked of outputs, of numbers and of bounds."""

from __future__ import annotations

import numpy as np
import pytest

from engine.core.outputs import Outputs
from engine.exact.linear_bounds import Forms
from engine.exact.operations import Floats
from engine.exact.question import Highest, Hottest, Near, Question, question_of


def forms(rng: np.random.Generator, *shape: int) -> Forms:
    low = rng.normal(size=(3, 40, *shape))
    low[1:] *= 0.2
    high = low.copy()
    high[0] += rng.uniform(0, 0.5, size=high[0].shape)
    return Forms(low, high)


def inside(found: Forms, rng: np.random.Generator) -> Floats:
    """Outputs (N, ...) somewhere between the bounds at one t."""
    t = rng.uniform(-1, 1, 2)
    low, high = (each[0] + t[0] * each[1] + t[1] * each[2] for each in (found.low, found.high))
    return low + rng.uniform(size=low.shape) * (high - low)


@pytest.mark.parametrize(
    ("question", "shape"),
    [
        (Highest(1), (4,)),
        (Hottest(np.array([[[1, 0, 0], [0, 1, 0]], [[0, 0, 0], [1, 1, 1]]]) > 0), (2, 2, 3)),
        (Near(np.array([0.5, -0.5]), 1.5), (2,)),
    ],
)
def test_margins_lie_between_their_bounds(question: Question, shape: tuple[int, ...]) -> None:
    rng = np.random.default_rng(3)
    found = forms(rng, *shape)
    least, most = question.least(found), question.most(found)
    for _ in range(500):
        margins = question.margins(inside(found, rng))
        assert (least <= margins).all() and (margins <= most).all()


def test_without_width_the_bounds_are_the_margins() -> None:
    rng = np.random.default_rng(4)
    outputs = rng.normal(size=(30, 2, 2, 3))
    allowed = rng.uniform(size=(2, 2, 3)) < 0.5
    allowed[:, 0, 0] = True
    form = np.stack([outputs, np.zeros_like(outputs)])
    question = Hottest(allowed)
    assert np.allclose(question.least(Forms(form, form)), question.margins(outputs), atol=1e-13)
    assert np.allclose(question.most(Forms(form, form)), question.margins(outputs), atol=1e-13)


def test_an_output_that_is_not_finite_counts_against_the_answer() -> None:
    outputs = np.array([[2.0, 1.0], [2.0, np.nan], [np.inf, 1.0], [1.0, 1.0]])
    assert Highest(0).held(outputs).tolist() == [True, False, False, False]


def test_where_every_cell_is_allowed_the_answer_is_kept() -> None:
    question = Hottest(np.ones((1, 2, 2), dtype=bool))
    outputs = np.zeros((1, 1, 2, 2))
    form = np.stack([outputs, np.zeros_like(outputs)])
    assert question.margins(outputs) == np.inf and question.least(Forms(form, form)) == np.inf


def test_heatmaps_allow_the_cells_around_the_reference() -> None:
    outputs = Outputs(
        kind="keypoints", names=("nose",), unit="cells", grid=(4, 5), tolerance=1, reference=(3, 0)
    )
    found = question_of((1, 4, 5), outputs, 0)
    assert isinstance(found, Hottest)
    expected = np.zeros((4, 5), dtype=bool)
    expected[0:2, 2:5] = True
    assert (found.allowed[0] == expected).all()


def test_outputs_of_another_shape_are_refused() -> None:
    numbers = Outputs(kind="numbers", names=("a", "b"), tolerance=1, reference=(0.0, 1.0))
    assert isinstance(question_of((2,), numbers, 0), Near)
    assert question_of((3,), None, 2) == Highest(2)
    for shape, outputs in (((3,), numbers), ((1, 4), None), ((1,), None)):
        with pytest.raises(ValueError, match="outputs are"):
            question_of(shape, outputs, 0)
