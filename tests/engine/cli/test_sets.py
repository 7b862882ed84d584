from __future__ import annotations

from io import StringIO
from pathlib import Path

from rich.console import Console

from engine.cli.sets import rows_table, summary_table
from engine.replay.replay import replay
from engine.replay.rows import NO_LABEL, ReplayRows
from engine.replay.summary import summarise
from engine.schemes import ContrastBrightness, Gaussian

VOTES = "idx,label,n0_0,n0_1,n_0,n_1\na,0,9,1,990,10\nb,1,9,1,950,50\nc,0,6,4,510,490\n"


def shown(table: object) -> str:
    console = Console(width=120, record=True, file=StringIO())
    console.print(table)
    return console.export_text()


def test_single_claims_all_at_once_and_the_population_stand_side_by_side(tmp_path: Path) -> None:
    path = tmp_path / "v.csv"
    path.write_text(VOTES)
    result = replay(
        path, scheme=Gaussian(), alpha=0.001, bound="clopper-pearson", at=("radius=0.4",)
    )
    text = shown(summary_table(result.summary, result.alpha))
    for part in ("3 rows", "each,", "all at once,", "population,", "confidence 99.9 %"):
        assert part in text
    line = next(line for line in text.splitlines() if line.startswith("radius=0.4"))
    assert line.split() == ["radius=0.4", "0.3333", "0.3333", ">=", "0.0000"]
    rows = shown(rows_table(result.rows, result.summary, simultaneous=True))
    assert "at once" in rows and "abstains" in rows
    assert "at once" not in shown(rows_table(result.rows, result.summary))


def test_other_regions_have_a_column_and_attacks_beside_radii_are_numbers(tmp_path: Path) -> None:
    path = tmp_path / "v.csv"
    path.write_text(VOTES)
    votes = {"alpha": 0.001, "bound": "clopper-pearson", "at": ()}
    result = replay(path, scheme=Gaussian(), **votes)
    found = [row.model_copy(update={"attacked": {"radius": 0.75001}}) for row in result.rows]
    assert "0.7501" in (text := shown(rows_table(found, result.summary))) and "radius 0" not in text
    result = replay(path, scheme=ContrastBrightness(), **votes)
    text = shown(rows_table(result.rows, result.summary))
    assert "certified" in text and "brightness up to" in text
    assert all(len(line.rstrip()) <= 80 for line in text.splitlines())


def test_without_a_true_class_nothing_is_right_or_wrong(tmp_path: Path) -> None:
    path = tmp_path / "v.csv"
    path.write_text(VOTES)
    result = replay(path, scheme=Gaussian(), alpha=0.001, bound="clopper-pearson", at=())
    rows = ReplayRows.of([r.model_copy(update={"label": NO_LABEL}) for r in result.rows])
    summary = summarise(rows, at=(), alpha=0.001, again=None, valid=True, apart=False)
    assert summary.acr is summary.clean_accuracy is None
    text = shown(summary_table(summary, result.alpha))
    assert "certified" in text
    assert "correct" not in text and "average radius" not in text
