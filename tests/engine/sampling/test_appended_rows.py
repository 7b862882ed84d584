"""Rows that are asked about again within a counted batch: what is counted, seen and refused."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
import torch

from engine.core.errors import NotAFunction, NotOneSample
from engine.models.base import Classifier
from engine.models.ensemble import Ensemble
from engine.noise.gaussian import Stream
from engine.sampling.appended_rows import AppendedRows
from engine.sampling.comparison import Comparison
from engine.sampling.questions import Rounding, consecutive
from engine.sampling.sampler import Sampler
from tests.engine.sampling.test_comparison import Model
from tests.engine.sampling.test_function_check import Made as Margins
from tests.engine.sampling.test_function_check import rounding, sampler
from tests.engine.sampling.test_kept_samples import NUMBERED
from tests.fakes import HalfSpace

CPU = torch.device("cpu")
Made = Callable[[torch.Tensor], torch.Tensor]


def waiting(model: Model) -> tuple[AppendedRows, Comparison]:
    """Eight of samples 0 to 19, counted as the threshold of 5.5 has them, wait shuffled."""
    classes = [torch.tensor([int(place > 5) for place in range(20)])]
    about = Comparison(model, CPU, Rounding.of("fp32"))
    rows = AppendedRows(model, about, random.Random(0))
    rows.wait(consecutive(NUMBERED, 0, classes, 8, first=2, beside=True), [3, 7, 1, 0, 6, 2, 5, 4])
    return rows, about


def test_the_counted_classes_are_the_batchs_own_whether_rows_come_first_or_last() -> None:
    seen, sizes = set[bool](), list[int]()
    for _ in range(30):
        model = Model(lambda margin: margin)
        rows, about = waiting(model)
        rows._lot = random.Random(len(sizes))
        batch = NUMBERED.draw(0, 11)
        assert isinstance(batch, torch.Tensor) and rows.waiting == 8
        assert rows.classify(0, batch).tolist() == [0] * 6 + [1] * 5
        assert rows.waiting == 0
        came = rows._came
        assert came is not None
        seen.add(came.first)
        asked = rows.settle(NUMBERED)
        assert asked.found is not None and not rows.held
        assert asked.found.classes == [asked.stretch.classes[row] for row in asked.group]
        sizes += model.sizes
        asking = about.asking
        assert (asking.samples, asking.answers, asking.batchings) == (8, 8, 1)
    assert seen == {True, False} and sizes == [19] * 30


def test_rows_that_no_batch_took_are_asked_about_by_themselves() -> None:
    model = Model(lambda margin: margin)
    rows, about = waiting(model)
    asked = rows.settle(NUMBERED)
    assert asked.found is not None and model.sizes == [8] and about.asking.answers == 8


def test_a_class_that_depends_on_the_batch_is_refused() -> None:
    """A mean over a large batch, which is far from that of the batch they were counted in."""
    rows, _ = waiting(Model(lambda margin: margin - (margin.mean() if len(margin) > 50 else 0)))
    rows.classify(100, NUMBERED.draw(100, 200))
    with pytest.raises(NotOneSample):
        rows.settle(NUMBERED)


def test_a_class_by_chance_is_refused() -> None:
    drawn = torch.Generator().manual_seed(0)
    rows, _ = waiting(Model(lambda margin: margin + 9 * torch.randn(margin.shape, generator=drawn)))
    rows.classify(100, NUMBERED.draw(100, 200))
    with pytest.raises(NotAFunction):
        rows.settle(NUMBERED)


def test_a_near_tie_in_the_batch_is_one_near_tie() -> None:
    """Sample 5 is as near to the threshold as rounding, by the size of the batch."""

    def near(margin: torch.Tensor) -> torch.Tensor:
        tie = torch.full_like(margin, 1e-6 if len(margin) < 100 else -1e-6)
        return torch.where((margin - 0.5).abs() < 0.1, tie, margin)

    rows, about = waiting(Model(near))
    rows.classify(100, NUMBERED.draw(100, 200))
    rows.settle(NUMBERED)
    assert about.asking.near_ties == 1


def test_an_answer_of_another_length_is_an_error_of_that_batch() -> None:
    rows, _ = waiting(Model(lambda margin: margin[:20]))
    with pytest.raises(ValueError, match="20 answers to 28 samples"):
        rows.classify(100, NUMBERED.draw(100, 20))


def test_what_says_more_than_classes_and_scores_takes_none() -> None:
    lot = random.Random(0)

    def possible(model: Classifier) -> bool:
        model.prepare(CPU, "fp32")
        model.classify(torch.zeros(3, 1, 2, 2))
        return AppendedRows(model, Comparison(model, CPU, Rounding.of("fp32")), lot).possible

    assert possible(HalfSpace(0.3))
    assert not possible(Model(lambda margin: margin, scores=False))
    assert not possible(Ensemble([HalfSpace(0.3), HalfSpace(0.2)]))


def later(model: Classifier) -> Sampler:
    """A later run of a set, after its selection votes: of 1,000 votes, in one batch."""
    one = sampler(model, batch=1000)
    one.check.allowance.seconds = -1e6  # nothing is asked beyond what every run owes
    one.check.planned, one.check.tested, one.check.followed = 1000, True, True
    list(one.votes(Stream.SELECTION, 100))
    one.check.followed = False
    return one


def test_a_later_run_asks_within_the_batch_that_it_counts() -> None:
    model = Margins(lambda margin: sizes.append(len(margin)) or margin)
    sizes = list[int]()
    one = later(model)
    votes = list(one.votes(Stream.ESTIMATION, 1000))[-1]
    assert sizes == [100, 1008] and one.check.record().answers == 8
    alone = sampler(HalfSpace(0.2), batch=1000)
    assert votes == list(alone.votes(Stream.ESTIMATION, 1000))[-1]


def test_votes_of_a_later_run_are_handed_out_once_its_rows_are_compared() -> None:
    one = later(Margins(lambda margin: margin * (-1 if len(margin) > 100 else 1)))
    with pytest.raises(NotOneSample):
        next(one.votes(Stream.ESTIMATION, 1000))


def test_near_ties_of_a_later_run_are_told_from_dependence() -> None:
    """Rounding by the size of the batch, for one sample in a thousand: never a refusal."""
    for _ in range(40):
        one = later(Margins(rounding))
        list(one.votes(Stream.ESTIMATION, 1000))
        assert one.check.record().answers >= 8
