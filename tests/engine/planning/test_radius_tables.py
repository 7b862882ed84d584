"""Tables of radii against closed forms."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import pytest
from scipy.stats import norm as normal

from engine.planning.radius_tables import HEADER, LEVELS, NORMS, main, rows

D = 64


def test_radii_are_those_of_the_laws_rounded_down() -> None:
    """Uniform and Laplace in l1, the Gaussian of exp-2 in l2, at deviation 1."""
    found = {(law, norm, p): float(radius) for law, norm, p, radius, _ in rows(D)}
    for p in LEVELS:
        uniform = 2 * math.sqrt(3) * (p - 0.5)
        laplace = -math.log(2 * (1 - p)) / math.sqrt(2)
        for law, true in (("uniform", uniform), ("laplace", laplace)):
            assert true - 2e-6 < found[law, "l1", p] <= true
        assert found["exp-2", "l2", p] < 1.3 * normal.ppf(p)
    assert {norm for _, norm, _ in found} == set(NORMS)


def test_a_law_says_where_its_radius_is_its_own() -> None:
    own = {(law, norm): direct for law, norm, _, _, direct in rows(D, (0.9,))}
    assert own["uniform", "l1"] == own["uniform", "linf"] == 1 and own["uniform", "l2"] == 0
    assert len(own) == 30


def test_files_are_written_and_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["--out", str(tmp_path / "t"), "--dimensions", "9"])
    (path,) = map(Path, capsys.readouterr().out.split())
    with path.open(newline="") as file:
        table = list(csv.DictReader(file))
    assert path.name == "radii-9.csv" and tuple(table[0]) == HEADER
    # level sets begin at 16 numbers, so that these two laws are not there
    assert "pow-2" not in {row["law"] for row in table}
