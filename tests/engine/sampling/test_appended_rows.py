"""Rows that are asked about again within a counted batch: what is counted, seen and refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from engine.core.errors import NotAFunction, NotOneSample
from engine.models.base import Classifier
from engine.models.ensemble import Ensemble
from engine.noise.gaussian import Stream
from engine.sampling import function_check
from engine.sampling.appended_rows import AppendedRows
from engine.sampling.comparison import Comparison
from engine.sampling.questions import Asked, Rounding, Stretch, consecutive
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
    rows = AppendedRows(model, about)
    rows.wait(consecutive(NUMBERED, 0, classes, 8, first=2, beside=True), [3, 7, 1, 0, 6, 2, 5, 4])
    return rows, about


def closer(about: Comparison) -> Callable[[Stretch], Asked]:
    """Asks about all of a stretch in a batch of its own."""
    group = list(range(8))
    return lambda stretch: Asked(stretch, group, about.compare(stretch, group, ()))


def test_the_counted_classes_are_the_batchs_own_between_rows_first_and_last() -> None:
    model, places = Model(lambda margin: margin), list[float]()
    rows, about = waiting(model)
    batch = NUMBERED.draw(0, 11)
    assert isinstance(batch, torch.Tensor) and rows.waiting == 8
    model.made = lambda margin: places.extend((5.5 - margin).tolist()) or margin
    assert rows.classify(0, batch).tolist() == [0] * 6 + [1] * 5
    assert places == [5, 9, 3, 2, *range(11), 8, 4, 7, 6] and rows.waiting == 0
    asked = rows.settle(NUMBERED, closer(about))
    assert asked.found is None and not rows.held and model.sizes == [19]
    assert (about.asking.samples, about.asking.answers, about.asking.batchings) == (8, 8, 1)


def test_rows_that_no_batch_took_are_asked_about_by_themselves() -> None:
    model = Model(lambda margin: margin)
    rows, about = waiting(model)
    asked = rows.settle(NUMBERED, closer(about))
    assert asked.found is not None and model.sizes == [8] and about.asking.answers == 8


def test_other_scores_than_those_they_were_counted_by_are_looked_at_more_closely() -> None:
    """By the size of the batch here, which changes no class."""
    for change, sizes in ((1.0, [20, 28]), (1.01, [20, 28, 8])):
        model = Model(lambda margin, by=change: margin * (by if len(margin) > 20 else 1.0))
        about = Comparison(model, CPU, Rounding.of("fp32"))
        rows = AppendedRows(model, about)
        counted = [rows.classify(0, NUMBERED.draw(0, 20), range(2, 10))]
        rows.wait(
            consecutive(NUMBERED, 0, counted, 8, first=2, beside=True), [3, 7, 1, 0, 6, 2, 5, 4]
        )
        rows.classify(0, NUMBERED.draw(0, 20))
        asked = rows.settle(NUMBERED, closer(about))
        assert model.sizes == sizes and (asked.found is None) is (change == 1.0)


def test_a_class_that_depends_on_the_batch_is_refused() -> None:
    """A mean over a large batch, which is far from that of the batch they were counted in."""
    rows, about = waiting(Model(lambda margin: margin - (margin.mean() if len(margin) > 50 else 0)))
    rows.classify(100, NUMBERED.draw(100, 200))
    with pytest.raises(NotOneSample):
        rows.settle(NUMBERED, closer(about))


def test_a_class_by_chance_is_refused() -> None:
    drawn = torch.Generator().manual_seed(0)
    made = Model(lambda margin: margin + 9 * torch.randn(margin.shape, generator=drawn))
    rows, about = waiting(made)
    rows.classify(100, NUMBERED.draw(100, 200))
    with pytest.raises(NotAFunction):
        rows.settle(NUMBERED, closer(about))


def test_a_near_tie_in_the_batch_is_one_near_tie() -> None:
    """Sample 5 is as near to the threshold as rounding, by the size of the batch."""

    def near(margin: torch.Tensor) -> torch.Tensor:
        tie = torch.full_like(margin, 1e-6 if len(margin) < 100 else -1e-6)
        return torch.where((margin - 0.5).abs() < 0.1, tie, margin)

    rows, about = waiting(Model(near))
    rows.classify(100, NUMBERED.draw(100, 200))
    rows.settle(NUMBERED, closer(about))
    assert about.asking.near_ties == 1


def failing(margin: torch.Tensor) -> torch.Tensor:
    if len(margin) > 20:
        raise RuntimeError("this batch is too large")
    return margin


def short(margin: torch.Tensor) -> torch.Tensor:
    if len(margin) > 20:
        raise torch.OutOfMemoryError("CUDA out of memory")
    return margin


@pytest.mark.parametrize("made", [failing, short, lambda margin: margin[:20]])
def test_a_batch_that_is_not_taken_with_rows_is_counted_without_them(made: Made) -> None:
    model = Model(made)
    rows, about = waiting(model)
    assert rows.classify(0, NUMBERED.draw(0, 20)).tolist() == [0] * 6 + [1] * 14
    assert rows.held and not rows.waiting
    assert rows.settle(NUMBERED, closer(about)).found is not None and model.sizes == [28, 20, 8]


def test_what_fails_without_rows_as_well_takes_them_no_more() -> None:
    model = Model(short)
    rows, about = waiting(model)
    with pytest.raises(torch.OutOfMemoryError):
        rows.classify(0, NUMBERED.draw(0, 40))
    rows.classify(0, NUMBERED.draw(0, 20))
    rows.settle(NUMBERED, closer(about))
    assert model.sizes == [48, 40, 20, 8]


def test_what_says_more_than_classes_and_scores_takes_none() -> None:
    def possible(model: Classifier) -> bool:
        model.prepare(CPU, "fp32")
        model.classify(torch.zeros(3, 1, 2, 2))
        return AppendedRows(model, Comparison(model, CPU, Rounding.of("fp32"))).possible

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


@pytest.mark.parametrize(
    "made",
    [
        lambda margin: margin.mean().expand(len(margin)),
        lambda margin: margin + 0.5 * margin.mean(),
        lambda margin: margin - margin.quantile(0.1),
        lambda margin: margin / margin.std(),
        lambda margin: torch.cat([-margin[:1], margin[1:]]),
        lambda margin: torch.cat([margin[:-1], -margin[-1:]]),
    ],
)
def test_statistics_of_a_batch_and_its_ends_are_found_in_every_later_run(made: Made) -> None:
    """Those of two large batches are nearly the same, and change few classes.

    By lot a sample may stand at the end at which it stood before: one time in 744.
    """
    found = 0
    for _ in range(20):
        try:
            list(later(Margins(made)).votes(Stream.ESTIMATION, 1000))
        except NotOneSample:
            found += 1
    assert found >= 17


def test_a_later_run_with_time_to_ask_more_takes_no_other_rounding_for_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What was asked about beside a batch cannot be asked once more as it was."""
    for _ in range(20):
        with monkeypatch.context() as patched:
            one = later(Margins(lambda margin: margin * (1.01 if len(margin) < 50 else 1.0)))
            one.batch = 400
            patched.setattr(function_check, "SHARE", 1e9)
            list(one.votes(Stream.ESTIMATION, 1000))
        assert one.check.record().answers > 8


def test_near_ties_of_a_later_run_are_told_from_dependence() -> None:
    """Rounding by the size of the batch, for one sample in a thousand: never a refusal."""
    for _ in range(40):
        one = later(Margins(rounding))
        list(one.votes(Stream.ESTIMATION, 1000))
        assert one.check.record().answers >= 8
