"""Tables of radii against closed forms."""

from __future__ import annotations

import csv
import math
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import norm as normal

from engine.certificates.norm_balls import LEAST
from engine.certificates.radius_table import unpacked
from engine.planning import radius_tables
from engine.planning.radius_tables import HEADER, LEVELS, NORMS, grid, main, rows
from engine.schemes.laplace import Laplace

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


def test_the_grid_falls_from_next_to_one_half_to_the_least() -> None:
    q = grid()
    assert 0.49 < q[0] < 0.5 and q[-1] == LEAST
    assert (q[1:] < q[:-1]).all()


def test_what_is_looked_up_is_written_as_numbers_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At scale 1: Laplace noise in linf in one dimension is ln(1 / (2 q))."""
    monkeypatch.setattr(radius_tables, "LOOKED_UP", (Laplace(norm="linf"),))
    path = tmp_path / "t" / "radii.npz"
    monkeypatch.setattr(radius_tables, "tables", partial(radius_tables.tables, (1,)))
    radius_tables.write_looked_up(path)
    with np.load(path, allow_pickle=False) as file:
        assert set(file.files) == {"q", "laplace, linf, 1"}
        found = unpacked(file["q"], file["laplace, linf, 1"])
    true = -np.log(2 * found.q)
    assert (found.low < true).all() and (true < found.high).all()


def test_files_are_written_and_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["--out", str(tmp_path / "t"), "--dimensions", "9"])
    (path,) = map(Path, capsys.readouterr().out.split())
    with path.open(newline="") as file:
        table = list(csv.DictReader(file))
    assert path.name == "radii-9.csv" and tuple(table[0]) == HEADER
    # level sets begin at 16 numbers, so that these two laws are not there
    assert "pow-2" not in {row["law"] for row in table}
