"""Means and comparisons by hand; what settings refuse; a verdict that goes either way."""

from __future__ import annotations

import pytest

from engine.core.errors import UserError
from engine.core.fields import checked
from engine.pruning.records import (
    COLUMNS,
    METHODS,
    RECONSTRUCTED,
    TITLES,
    TUNED,
    UNPRUNED,
    MapCounts,
    PrunedRow,
    PruningSettings,
    PruningTable,
)


def row(method: str, seed: int, weights: int, accuracy: float, certified: int, seconds: float):
    maps = MapCounts(
        certified=certified, violated=10 - certified, open=0, seconds=seconds, unstable=100.0
    )
    return PrunedRow(method=method, seed=seed, weights=weights, accuracy=accuracy, maps=maps)


ROWS = (
    row(UNPRUNED, 0, 1000, 0.90, 7, 0.40),
    row(TUNED, 0, 1000, 0.96, 8, 0.60),
    row("usn", 0, 400, 0.93, 6, 0.20),
    row("magnitude", 0, 400, 0.95, 7, 0.20),
    row(TUNED, 1, 1000, 0.98, 8, 0.20),
    row("usn", 1, 400, 0.95, 7, 0.12),
)
TABLE = PruningTable(
    model="m", settings=PruningSettings(methods=("usn", "magnitude"), images=10), rows=ROWS
)


def test_means_are_compared_with_the_networks_of_the_same_seeds() -> None:
    usn, magnitude = TABLE.summary("usn"), TABLE.summary("magnitude")
    assert usn is not None and magnitude is not None
    assert (usn.seeds, usn.weights, usn.certified) == (2, 400.0, 6.5)
    assert usn.accuracy == pytest.approx(0.94) and (usn.lowest, usn.highest) == (0.93, 0.95)
    assert usn.lost == pytest.approx(0.03)
    assert (usn.smaller, usn.faster) == (pytest.approx(2.5), pytest.approx(0.4 / 0.16))
    assert magnitude.faster == pytest.approx(3.0) and magnitude.lost == pytest.approx(0.01)
    unpruned = TABLE.summary(UNPRUNED)
    assert unpruned is not None and unpruned.smaller is None
    assert [one.method for one in TABLE.summaries] == [UNPRUNED, TUNED, "usn", "magnitude"]
    assert TABLE.summary("gap") is None
    cells = usn.cells()
    assert len(cells) == len(COLUMNS) and cells[:5] == (
        *("USN (reconstructed)", "400", "2.5x", "94.0 % (93.0 to 95.0)", "+3.0"),
    )


def test_the_verdict_says_what_came_out_whichever_way() -> None:
    assert "certifies fewer maps than the best other, magnitude: 6.5 and 7.0" in TABLE.verdict
    assert TABLE.verdict.endswith(f"{RECONSTRUCTED}.")
    # 10 images of which 7 hold: 2 sqrt(2 * 10 * 0.7 * 0.3) = 4.1
    assert "Among so few images 5 more or fewer are within chance." in TABLE.verdict
    better = TABLE.model_copy(update={"rows": (*ROWS, row("usn", 2, 400, 0.9, 10, 0.1))})
    assert "certifies more maps than" in better.verdict
    assert not TABLE.model_copy(update={"rows": ROWS[:3]}).verdict


def test_every_method_has_a_title_and_the_reconstructed_say_so() -> None:
    assert {*METHODS, UNPRUNED, TUNED} == TITLES.keys()
    for method in METHODS:
        assert ("reconstructed" in TITLES[method]) == method.startswith("usn")


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"methods": ()}, "name one score or more, each once"),
        ({"methods": ("usn", "usn")}, "name one score or more, each once"),
        ({"methods": ("best",)}, "must be 'usn', 'usn-w1'"),
        ({"keep": 1.0}, "keep must be less than 1"),
        ({"keep": 0.0}, "keep must be greater than 0"),
        ({"seeds": 0}, "seeds must be greater than or equal to 1"),
    ],
)
def test_settings_that_make_no_sense_are_refused(given: dict[str, object], sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        checked(PruningSettings, **given)
