"""``certiscope prune`` on few steps, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.cli import main

FEW = "--seeds 1 --cuts 1 --steps 2 --last-steps 2 --images 1 --cells 4 --examples 64 --tested 20"


def test_a_table_is_printed_and_networks_are_written(tmp_path: Path, capsys) -> None:
    words = f"prune --model demo:aircraft --methods usn,magnitude {FEW}"
    files = ["--out", str(tmp_path / "new"), "--csv", str(tmp_path / "t"), "--json", "-"]
    assert main([*words.split(), *files]) == 0
    said = capsys.readouterr()
    table = json.loads(said.out)
    assert [row["method"] for row in table["rows"]] == ["unpruned", "tuned", "usn", "magnitude"]
    shown = " ".join(said.err.split())
    assert f"Wrote {tmp_path / 't'} and {tmp_path / 'new'}." in shown
    assert "unpruned, tuned as long" in shown and "6,571" in shown
    assert "reconstructed from the abstract of arXiv:2510.00083" in shown
    assert (tmp_path / "t").read_text().count("\n") == 5  # and no file that was not asked for
    assert {path.name for path in tmp_path.iterdir()} == {"new", "t"}
    card = json.loads((tmp_path / "new" / "aircraft-usn-0.json").read_text())
    assert card["command"] == f"certiscope {words}" and card["parameters"] == 6_571


def test_a_table_alone_is_printed_whole_on_a_narrow_terminal(capsys, monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert main(f"prune --model demo:aircraft --methods magnitude {FEW}".split()) == 0
    said = capsys.readouterr().out
    rows = [line.split() for line in said.splitlines()]
    assert any(row[:2] == ["magnitude", "6,571"] for row in rows)
    assert "…" not in said
    assert "Means over 1 seed; exact maps of 1 image" in map(str.strip, said.splitlines())


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("--model demo:digits-0.25", "the lab prunes detectors of the architecture keypoint_cnn"),
        ("--model nowhere.safetensors", "There is no model nowhere.safetensors"),
        (
            "--methods best",
            "methods must be 'usn', 'usn-w1', 'usn-raw', 'gap', 'magnitude' or 'random'",
        ),
        ("--methods ,", "name one score or more, each once."),
        ("--keep 1", "keep must be less than 1"),
        ("--images 0", "images must be greater than or equal to 1"),
        ("--csv nowhere/t.csv", "there is no folder nowhere"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(words: str, sentence: str, capsys) -> None:
    assert main(["prune", *words.split()]) == 2
    assert sentence in capsys.readouterr().err
