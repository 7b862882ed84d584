"""``certiscope audit`` on shipped digits."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pypdf
import pytest
from PIL import Image

from engine.case import Case
from engine.cli import main
from engine.cli.outcome import PARTIAL
from engine.core.errors import DiskFull
from engine.demos.data import digits
from engine.inputs import load_input

WORDS = ["audit", "--model", "demo:digits-0.25", "--input", "digits", "--sigma", "0.25"]
FAST = [*WORDS, "--n0", "50", "--n", "500", "--limit", "3", "--device", "cpu"]


def test_a_set_is_certified_and_every_run_can_be_verified(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table, folder = tmp_path / "a.csv", tmp_path / "evidence"
    words = ["--at", "radius=0.25", "--csv", str(table), "--evidence", str(folder), "--json", "-"]
    assert main([*FAST, *words]) == 0
    shown = capsys.readouterr()
    found = json.loads(shown.out)
    assert [row["idx"] for row in found["rows"]] == found["inputs"]
    assert found["summary"]["simultaneous"]["alpha_each"] == pytest.approx(0.001 / 3)
    assert set(found["summary"]["population"]) == {"clean", "radius=0.25"}
    assert f"Wrote {table} and {folder}." in " ".join(shown.err.split())
    assert "all at once," in shown.err and "3 of 400 inputs" in shown.err
    rows = list(csv.DictReader(table.read_text(encoding="utf-8").splitlines()))
    assert [row["radius"] for row in rows] == [str(row["radius"]) for row in found["rows"]]
    files = sorted(folder.iterdir())
    assert len(files) == 3
    evidence = json.loads(files[0].read_text(encoding="utf-8"))
    assert evidence["command"].startswith("certiscope certify --model demo:digits-0.25 --input di")
    assert main(["verify", "--counts-only", str(files[0])]) == 0


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--at", "words=1"], "gaussian knows the terms radius, not 'words'."),
        (["--limit", "0"], "--limit must be 1 or more (it was 0)."),
        (["--csv", __file__ + "/x.csv"], "is not a folder you may write to"),
        (["--evidence", __file__ + "/x"], "is not a folder you may write to"),
    ],
)
def test_bad_values_are_one_sentence(words: list[str], sentence: str, capsys: Any) -> None:
    assert main([*FAST, *words]) == 2
    shown = capsys.readouterr()
    assert sentence in shown.err and shown.err.count("\n") == 1


def test_a_case_keeps_the_rows_and_what_was_left_out_is_said(tmp_path: Path, capsys: Any) -> None:
    case, out = tmp_path / "set.certiscope", tmp_path / "a.json"
    words = [*FAST[:-4], "--limit", "2", "--device", "cpu", "--case", str(case), "--json", str(out)]
    assert main(words) == 0
    first = json.loads(out.read_text(encoding="utf-8"))
    assert first["available"] == 400 and len(first["inputs"]) == 2
    assert "2 of 400 inputs" in capsys.readouterr().out
    assert main(words) == 0
    assert json.loads(out.read_text(encoding="utf-8")) == first
    assert main(["runs", str(case)]) == 0
    assert capsys.readouterr().out.count("500 of 500 votes") == 2
    assert main(["verify", "--counts-only", str(case)]) == 0
    evidence = Case.open(case).evidence(1)
    assert evidence is not None and evidence.command.startswith("certiscope certify --model demo:")


def test_a_set_without_labels_says_so_in_words(tmp_path: Path, capsys: Any) -> None:
    folder = tmp_path / "set"
    folder.mkdir()
    for number in range(2):
        pixels = np.full((8, 8), 100 * number, dtype=np.uint8)
        Image.fromarray(pixels).save(folder / f"{number}.png")
    words = ["audit", "--model", "demo:digits-0.25", "--input", f"{folder}/", "--n0", "20"]
    assert main([*words, "--n", "50", "--device", "cpu", "--scheme", "blur"]) == 0
    out, err = capsys.readouterr()
    assert "Warning: The model was trained with Gaussian noise, sigma 0.25, but this" in err
    assert "none" in out and " -1 " not in out
    assert "The inputs have no labels: no answer is counted as right or wrong" in out


def test_results_that_the_case_could_not_keep_are_counted_and_a_failure(
    tmp_path: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each reason is said once, whatever the rows; the next audit counts what is missing."""

    def full(self: Case, *_: object) -> None:
        raise DiskFull("The disk is full.")

    case = tmp_path / "set.certiscope"
    words = [*FAST, "--case", str(case), "--seed", "4", "--quiet"]
    with monkeypatch.context() as broken:
        for name in ("finish", "record_all"):
            broken.setattr(Case, name, full)
        assert main(words) == 1
        shown = capsys.readouterr()
    assert len(json.loads(shown.out)["rows"]) == 3  # nothing else holds them
    said = shown.err.splitlines()
    assert said[-1] == (
        f"certiscope: 3 of 3 results are not in {case}; the same command counts them again. "
        "The result was printed to standard output instead."
    )
    why = [line for line in said if "The disk is full." in line]
    assert len(why) == len(set(why)) <= 2  # where the votes stay, and on a slow machine, meanwhile
    assert main([*words, "--json", "-"]) == 0
    again = json.loads(capsys.readouterr().out)
    assert again["rows"] == json.loads(shown.out)["rows"]
    assert [row.state for row in Case.open(case).runs()] == ["finished"] * 3


