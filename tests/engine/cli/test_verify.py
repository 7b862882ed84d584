from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from engine.cli import main

RUN = ["certify", "--model", "demo:digits-0.25", "--input", "digits:17", "--n0", "20", "--n", "300"]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "run.json"
    assert main([*RUN, "--json", str(path), "--quiet"]) == 0
    return path


def test_one_line_per_claim_and_status_0(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["verify", str(file), "--rerun", "2"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "bounds: holds" in lines
    assert any(line.startswith("votes drawn again: holds (120 votes") for line in lines)
    assert lines[-1].startswith(
        "Arithmetic holds; 2 of 6 blocks re-drawn, with the selection votes."
    )
    assert lines[-1].endswith(f"checks of {file} passed.")


def test_a_claim_that_fails_or_is_open_gives_status_1(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", str(file), "--model", "gone.onnx"]) == 1
    assert "cannot be checked because gone.onnx is not here" in capsys.readouterr().out
    assert main(["verify", str(file), "--model", "gone.onnx", "--counts-only"]) == 0
    raw = json.loads(file.read_text())
    raw["radius"] += 1
    file.write_text(json.dumps(raw))
    capsys.readouterr()
    assert main(["verify", str(file)]) == 1
    assert "certified region: does not hold (radius is" in capsys.readouterr().out


def test_verdicts_as_json(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["verify", str(file), "--json", "-"]) == 0
    shown = capsys.readouterr()
    told = json.loads(shown.out)
    assert {claim["verdict"] for claim in told["claims"]} == {"holds"}
    assert told["level"] == "votes not re-drawn"
    assert "Arithmetic holds; votes not re-drawn." in shown.err
    place = file.with_name("verdicts.json")
    assert main(["verify", str(file), "--json", str(place)]) == 0
    assert json.loads(place.read_text())["kind"] == "JSON"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["gone.json"], "Cannot read gone.json: No such file or directory."),
        (["gone.json", "--rerun", "many"], "--rerun must be a number of blocks"),
        (["gone.json", "--rerun", "0"], "--rerun must be a number of blocks"),
        (["gone.json", "--rerun", "all", "--counts-only"], "reads no other file"),
        (["gone.json", "--rerun", "0%"], "--rerun must be a number of blocks"),
        (["gone.json", "--rerun", "101%"], "a share of at most 100%, or all"),
        (["gone.json", "--device", "tpu"], "device "),
    ],
)
def test_what_cannot_be_read_is_one_sentence_and_status_2(
    words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", *words]) == 2
    shown = capsys.readouterr()
    assert shown.out == "" and shown.err.count("\n") == 1
    assert sentence in shown.err


def test_the_command_loads_no_torch(file: Path) -> None:
    code = (
        "import sys; from engine.cli import main; main(sys.argv[1:]);"
        "print('torch loaded:', 'torch' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "verify", str(file)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "torch loaded: False" in done.stdout


def test_a_file_cannot_write_its_own_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    """Its values hold escapes that clear the screen and print that all claims hold."""
    hostile = Path(__file__).parents[2] / "golden" / "hostile" / "verify-escape.json"
    for more in ([], ["--json", "-"]):
        assert main(["verify", str(hostile), *more]) == 1
        shown = capsys.readouterr()
        assert "\x1b" not in shown.out + shown.err
        assert "\\x1b[2J\\x1b[HAll 16 claims" in shown.out + shown.err


def test_a_protocol_is_written(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", str(file), "--report", str(tmp_path / "p.pdf")]) == 0
    assert (tmp_path / "p.pdf").read_bytes().startswith(b"%PDF")
    assert main(["verify", str(file), "--report", str(tmp_path / "p.txt")]) == 2
    assert "a protocol is a PDF" in capsys.readouterr().err
