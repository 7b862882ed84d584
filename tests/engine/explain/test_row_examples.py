from __future__ import annotations

import threading

import numpy as np
import pytest
import torch

from engine.evidence.settings import RunSettings
from engine.explain.examples import meaning
from engine.explain.row_examples import row_meaning
from engine.figures import sizes
from engine.inputs.base import FittedInput
from engine.inputs.coding import Column, TableCoding
from engine.regions import CellMap, Staircase
from engine.schemes import parse_scheme
from tests.fakes import HalfSpace, fitted, identity

CODING = TableCoding(
    (
        Column("hours", mean=3000.0, scale=1000.0),
        Column("oil", ("clear", "dark")),
        Column("pressure", mean=5.0, scale=0.5),
        Column("light", ("green", "red")),
    )
)
STAIRS = Staircase(
    count_term="words", first=0, strength_term="epsilon", reach=(2.0, 1.0), norm="l2",
    unit="standard deviations of their columns", things="fields",
)  # fmt: skip
FLIPS = CellMap(
    row_term="additions", column_term="deletions", strength_term="epsilon",
    layers=(((0.9, 0.4), (0.3, 0.1)),), norm="l2", unit="standard deviations of their columns",
)  # fmt: skip


class Sums(HalfSpace):
    """Class 1 iff the first number and twice the number of ones exceed 1.5."""

    def __init__(self) -> None:
        super().__init__(0.0)
        self.identity = identity(kind="table", input_shape=(2,))

    def scores(self, batch) -> torch.Tensor:
        numbers, codes = batch
        score = numbers[:, 0] + 2.0 * codes.sum(dim=1) - 1.5
        return torch.stack([-score, score], dim=1)


def row() -> FittedInput:
    own = {"kind": "table", "alphabet": (2, 2), "shape": (2,), "more_shapes": ((2,),)}
    arrays = (np.array([0.5, -1.0], dtype=np.float32), np.array([0, 0], dtype=np.int64))
    return FittedInput(fitted().identity.model_copy(update=own), arrays, CODING)


def told(scheme=None, *, region=STAIRS, top: int | None = 0):
    facts = scheme or {"key": "hybrid-uniform", "arities": "2,2", "beta": 0.4, "sigma": 0.5}
    settings = RunSettings(scheme=parse_scheme(facts), n=1000)
    return meaning(Sums(), row(), settings, region=region, center_class=top)


def test_the_row_and_three_noisy_copies_with_answers():
    figure = told()
    assert [column.name for column in figure.columns] == ["hours", "oil", "pressure", "light"]
    assert figure.original.numbers == (0.5, -1.0) and figure.original.codes == (0, 0)
    assert figure.original.answer == "class 0" and len(figure.samples) == 3
    for sample in figure.samples:
        above = sample.numbers[0] + 2 * sum(sample.codes) > 1.5
        assert sample.answer == f"class {int(above)}"
        assert figure.told(sample).startswith("2 numbers moved")
    assert figure.noise_in_words.startswith("Gaussian, sigma 0.5")


def test_the_changed_row_is_at_the_certified_edge():
    figure = told()
    (alone, both) = (figure.changed(change) for change in sizes(STAIRS))
    assert np.hypot(*np.subtract(alone.numbers, (0.5, -1.0))) == pytest.approx(1.999, abs=1e-4)
    assert alone.codes == (0, 0) and sum(both.codes) == 1
    np.testing.assert_allclose(both.numbers, (0.5 + 0.999, -1.0), atol=1e-4)
    assert figure.answers == ("class 1", "class 1") == (alone.answer, both.answer)


def test_flips_of_fields_of_two_values():
    scheme = {"key": "hybrid-flip", "sigma": 0.5, "p_plus": 0.2, "p_minus": 0.2}
    figure = told(scheme, region=FLIPS)
    assert len(figure.answers) == len(sizes(FLIPS)) == 1
    (corner,) = sizes(FLIPS)
    assert figure.changed(corner).codes == (1, 0)  # nothing there to delete
    assert figure.answers == ("class 1",)


@pytest.mark.parametrize("region", [STAIRS, None])
def test_without_a_class_there_is_no_attack(region):
    figure = told(region=region, top=None)
    assert figure.attack is None and figure.answers == ()


def test_a_stop_leaves_out_the_attack():
    stop, settings = (
        threading.Event(),
        RunSettings(scheme=parse_scheme({"key": "hybrid-uniform", "arities": "2,2", "beta": 0.4})),
    )
    stop.set()
    figure = row_meaning(
        Sums(), row(), settings, CODING, region=STAIRS, center_class=0, copies=2, stop=stop
    )
    assert figure.attack is None and len(figure.samples) == 2
