"""What rounding explains of two answers to the same samples, against bounds worked out by hand."""

from __future__ import annotations

import pytest
import torch

from engine.models.base import NO_CLASS
from engine.sampling.questions import Answer, Rounding


def answer(*rows: tuple[float, float]) -> Answer:
    scores = torch.tensor(rows)
    return Answer(scores.argmax(1).tolist(), scores)


@pytest.mark.parametrize(
    ("precision", "below", "above"),
    [("fp32", 0.00099, 0.00101), ("fp16", 0.0099, 0.0101), ("bf16", 0.049, 0.051)],
)
def test_scores_may_differ_by_the_rounding_of_their_precision(
    precision: str, below: float, above: float
) -> None:
    """Relative to the distance from the middle, or to the median of these where that is larger."""
    rounding, one = Rounding.of(precision), answer((1.0, -1.0), (1.0, -1.0), (1.0, -1.0))
    for more, same in ((below, True), (above, False)):
        other = answer((1.0, more - 1.0), (1.0, -1.0), (1.0, -1.0))
        assert rounding.same(one, other, 0) == rounding.all_same(one, other) == same
        assert rounding.same(one, other, 1)
        assert rounding.near(one, 0, other, 0, (0, 1)) == same
        # The first two scores lie next to each other: what counts is the usual distance, 1.
        assert rounding.tied(answer((0.0, -more), (1.0, -1.0), (1.0, -1.0)), 0, 1) == same


@pytest.mark.parametrize("shared", [0.5, -100.0, 1e4])
def test_what_all_classes_share_excuses_nothing(shared: float) -> None:
    """A hundredth of the distance between two scores is no rounding; their last bits are."""
    rounding, apart = Rounding.of("fp32"), abs(shared) * 1e-2
    for more, same in ((0.01 * apart, False), (2e-6 * abs(shared), True)):
        one, other = (
            Answer([0], torch.tensor([[shared + by, shared - apart]], dtype=torch.float64))
            for by in (apart, apart + more)
        )
        assert rounding.all_same(one, other) == rounding.same(one, other, 0) == same
        assert rounding.near(one, 0, other, 0, (0, 1)) == same


def test_numbers_that_are_measured_share_nothing() -> None:
    one, other = (
        Answer([0], torch.tensor([[100.0, 100.0 + by]]), measured=True) for by in (0.0, 0.05)
    )
    assert Rounding.of("fp32").all_same(one, other)
    assert one.at([0]).measured


def test_without_scores_only_classes_are_compared() -> None:
    rounding, one, other = Rounding.of("fp32"), Answer([0, 1], None), Answer([0, 2], None)
    assert rounding.same(one, other, 0) and not rounding.same(one, other, 1)
    assert not rounding.all_same(one, other) and rounding.all_same(one, one)
    assert not rounding.tied(one, 0, 1) and not rounding.near(one, 1, other, 1, (1, 2))


def test_a_sample_without_a_class_is_no_near_tie() -> None:
    lost = Answer([NO_CLASS], torch.full((1, 2), torch.nan))
    assert not Rounding.of("bf16").tied(lost, 0, 0)
    assert not Rounding.of("bf16").near(answer((1.0, 1.0)), 0, lost, 0, (0, NO_CLASS))


def test_other_numbers_of_scores_are_other_answers() -> None:
    assert not Rounding.of("fp32").all_same(answer((1.0, 0.0)), answer((1.0, 0.0), (1.0, 0.0)))


@pytest.mark.parametrize("mask", [-1e3, -1e9, -3e38, -torch.inf])
def test_masks_of_most_classes_excuse_nothing_in_the_others(mask: float) -> None:
    """However far off they are, and though they are more than half of the classes."""

    def masked(margin: float) -> Answer:
        scores = torch.full((4, 9), mask)
        scores[:, :2] = torch.tensor([margin, -margin])
        return Answer([0] * 4, scores)

    fine = Rounding.of("fp32")
    assert fine.all_same(masked(0.5), masked(0.50001))
    assert not fine.all_same(masked(0.5), masked(0.52))
    assert not fine.near(masked(0.5), 0, masked(-0.5), 0, (0, 1))


def test_scores_of_which_most_are_tied_have_a_middle_all_the_same() -> None:
    votes = torch.tensor([[3.0, 3.0, 0.0, 0.0, 1.0]] * 3)
    one = Answer([0] * 3, votes)
    assert one.scale == 1.0 and Rounding.of("fp32").all_same(one, Answer([0] * 3, votes + 1e-6))


def test_what_is_alike_at_a_glance_is_alike() -> None:
    """Scores of all sizes and masks, moved by about as much as may be."""
    generator, rounding, seen = torch.Generator().manual_seed(0), Rounding.of("fp32"), [0, 0]
    for case in range(600):
        rows, classes = 1 + case % 8, 2 + case % 5
        one = torch.randn(rows, classes, generator=generator) * 10.0 ** (case % 7 - 3)
        one[:, -1] += (0.0, 1e4, -torch.inf)[case % 3]
        moved = one * (1 + 10.0 ** -(3 + case % 4) * torch.randn(one.shape, generator=generator))
        glance = rounding.alike_at_a_glance(one.tolist(), moved.tolist())
        seen[glance] += 1
        named = [0] * rows
        assert not glance or rounding.all_same(Answer(named, one), Answer(named, moved))
        assert rounding.alike_at_a_glance(one.tolist(), one.tolist()) == bool(one.isfinite().all())
    assert min(seen) > 20


def test_a_class_left_out_with_minus_infinity_hides_no_change_at_a_glance() -> None:
    rounding = Rounding.of("fp32")
    one = [[0.0, -float("inf")], [0.0, -float("inf")], [0.0, -3.0]]
    assert not rounding.alike_at_a_glance(one, [[0.0, -1.0], [0.0, -1.0], [0.0, -0.1]])
    then, now = torch.tensor(one), torch.tensor([[0.0, -1.0], [0.0, -1.0], [0.0, -0.1]])
    assert not rounding.all_same(Answer([0] * 3, then), Answer([0] * 3, now))
