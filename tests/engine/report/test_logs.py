from __future__ import annotations

import csv
import json
from pathlib import Path

from engine.logs.summary import summarise
from engine.report.logs import logs_csv, write_logs
from tests.logs import make_log


def test_a_row_for_each_log_with_intervals_and_lint(tmp_path: Path) -> None:
    one = make_log([0, 1], [0, -1], [0.5, 0.0])
    plain = make_log([0, 1], [0, 1], None, path="=predict")
    found = summarise([one, plain], n=1000, alpha=0.001, radii=(0.0, 0.25))
    first, second = csv.DictReader(logs_csv(found).splitlines())
    assert (first["acr"], first["radius 0.25"], first["abstained"]) == ("0.25", "0.5", "1")
    assert 0 < float(first["radius 0, from"]) < 0.5 < float(first["radius 0, to"])
    assert (second["acr"], second["radius 0"], second["clean_accuracy"]) == ("", "", "1.0")
    assert second["path"] == "'=predict"  # no formula
    assert write_logs(found, tmp_path / "a.csv").read_text() == logs_csv(found)
    whole = json.loads(write_logs(found, tmp_path / "a.json").read_text())
    assert whole == found.model_dump(mode="json")
