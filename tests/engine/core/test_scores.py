import numpy as np
import pytest

from engine.core.scores import MOST, UNIT, ScoreSums, of_votes


def sums(scores: np.ndarray) -> ScoreSums:
    listed = scores.tolist()
    return ScoreSums(total=sum(listed), squares=sum(score * score for score in listed))


SCORES = np.random.default_rng(0).integers(0, MOST, 500, endpoint=True)


def test_sums_of_parts_are_those_of_the_whole_and_possible():
    whole, parts = sums(SCORES), sums(SCORES[:123]) + sums(SCORES[123:])
    assert parts == whole and whole.possible(500)
    assert whole.mean(500) == pytest.approx(SCORES.mean() / UNIT) and ScoreSums().mean(0) == 0.0
    assert of_votes(7).possible(7) and of_votes(7).mean(7) == MOST / UNIT


@pytest.mark.parametrize(
    "change",
    [{"total": 500 * MOST + 1}, {"squares": 10}, {"squares": 500 * MOST**2}, {"total": 10}],
)
def test_sums_that_no_samples_have_are_told(change):
    assert not sums(SCORES).model_copy(update=change).possible(500)


def test_a_unit_a_sample_is_near_and_more_is_not():
    up = np.minimum(SCORES + 1, MOST)
    assert sums(SCORES).near(sums(up), 500) and sums(SCORES).near(sums(SCORES - 1), 500)
    assert not sums(SCORES).near(sums(SCORES + 2), 500)
    far = sums(SCORES)
    assert not far.near(far.model_copy(update={"squares": far.squares + 501 * 2 * UNIT}), 500)


def test_scaled_sums_keep_mean_and_variance_on_the_safe_side():
    found = sums(SCORES).scaled(500, 5000)
    assert found.total == 10 * sums(SCORES).total and found.squares == 10 * sums(SCORES).squares
    less = sums(SCORES).scaled(500, 7)
    assert less.total <= sums(SCORES).total * 7 / 500 <= less.total + 1
    assert less.squares - 1 <= sums(SCORES).squares * 7 / 500 <= less.squares
