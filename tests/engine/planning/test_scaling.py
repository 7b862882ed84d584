"""The first-order law against 15 digits and against exact sums."""

import json
from pathlib import Path

import pytest

from engine.planning.scaling import average_kept, radius_loss

GOLDEN = json.loads((Path(__file__).parents[2] / "golden/planner.json").read_text())["c_uniform"]


@pytest.mark.parametrize("b", GOLDEN)
def test_golden(b):
    assert radius_loss(float(b)) == pytest.approx(float(GOLDEN[b]), abs=1e-9)


@pytest.mark.parametrize(
    "n, share", [(1000, 0.802), (3000, 0.886), (10_000, 0.938), (100_000, 0.980)]
)
def test_published_shares(n, share):
    assert average_kept(n, 0.001) == pytest.approx(share, abs=6e-4)


def test_never_negative():
    assert average_kept(1, 0.001) == 0.0
