"""What becomes of commands and of errors."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import IO, Any

import pytest

from engine import __version__
from engine.cli import COMMANDS, app, main, run
from engine.core.errors import StoppedEarly, UserError


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"certiscope {__version__}\n"


def test_no_command_shows_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    captured = capsys.readouterr()
    assert "certify" in captured.out
    assert captured.err == ""


@pytest.mark.walk
@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, "--help"], demo=lambda _out: 0) == 0
    assert len(capsys.readouterr().out.splitlines()) > 5


def test_the_demo_exists_only_where_there_is_a_window(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo"]) == 2
    assert "No such command 'demo'" in capsys.readouterr().err
    seen: list[Path] = []

    def demo(out: Path) -> int:
        seen.append(out)
        return 0

    assert main(["demo", "--out", "here"], demo=demo) == 0
    assert main(["demo"], demo=demo) == 0
    assert seen == [Path("here"), Path("out")]


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (UserError("No such\nfile."), 2, "certiscope: No such file.\n"),
        (StoppedEarly("Stopped before\nit began."), 130, "certiscope: Stopped before it began.\n"),
        (KeyError("x"), 1, "certiscope: An error inside the program (KeyError: 'x'); "),
        (MemoryError(), 1, "certiscope: There is too little memory for this; "),
        (
            RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried"),
            1,
            "certiscope: There is too little memory for this; ",
        ),
        (KeyboardInterrupt(), 130, "certiscope: Stopped before it was done; "),
        (OSError(36, "File name too long", "a" * 300), 1, f"certiscope: {'a' * 57}...: File name"),
    ],
)
def test_errors_are_one_line(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: BaseException,
    status: int,
    words: str,
) -> None:
    def fail(_values: Any) -> int:
        raise error

    monkeypatch.setattr(app, "certify_command", fail)
    assert main(["certify", "--model", "m", "--input", "x"]) == status
    captured = capsys.readouterr()
    assert captured.err.startswith(words)
    assert captured.err.count("\n") == 1
    assert "Traceback" not in captured.err


def test_a_traceback_only_on_request(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CERTISCOPE_TRACEBACK", "1")
    monkeypatch.setattr(run.Order, "read", lambda *_: 1 / 0)
    assert main(["certify", "--model", "m", "--input", "x"]) == 1
    assert "ZeroDivisionError" in capsys.readouterr().err


@pytest.mark.thorough
def test_a_full_or_closed_standard_output_is_no_verdict(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "engine", "schemes"]

    def run_with(out: IO[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(words, stdout=out, stderr=subprocess.PIPE, text=True, check=False)

    if Path("/dev/full").exists():
        with Path("/dev/full").open("w") as full:
            done = subprocess.run(
                words, stdout=full, stderr=subprocess.PIPE, text=True, check=False
            )
        sentence = "certiscope: Standard output cannot be written: No space left on device.\n"
        assert (done.returncode, done.stderr) == (1, sentence)
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as closed:
        done = run_with(closed)
    assert (done.returncode, done.stderr) == (141, "")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("decide", "Missing option '--model'. For example: certiscope decide --model demo:"),
        ("certify --model m", "Missing option '--input'. For example: certiscope certify --model"),
        ("verify", "Missing argument 'FILE'. For example: certiscope verify out.pdf"),
        ("certify --model m --input x --n abc", "--n must be a whole number (it was 'abc')."),
        (
            "certify --model m --input x --sigma a/b",
            "--sigma must be a number such as 0.25 or 64/255 (it was 'a/b').",
        ),
        ("audit --model m --input x --limit 3.5", "--limit must be a whole number (it was '3.5')."),
        (
            "certify --model m --input x --alpha 5e-324",
            "--alpha must be greater than or equal to 1e-30 (it was 5e-324).",
        ),
        (
            "certify --model m --input x --device x",
            "--device must be auto, cpu, mps or cuda[:N] (it was 'x').",
        ),
        ("keys new", "Missing option '--name'; certiscope keys new --help lists what there is."),
        ("doctor x", "Got unexpected extra argument(s) (x); certiscope doctor --help lists"),
        (
            "certify --model demo:digits-0.25 --input digits:1 --arch resnet20",
            "--arch is for files that hold only weights; demo:digits-0.25 states its own",
        ),
        (
            "certify --model demo:digits-0.25 --input digits:1 --output second",
            "--output second: demo:digits-0.25 has one output alone.",
        ),
    ],
)
def test_what_is_wrong_with_a_command_line(
    words: str, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words.split()) == 2
    assert f"certiscope: {sentence}" in capsys.readouterr().err


@pytest.mark.thorough
def test_examples_are_command_lines_of_their_commands(capsys: pytest.CaptureFixture[str]) -> None:
    for name, example in app._EXAMPLES.items():
        program, command, *words = example.split()
        assert (program, command) == ("certiscope", name)
        assert main([command, *words, "--no-such-flag"]) == 2
        assert "No such option: --no-such-flag" in capsys.readouterr().err
        assert main([command, "--help"]) == 0
        assert "Example: certiscope" in capsys.readouterr().out


def test_the_help_says_that_files_may_be_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    assert "opens the window, with the files that are named" in " ".join(
        capsys.readouterr().out.split()
    )


def test_the_help_begins_with_what_most_runs_need(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["certify", "--help"]) == 0
    shown = capsys.readouterr().out
    places = [shown.index(f" {flag} ") for flag in ("--model", "--n", "--report", "--p-plus")]
    assert places == sorted(places) and places[-1] < shown.index(" --encoding ")


def test_a_shell_is_told_how_a_word_goes_on() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "gui"],
        env={
            **os.environ,
            "COMP_WORDS": "certiscope cert",
            "COMP_CWORD": "1",
            "_CERTISCOPE_COMPLETE": "complete_bash",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == ["certify"]
