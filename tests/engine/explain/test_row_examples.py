from __future__ import annotations

import numpy as np
import pytest
import torch

from engine.evidence.settings import CertifySettings
from engine.explain.examples import examples
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
    settings = CertifySettings(scheme=parse_scheme(facts), n=1000)
    return examples(Sums(), row(), settings, region=region, center_class=top)


def test_the_row_and_three_noisy_samples_with_answers():
    figure = told()
    (row,) = figure.original.media
    assert [cell.column for cell in row.cells] == ["hours", "oil", "pressure", "light"]
    assert [cell.text for cell in row.cells] == ["3500", "clear", "4.50", "green"]
    assert figure.original.answer == "class 0" and len(figure.samples) == 3
    for sample in figure.samples:
        (row,) = sample.media
        number = row.cells[0].standardised
        ones = sum(cell.text in ("dark", "red") for cell in row.cells)
        assert sample.answer == f"class {int(number + 2 * ones > 1.5)}"
        assert row.told().startswith("2 numbers moved")
    assert figure.noise_in_words.startswith("Gaussian, sigma 0.5")


def numbers(example):
    return [cell.standardised for cell in example.media[0].cells if cell.standardised is not None]


def fields(example):
    return [cell.text for cell in example.media[0].cells if cell.standardised is None]


def test_the_changed_row_is_at_the_certified_edge():
    figure = told()
    (alone, both) = (figure.changed(change) for change in STAIRS.changes())
    assert np.hypot(*np.subtract(numbers(alone), (0.5, -1.0))) == pytest.approx(1.999, abs=1e-4)
    assert fields(alone) == ["clear", "green"] and fields(both) in (
        ["dark", "green"],
        ["clear", "red"],
    )
    np.testing.assert_allclose(numbers(both), (0.5 + 0.999, -1.0), atol=1e-4)
    assert figure.answers == ("class 1", "class 1") == (alone.answer, both.answer)
    assert figure.attack.how.startswith("greedy: the fields with the largest effect first; the num")


def test_flips_of_fields_of_two_values():
    scheme = {"key": "hybrid-flip", "sigma": 0.5, "p_plus": 0.2, "p_minus": 0.2}
    figure = told(scheme, region=FLIPS)
    assert len(figure.answers) == len(FLIPS.changes()) == 1
    (corner,) = FLIPS.changes()
    assert sum(text in ("dark", "red") for text in fields(figure.changed(corner))) == 1
    assert figure.answers == ("class 1",)


@pytest.mark.parametrize("region", [STAIRS, None])
def test_without_a_class_there_is_no_attack(region):
    figure = told(region=region, top=None)
    assert figure.attack is None and figure.answers == ()
