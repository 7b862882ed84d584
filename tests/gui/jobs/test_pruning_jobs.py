"""A tiny table by the worker's own way, with its networks in a folder."""

from __future__ import annotations

import threading
from pathlib import Path

from engine.core.generators import result_of
from engine.pruning.records import PruningSettings
from gui.jobs.pruning_jobs import PruneWish, pruning, written

FEW = PruningSettings(
    methods=("magnitude",),
    seeds=1,
    cuts=1,
    steps=2,
    last_steps=2,
    images=1,
    cells=4,
    examples=64,
    tested=20,
)


def test_a_table_is_made_and_its_networks_and_figures_are_written(tmp_path: Path) -> None:
    wish = PruneWish("demo:aircraft", FEW, tmp_path / "kept")
    table = result_of(pruning(wish, threading.Event()))
    assert [row.method for row in table.rows] == ["unpruned", "tuned", "magnitude"]
    names = {path.name for path in (tmp_path / "kept").glob("*.safetensors")}
    assert names == {f"aircraft-{m}-0.safetensors" for m in ("unpruned", "tuned", "magnitude")}
    assert "certiscope prune --model demo:aircraft --methods magnitude" in (
        (tmp_path / "kept" / "aircraft-magnitude-0.md").read_text()
    )
    assert written(table, tmp_path / "t.csv").read_text().count("\n") == 4
