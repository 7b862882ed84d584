"""A set of inputs as a table."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from engine.api import Smoothed, Table, plot, verify
from engine.core.errors import UserError
from engine.figures.curves import CurveFigure
from engine.regions import Ball, Count, Interval
from engine.schemes import Ablation, Brightness, Gaussian, HierarchicalGaussian, Scheme

IMAGES = torch.rand(6, 1, 8, 8, generator=torch.Generator().manual_seed(0))
LABELS = torch.zeros(6, dtype=torch.int64)


@pytest.fixture
def table(model: Smoothed) -> Table:
    return model.certify_dataset((IMAGES, LABELS), n=400)


def test_a_set_is_kept_in_a_case_and_taken_from_it(model: Smoothed, tmp_path: Path) -> None:
    case = tmp_path / "set.certiscope"
    first = model.certify_dataset((IMAGES, LABELS), n=200, case=case)
    again = model.certify_dataset((IMAGES, LABELS), n=200, case=case)
    assert list(first) == list(again) and first.result.settings.seed == again.result.settings.seed
    for one, other in zip(first.evidence, again.evidence, strict=True):
        assert one.run_id == other.run_id and one.tries_known_to == "case"
    assert verify(case, counts_only=True).ok
    plain = model.certify_dataset((IMAGES, LABELS), n=200, seed=first.result.settings.seed)
    assert list(plain) == list(first)


def test_its_figures_are_those_of_its_rows(table: Table) -> None:
    rows = list(table)
    assert len(rows) == len(table) == len(table.evidence) == 6 and table.complete
    right = [row for row in rows if row.predicted_class == row.label]
    assert table.clean_accuracy == len(right) / 6
    assert table.acr == pytest.approx(sum(row.radius or 0.0 for row in right) / 6)
    assert table.abstention_rate == sum(row.outcome == "abstained" for row in rows) / 6
    sizes = [0.0, 0.1, 0.4]
    expected = [sum((row.radius or 0.0) > size for row in right) / 6 for size in sizes]
    assert table.certified_accuracy(sizes) == expected
    assert table.certified_accuracy(0.1) == expected[1]
    assert table.certified_accuracy(torch.tensor(0.1)) == expected[1]
    assert table.certified_accuracy(np.array(sizes, dtype=np.float32)) == expected
    assert table.certified_accuracy("radius=0.1") == expected[1]
    assert table.certified_accuracy({"radius": 0.1}) == expected[1]
    with pytest.raises(UserError, match="knows the terms radius"):
        table.certified_accuracy("pixels=1")
    assert "6 of 6 inputs" in repr(table) and isinstance(table.warnings, tuple)


def test_labels_that_the_model_does_not_have_are_refused_before_a_row_is_certified(
    model: Smoothed,
) -> None:
    done: list[int] = []
    for labels in ([0, 1, 2, 0, 1, 10], torch.full((6,), 99)):
        with pytest.raises(UserError, match=r"numbered 0 to \d"):
            model.certify_dataset((IMAGES, labels), n=400, done=lambda k, n: done.append(k))
    assert done == []
    with pytest.raises(UserError, match=r"numbered 0 to \d"):
        model.certify(IMAGES[0], label=10)


def test_rows_are_those_of_single_runs(model: Smoothed, table: Table) -> None:
    alone = model.certify(IMAGES[2], n=400, label=0, seed=table.evidence[0].settings.seed).result()
    assert table.evidence[2].votes == alone.evidence.votes


def test_a_notebook_shows_it_and_files_keep_it(table: Table, tmp_path: Path) -> None:
    shown = table._repr_html_()
    assert shown.count("<tr>") == 7 and "<svg" in shown
    for ending in ("svg", "png", "csv", "json"):
        assert table.save(tmp_path / f"t.{ending}").stat().st_size
    assert len(json.loads((tmp_path / "t.json").read_text())["rows"]) == 6
    assert len(list(csv.DictReader((tmp_path / "t.csv").read_text().splitlines()))) == 6
    files = sorted(table.save(tmp_path / "evidence").iterdir())
    assert len(files) == 6 and verify(files[0], counts_only=True).ok


def test_pandas_is_asked_for_in_a_sentence(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(UserError, match="pip install pandas"):
        table.to_pandas()
    pandas = ModuleType("pandas")
    pandas.DataFrame = lambda rows: rows  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "pandas", pandas)
    found = table.to_pandas()
    assert [row["input"] for row in found] == [f"sample {i}" for i in range(6)]
    assert {"label", "predicted_class", "correct", "abstained", "radius", "p_lower"} <= set(
        found[0]
    )


def made(scheme: Scheme, regions: list[Any], right: list[bool]) -> Table:
    rows = tuple(
        SimpleNamespace(region=region, label=1, predicted_class=int(is_right))
        for region, is_right in zip(regions, right, strict=True)
    )
    settings = SimpleNamespace(scheme=scheme)
    result: Any = SimpleNamespace(rows=rows, settings=settings, inputs=("x",) * len(rows))
    return Table(result, ())


def ball(radius: float) -> Ball:
    return Ball(norm="l2", radius=radius, unit="pixels in [0,1]")


def test_the_curve_is_the_stairs_of_the_certified_shares() -> None:
    found = made(Gaussian(), [ball(0.5), ball(2.0), ball(9.0), None], [True, True, False, False])
    figure = plot(found).figure
    assert isinstance(figure, CurveFigure)
    points = [(round(x, 6), y) for x, y in figure.curves[0].points]
    assert points == [(0.0, 0.5), (0.5, 0.5), (0.5, 0.25), (2.0, 0.25), (2.0, 0.0)]
    for size in (0.0, 0.49, 0.5, 1.9, 2.0, 3.0):
        drawn = [share for x, share in points if x <= size][-1]
        assert found.certified_accuracy(size) == drawn, size


def test_counts_have_a_curve_too_and_several_tables_one_plot() -> None:
    count = Count(term="entities", most=3, unit="pixels")
    ablation = made(Ablation(entities=64, keep=4), [count], [True])
    points = plot(ablation).figure.curves[0].points  # type: ignore[union-attr]
    assert points[-1] == (pytest.approx(3.0), 0.0)
    balls = [made(Gaussian(sigma=sigma), [ball(sigma)], [True]) for sigma in (0.25, 0.5)]
    names = [curve.name for curve in plot(*balls).figure.curves]  # type: ignore[union-attr]
    assert names == [one.scheme.noise_in_words() for one in balls]
    for wrong in ((), (balls[0], ablation), (made(HierarchicalGaussian(), [], []),)):
        with pytest.raises(UserError):
            plot(*wrong)


def test_a_size_of_a_signed_term_is_meant_either_way() -> None:
    region = Interval(term="brightness", lower=-0.1, upper=0.3, unit="brightness in [0,1]")
    shifts = made(Brightness(), [region], [True])
    assert [shifts.certified_accuracy(size) for size in (0.05, 0.2)] == [1.0, 0.0]
    assert shifts.certified_accuracy("brightness=0.2") == 1.0
    assert shifts.certified_accuracy({"brightness": -0.2}) == 0.0
    points = plot(shifts).figure.curves[0].points  # type: ignore[union-attr]
    assert points[-1] == (pytest.approx(0.1), 0.0)
