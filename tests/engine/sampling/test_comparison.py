"""What one row alone tells beside the same row among others, and what is asked to tell it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from engine.core.errors import NotAFunction, NotOneSample
from engine.sampling.comparison import Comparison
from engine.sampling.questions import Asked, Rounding, consecutive
from tests.engine.sampling.test_kept_samples import NUMBERED
from tests.fakes import HalfSpace

CPU = torch.device("cpu")
Made = Callable[[torch.Tensor], torch.Tensor]


class Model(HalfSpace):
    """Class 0 for numbers below 5.5, by scores that ``made`` makes of the distances to it."""

    def __init__(self, made: Made, *, scores: bool = True) -> None:
        super().__init__(0.0)
        self.made, self.sizes, self._scores = made, list[int](), scores

    @property
    def by_scores(self) -> bool:
        return self._scores

    def scores(self, batch: torch.Tensor) -> torch.Tensor:
        self.sizes.append(len(batch))
        margin = self.made(5.5 - batch[:, 0])
        return torch.stack([margin, -margin], dim=1)


def asked_alone(model: Model) -> tuple[Asked, Comparison]:
    """Row 1 of eight, alone after among the others; the model knows the batches asked."""
    classes = [torch.tensor([int(place > 5) for place in range(20)])]
    stretch = consecutive(NUMBERED, 0, classes, 8, first=2, beside=True)
    about = Comparison(model, CPU, Rounding.of("fp32"))
    group = list(range(8))
    among = about.compare(stretch, group, classes)
    model.sizes.clear()
    return about.alone(stretch, group, 1, among, classes), about


def test_a_row_with_the_same_scores_alone_is_asked_about_once_more_and_no_oftener() -> None:
    model = Model(lambda margin: margin * (1 + 1e-5 * len(margin)))
    asked, about = asked_alone(model)
    assert model.sizes == [1] and asked.group == [1]
    assert (about.asking.samples, about.asking.answers, about.asking.batchings) == (8, 9, 2)


def test_scores_that_follow_the_size_of_the_batch_alone_are_told_by_copies() -> None:
    """As with quantised arithmetic that is another one for every size: the class is what counts."""
    model = Model(lambda margin: margin * (1.0 + 0.01 * (len(margin) > 1)))
    _, about = asked_alone(model)
    assert model.sizes == [1, 8] and about.asking.near_ties == 0 and about.suspicious


def test_without_scores_copies_are_asked() -> None:
    model = Model(lambda margin: margin, scores=False)
    asked_alone(model)
    assert model.sizes == [1, 8]


@pytest.mark.parametrize("share", [0.002, 0.1])
def test_scores_that_follow_the_neighbours_are_refused_though_every_class_stays(
    share: float,
) -> None:
    with pytest.raises(NotOneSample, match="depends on the other samples"):
        asked_alone(Model(lambda margin: margin * (1 + share * margin.abs().max())))


def test_what_fails_alone_is_told_by_copies_first() -> None:
    """Batch statistics of one sample are no number for many libraries, and an error."""

    def statistics(margin: torch.Tensor) -> torch.Tensor:
        if len(margin) == 1:
            raise ValueError("Expected more than 1 value per channel when training")
        return margin - margin.mean() + 10 * margin

    with pytest.raises(NotAFunction, match="depends on the other samples"):
        asked_alone(Model(statistics))
    failing = Model(lambda margin: margin if len(margin) > 1 else statistics(margin))
    with pytest.raises(NotOneSample, match="fails on the same samples in a batch of another size"):
        asked_alone(failing)


def test_another_answer_to_the_same_batch_later_is_chance() -> None:
    model = Model(lambda margin: margin)
    asked, about = asked_alone(model)
    about.again(asked)
    model.made = lambda margin: 1.01 * margin
    with pytest.raises(NotAFunction, match="when it is asked again"):
        about.again(asked)


def test_samples_are_counted_once_until_they_are_forgotten() -> None:
    model = Model(lambda margin: margin)
    asked, about = asked_alone(model)
    before = about.asking.samples
    about.again(asked)
    about.forget(100, set(asked.stretch.places))
    about.again(asked)
    assert about.asking.samples == before
    about.forget(100, set())
    about.again(asked)
    assert about.asking.samples == before + 1


def asked_beside(made: Made, changed: Made) -> tuple[Model, Comparison]:
    """Eight samples, then eight others in one batch with them; ``changed`` in between."""
    classes = [torch.tensor([int(place > 5) for place in range(20)])]
    first, second = (consecutive(NUMBERED, 0, classes, 8, first=k, beside=True) for k in (2, 11))
    model = Model(made)
    about, group = Comparison(model, CPU, Rounding.of("fp32")), [7, 6, 5, 4, 3, 2, 1, 0]
    earlier = Asked(first, group, about.compare(first, group, classes))
    model.sizes.clear()
    model.made = changed
    found = about.beside(earlier, second, group, classes)
    assert found is not None and found.classes == [1] * 8
    return model, about


def test_earlier_samples_and_new_ones_are_asked_about_in_one_call() -> None:
    model, about = asked_beside(lambda m: m, lambda m: m)
    assert model.sizes == [16]
    assert (about.asking.samples, about.asking.answers) == (16, 24)


def test_scores_that_follow_the_size_of_the_batch_are_asked_for_in_the_old_size() -> None:
    size = lambda m: m * (1.0 + 0.01 * (len(m) > 8))  # noqa: E731
    assert asked_beside(size, size)[0].sizes == [16, 8, 8]


@pytest.mark.parametrize(
    ("made", "changed", "sentence"),
    [
        (lambda m: m, lambda m: 1.01 * m, "when it is asked again"),
        (lambda m: m, lambda m: -m, "when it is asked again"),
        (lambda m: m, lambda m: m + 9 * m.mean() * (len(m) == 16), "on the other samples"),
        (lambda m: m, lambda m: -m if len(m) == 16 else m, "on the size of its batch"),
    ],
)
def test_what_differs_in_one_call_is_asked_about_by_itself(
    made: Made, changed: Made, sentence: str
) -> None:
    """Later scores, later classes; neighbours and classes in the larger batch alone."""
    with pytest.raises(NotAFunction, match=sentence):
        asked_beside(made, changed)
