"""What a command writes replaces none of its own files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from engine.cli.apart import check_apart
from engine.cli.app import main
from engine.core.errors import UserError

FLAGS = {name: f"--{name}" for name in ("json", "report", "csv", "case", "input", "model", "plot")}


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"json": "runs", "case": Path("runs")}, "--json runs .*: --case names it too"),
        ({"json": "a.pdf", "report": [Path("./a.pdf")]}, "--report names it too"),
        ({"csv": Path("a.csv"), "json": "a.csv"}, "--json names it too"),
        ({"file": Path("kept"), "json": "linked"}, "--json linked .*it is the file that is read"),
        ({"input": "kept:3", "json": "kept"}, "--input names it too"),
        ({"model": ["demo:digits", "kept"], "json": "kept"}, "--model names it too"),
        ({"file": Path("kept"), "report": Path("kept")}, "--report kept .*another name"),
        (
            {"json": "a.dsse.json", "report": [Path("a.pdf")], "sign": True},
            "signature of --report belongs into a.dsse.json, .* the file of --json there",
        ),
        (
            {"json": "a.json", "case": Path("a.dsse.json"), "sign": True},
            "signature of --json .* the file of --case there",
        ),
        ({"model": ["w.safetensors"], "json": "./w.json"}, "--model names it too"),
        ({"file": Path("a.dsse.json"), "json": "a.json", "sign": True}, "file that is read there"),
    ],
)
def test_one_file_twice_is_refused(
    values: dict[str, Any], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("kept").write_text("1")
    Path("linked").symlink_to("kept")
    Path("w.json").write_text('{"architecture": "digits_cnn"}')  # the card of w.safetensors
    with pytest.raises(UserError, match=told):
        check_apart(values, FLAGS)


@pytest.mark.parametrize(
    "values",
    [
        {"json": "-", "input": "-", "case": None, "report": []},
        {"json": "digits", "input": "digits"},  # a name, and no file
        {"json": "a.json", "input": "text:" + "a b " * 2000},
        {"json": os.devnull, "csv": Path(os.devnull)},
        {"report": [Path("a.pdf"), Path("a.pdf")], "json": "a.json"},
        {"file": Path("votes.csv"), "plot": "votes.csv"},  # a plot's name, where it is no path
        {"json": "a.json", "report": [Path("a.pdf"), Path("a.html")], "sign": True},
        {"model": ["w.safetensors"], "json": "w.json"},
        {"json": "a.dsse.json", "report": [Path("a.pdf")], "sign": False},
    ],
)
def test_what_is_replaced_by_nothing_of_the_command_is_taken(
    values: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("w.json").write_text('{"run_id": "of the same command before", "architecture": ""}')
    check_apart(values, FLAGS)


def test_a_case_is_not_replaced_by_its_list(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = tmp_path / "runs.certiscope"
    case.write_text("evidence")
    assert main(["runs", str(case), "--json", str(case)]) == 2
    assert case.read_text() == "evidence"
    assert "it is the file that is read" in capsys.readouterr().err
