"""Rows are passed on as they come; what nobody asked for is not kept."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from engine.cli.audit_rows import AuditRows
from engine.evidence.attack import AttackRecord
from engine.evidence.evidence import Evidence
from engine.evidence.settings import CertifySettings
from engine.inputs.base import FittedInput
from engine.procedures.dataset import certify_set
from engine.system.progress import Meter
from tests.fakes import HalfSpace, finish, fitted

SETTINGS = CertifySettings(n0=50, n=500, seed=3)
MODEL = HalfSpace(0.5)


def read(spec: str) -> FittedInput:
    made = fitted(float(spec))
    known = {"label": 0, "pixels_sha256": spec}
    return FittedInput(made.identity.model_copy(update=known), made.arrays)


def rows_of(values: dict[str, Any], attack=lambda spec, found: found) -> tuple[AuditRows, Any]:
    rows = AuditRows(
        {"csv": None, "report": None, "evidence": None, **values}, 2, Meter(None, "", ""), attack
    )
    result = finish(certify_set(MODEL, ("0.0", "0.1"), SETTINGS, done=rows.take, read=read))
    return rows, result


def test_files_that_were_asked_for_hold_every_row(tmp_path: Path) -> None:
    folder, table = tmp_path / "each", tmp_path / "rows.csv"
    rows, result = rows_of({"csv": table, "evidence": folder})
    (write,) = rows.files(result, MODEL)
    write()
    with table.open(newline="") as file:
        assert [row["input.pixels_sha256"] for row in csv.DictReader(file)] == ["0.0", "0.1"]
    written = [json.loads(path.read_text()) for path in sorted(folder.iterdir())]
    assert [one["input"]["pixels_sha256"] for one in written] == ["0.0", "0.1"]
    assert not rows.lacking and not rows.refuted


def test_nothing_is_written_or_kept_unasked() -> None:
    rows, result = rows_of({})
    assert rows.files(result, MODEL) == [] and len(result.rows) == 2


@pytest.mark.parametrize("doubted", ["0.0", "0.1"])
def test_a_row_that_an_attack_contradicts_is_told_apart(doubted: str) -> None:
    found = AttackRecord(outcome="found", how="x", contradicts=True)

    def attack(spec: str, evidence: Evidence) -> Evidence:
        changes = {"attack": found} if spec == doubted else {}
        return evidence.model_copy(update=changes)

    rows, _ = rows_of({}, attack)
    assert [one.input.pixels_sha256 for one in rows.refuted] == [doubted]


def test_a_folder_that_cannot_be_written_costs_no_row(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    rows, result = rows_of({"evidence": blocked})
    assert len(result.rows) == 2 and rows.lacking[0] == "2 of 2 evidence files are missing."
