"""Figures of a set against their definitions."""

import pytest
from scipy.stats import beta, norm

from engine.replay import ReplayRow, ReplayRows
from engine.replay.replay import replay
from engine.replay.summary import acr, certified_accuracy, clean_accuracy
from engine.schemes import Gaussian
from tests.engine.replay.conftest import TWO_BLOCKS

ROWS = (
    TWO_BLOCKS + "a,1,0,90,10,40,950,10\nb,0,60,40,0,450,540,10\nc,2,0,80,20,0,1000,0\n"
    "d,0,100,0,0,999,1,0\n"
)
SIGMA = 0.5


def radius(k, n, alpha):
    return SIGMA * norm.ppf(beta.ppf(alpha, k, n - k + 1) if k < n else alpha ** (1 / n))


def replayed(votes_file, **changes):
    values = {"scheme": Gaussian(sigma=SIGMA), "alpha": 0.001, "bound": "clopper-pearson"}
    return replay(votes_file(ROWS), at=["radius=0.8", "radius=1.2"], **{**values, **changes})


def test_each_row_by_itself(votes_file):
    summary = replayed(votes_file).summary
    assert (summary.rows, summary.abstained) == (4, 1)
    assert summary.clean_accuracy == 0.5  # c is certified for another class than its label
    expected = (radius(950, 1000, 0.001) + radius(999, 1000, 0.001)) / 4
    assert summary.acr == pytest.approx(expected, abs=1e-8)
    assert radius(950, 1000, 0.001) < 0.8 < 1.1 < radius(999, 1000, 0.001) < 1.2
    assert summary.certified_accuracy == {"radius=0.8": 0.25, "radius=1.2": 0.0}


def test_all_rows_at_once(votes_file):
    together = replayed(votes_file).summary.simultaneous
    assert (together.alpha, together.alpha_each) == (0.001, 0.00025)
    assert together.certified == 3 and together.clean_accuracy == 0.5
    assert together.radii[1] is None
    assert together.radii[0] == pytest.approx(radius(950, 1000, 0.00025), abs=1e-8)
    assert together.radii[2] == pytest.approx(radius(1000, 1000, 0.00025), abs=1e-8)
    expected = (radius(950, 1000, 0.00025) + radius(999, 1000, 0.00025)) / 4
    assert together.acr == pytest.approx(expected, abs=1e-8)


def test_the_population(votes_file):
    found = replayed(votes_file, alpha=0.01).summary.population
    assert set(found) == {"clean", "radius=0.8", "radius=1.2"}
    clean = found["clean"]
    assert (clean.certified, clean.total, clean.alpha, clean.delta) == (2, 4, 0.01, 0.01)
    assert clean.population_lower == pytest.approx(beta.ppf(0.01, 2, 3) - 0.01, abs=1e-9)
    assert found["radius=1.2"].population_lower == 0.0


def row(label, predicted, size):
    found = {"outcome": "abstained"}
    if predicted is not None:
        region = {"kind": "ball", "norm": "l2", "radius": size, "unit": "pixels in [0,1]"}
        found = {
            "outcome": "certified",
            "predicted_class": predicted,
            "radius": size,
            "region": region,
        }
    bounds = {
        "method": "given",
        "alpha": 0.001,
        "n": 0,
        "top": predicted or 0,
        "p_lower": 0.5,
        "p_upper": 0.5,
        "valid": True,
        "basis": "",
    }
    at = {"radius=1": predicted is not None and size > 1}
    return ReplayRow(idx=label, label=label, bounds=bounds, certified_at=at, **found)


def test_definition_of_the_published_tables():
    """ACR = mean(correct * radius), certified accuracy = mean(correct and radius >= r)."""
    rows = ReplayRows.of([row(0, 0, 2.0), row(1, 1, 0.5), row(2, 0, 3.0), row(3, None, 0.0)])
    assert acr(rows) == pytest.approx(2.5 / 4)
    assert certified_accuracy(rows, "radius=1") == 0.25
    assert clean_accuracy(rows) == 0.5


def test_regions_without_a_radius_have_no_average():
    odd = row(0, 0, 1.0).model_copy(update={"radius": None})
    assert acr(ReplayRows.of([odd, row(1, 1, 2.0)])) is None
    assert acr(ReplayRows.of([row(0, None, 0.0)])) == 0.0