CASES = Path(__file__).parents[2] / "cases" / "field" / "folders"
"""Made for this project."""


def test_labels_are_taken_by_number_and_said(capsys: Any) -> None:
    model, folder = CASES / "bright11.onnx", CASES / "numbered"
    words = ["audit", "--model", str(model), "--input", str(folder), "--sigma", "0.1", "--n0", "10"]
    assert main([*words, "--n", "60", "--device", "cpu", "--seed", "1"]) == 0
    shown = capsys.readouterr()
    assert "Right without noise, of 11 labelled images: none 11, " in shown.err
    out = " ".join(shown.out.split())
    assert "correct 1.0000" in out
    assert "Labels: '10' is taken for class 10 ('class 10'), its number; '2' is taken" in out


def test_a_guess_is_no_label_until_it_is_asked_for(tmp_path: Path, capsys: Any) -> None:
    for name, number in (("nine", 9), ("seven", 7)):
        (tmp_path / "set" / name).mkdir(parents=True)
        pixels = np.rint(load_input(f"digits:{_digit(number)}").pixels[0] * 255)  # type: ignore[union-attr]
        Image.fromarray(pixels.astype(np.uint8)).save(tmp_path / "set" / name / "a.png")
    table = tmp_path / "map.csv"
    table.write_text("folder,class\nnine,9\nseven,7\n")
    words = ["audit", "--model", "demo:digits-0.25", "--input", str(tmp_path / "set"), "--n0", "20"]
    words += ["--n", "100", "--device", "cpu", "--seed", "1"]
    assert main(words) == 0
    out = capsys.readouterr().out
    assert "The inputs have no labels" in out and "correct" not in out
    assert "Labels: 'nine' names no class of the model (0, 1, 2, 3, 4, 5, ...)" in out
    evidence = tmp_path / "evidence"
    assert main([*words, "--labels", str(table), "--evidence", str(evidence)]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "correct 1.0000" in out
    assert f"Labels: 'nine' is taken for class 9 ('9'), by {table}" in out
    for file in evidence.iterdir():  # the map is read again
        assert main(["verify", str(file)]) == 0
        assert "label of the input" in capsys.readouterr().out
    table.write_text("nine,0\nseven,7\n")
    assert main(["verify", str(next(evidence.glob("*nine*")))]) == 1


def _digit(number: int) -> int:
    """A scan of a digit that no model was trained on."""
    return next(
        index for index in digits.split()["test"] if digits.load_digits().labels[index] == number
    )


def test_a_folder_per_class_is_shown_by_its_paths(
    tmp_path: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("one", "two"):
        Path("set", name).mkdir(parents=True)
        Image.fromarray(np.zeros((8, 8), dtype=np.uint8)).save(Path("set", name, "a.png"))
    words = ["audit", "--model", "demo:digits-0.25", "--input", "set", "--n0", "20"]
    assert main([*words, "--n", "50", "--device", "cpu"]) == 0
    out = capsys.readouterr().out
    assert "set/one/a.png" in out and "//" not in out


def test_a_damaged_file_is_named_and_the_others_are_written(tmp_path: Path, capsys: Any) -> None:
    folder, found = tmp_path / "set", tmp_path / "a.json"
    folder.mkdir()
    for number in range(3):
        pixels = np.full((8, 8), 100 * number, dtype=np.uint8)
        Image.fromarray(pixels).save(folder / f"{number}.png")
    data = (folder / "0.png").read_bytes()
    (folder / "0.png").write_bytes(data[:-20])  # the first one, which nothing comes before
    words = ["audit", "--model", "demo:digits-0.25", "--input", f"{folder}/", "--n0", "20"]
    assert main([*words, "--n", "50", "--device", "cpu", "--json", str(found)]) == PARTIAL
    tree = json.loads(found.read_text(encoding="utf-8"))
    assert len(tree["rows"]) == 2 and len(tree["unread"]) == 1
    assert "0.png is truncated or damaged" in tree["unread"][0]["reason"]
    assert "1 of 3 inputs has no row" in capsys.readouterr().out


def test_a_whole_count_shares_no_alpha_out(capsys: Any) -> None:
    words = ["audit", "--model", "demo:digits-0.25", "--input", "digits", "--limit", "2"]
    assert main([*words, "--scheme", "dssn-l1", "--device", "cpu"]) == 0
    out = capsys.readouterr().out
    assert "no alpha" in out
    assert "all at once" not in out and "alpha 0.001" not in out


def test_what_is_counted_of_images_are_pixels(tmp_path: Path, capsys: Any) -> None:
    """A scheme that takes images and nodes speaks of those that the set is of."""
    words = ["audit", "--model", "demo:digits-ablation", "--input", "digits", "--limit", "2"]
    noise = ["--scheme", "ablation", "--keep", "12", "--n0", "30", "--n", "300", "--seed", "1"]
    path, case = tmp_path / "set.pdf", tmp_path / "a.certiscope"
    files = ["--report", str(path), "--case", str(case)]
    assert main([*words, *noise, *files, "--device", "cpu"]) == 0
    pages = " ".join(page.extract_text() for page in pypdf.PdfReader(path).pages)
    listed = " ".join(row.certified for row in Case.open(case).runs())
    for told in (capsys.readouterr().out, pages, listed):
        assert "pixel" in told and "node" not in told


def test_the_report_of_a_set_holds_its_rows_and_is_verified(tmp_path: Path, capsys: Any) -> None:
    path = tmp_path / "set.pdf"
    words = ["--radii", "0.1,0.25", "--report", str(path), "--quiet"]
    assert main([*FAST, *words, "--seed", "1"]) == 0
    capsys.readouterr()
    assert main(["verify", "--counts-only", str(path)]) == 0
    shown = capsys.readouterr().out
    assert "bounds: holds (3 rows)" in shown and "pages: holds (set again, byte for" in shown
    for words, sentence in (
        (["--report", "x.txt"], "the report of a set ends in .pdf or .html"),
        (["--radii", "0.1,x"], "--radii takes numbers such as 0,0.25,0.5 (it was '0.1,x')."),
    ):
        assert main([*FAST, *words]) == 2
        assert sentence in capsys.readouterr().err


def test_a_set_of_images_has_pixels(capsys: Any) -> None:
    words = ["audit", "--model", "demo:digits-ablation", "--input", "digits", "--limit", "1"]
    assert main([*words, "--n", "100", "--device", "cpu"]) == 0
    assert "ablation: 12 of 64 pixels kept" in capsys.readouterr().out
