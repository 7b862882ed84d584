"""``certiscope import``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.cli.app import main

HEADER = "idx\tlabel\tpredict\tradius\tcorrect\ttime\n"
ROWS = "0\t3\t3\t0.378\t1\t1\n20\t7\t-1\t0.0\t0\t1\n40\t1\t1\t0.978\t1\t1\n"


def test_a_folder_of_logs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Files that are no logs are skipped with the reason; what is said is JSON too."""
    logs = tmp_path / "logs"
    (logs / "a").mkdir(parents=True)
    (logs / "a" / "sigma_0.25").write_text(HEADER + ROWS)
    (logs / "b_sigma_0.50.tsv").write_text(HEADER + ROWS)
    (logs / "stdout.txt").write_text("Epoch 1\n")
    out, plot = tmp_path / "out.json", tmp_path / "curves.svg"
    words = ["import", str(logs), "--json", str(out), "--plot", str(plot), "--radii", "0.25,1/2"]
    words[-1] += "," + ",".join(f"{k / 100}" for k in range(26, 38))  # more than 80 columns hold
    assert main(words) == 0
    found = json.loads(out.read_text())
    first, second = found["files"]
    assert (first["sigma"], second["sigma"]) == (0.25, 0.5)
    assert first["rows"] == 3 and first["acr"] == pytest.approx((0.378 + 0.978) / 3)
    shares = first["certified_accuracy"]
    assert (shares["0.25"], shares["0.5"]) == (2 / 3, 1 / 3)
    assert (first["abstained"], first["clean_accuracy"]) == (1, 2 / 3)
    assert [fault["fault"] for fault in first["lint"]] == ["saturation"]
    assert second["lint"] == []
    assert list(found["skipped"]) == [str(logs / "stdout.txt")]
    assert plot.read_bytes().startswith(b"<svg")
    said = capsys.readouterr()
    assert f"Wrote {out} and {plot}." in said.err
    shown = said.out
    assert "0.667" not in shown and "0.334" not in shown  # 2/3 and 1/3 are rounded down
    assert "…" not in shown and shown.count("0.452") == 2
    for text in ("1  a/sigma_0.25", "0.452", "0.666", "2 against 1", "Skipped", "are above 0.9529"):
        assert text in shown


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        (["--alpha", "1"], "--alpha must be between 0 and 1"),
        (["--n", "0"], "--n must be from 1 to 10^12"),
        (["--sigma", "-0.5"], "--sigma must be above 0"),
        (["--radii", "0,x"], "--radii takes numbers such as 0,0.25,0.5 (it was '0,x')"),
        (["--radii", "-1"], "--radii takes finite numbers from 0 on (it was '-1')."),
        (["--plot", "curves.gif"], "--plot writes .svg, .png or .pdf"),
    ],
)
def test_what_cannot_be(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], flags: list[str], sentence: str
) -> None:
    log = tmp_path / "sigma_0.25.tsv"
    log.write_text(HEADER + ROWS)
    assert main(["import", str(log), *flags]) == 2
    assert sentence in capsys.readouterr().err


def test_a_named_file_must_be_a_log(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = tmp_path / "stdout.txt"
    other.write_text("Epoch 1\n")
    assert main(["import", str(other)]) == 2
    assert "is no log of certifications" in capsys.readouterr().err
    assert main(["import", str(tmp_path)]) == 2
    assert "There is no log in" in capsys.readouterr().err
    (tmp_path / "predict.tsv").write_text("idx\tlabel\tpredict\n0\t1\t1\n")
    words = ["import", str(tmp_path / "predict.tsv"), "--plot", str(tmp_path / "c.svg")]
    assert main(words) == 2
    assert "no curve to draw" in capsys.readouterr().err
