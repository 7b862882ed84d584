"""certiscope resume."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from engine.case import Case
from engine.cli import main
from engine.evidence.settings import CertifySettings, Execution
from engine.models.request import ModelRequest
from tests.cases import partly
from tests.fakes import HalfSpace, fitted, identity

ROOT = Path(__file__).parents[3]
PROGRAM = [sys.executable, "-m", "engine"]
SETTINGS = CertifySettings(n0=60, n=1000)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.certiscope"


def begin(
    case: Case, *, count: int = 0, request: str = "fake", spec: str = "flat", **changes: Any
) -> int:
    settings = SETTINGS.model_copy(update=changes)
    run = case.begin(
        identity(),
        fitted().identity,
        settings,
        model_request=ModelRequest(request),
        input_spec=spec,
        key=key(settings),
        execution=Execution(batch=70, device="cpu"),
        at=("radius=0.1",),
    )
    if count:
        partly(case, run, count)
    case.release(run)
    return run


def key(settings: CertifySettings) -> int:
    from engine.procedures.run import run_key

    return run_key(HalfSpace(0.3), fitted(), settings)


@pytest.fixture
def resume(program: Any, path: Path) -> Any:
    return lambda *words: program("resume", str(path), *words, classifier=HalfSpace(0.3))


def test_the_only_unfinished_run_is_gone_on_with(resume: Any, path: Path, program: Any) -> None:
    begin(Case.create(path), count=500)
    shown = resume("--json", "-")
    assert shown.status == 0
    assert "resuming after" in shown.err
    words = ["certify", "--model", "m", "--input", "x", "--n0", "60", "--n", "1000", "--seed", "0"]
    whole = program(*words, "--device", "cpu", "--json", "-", classifier=HalfSpace(0.3))
    found, expected = json.loads(shown.out), json.loads(whole.out)
    assert found["chain"] == expected["chain"]
    assert found["radius"] == expected["radius"]
    assert found["certified_at"] == {"radius=0.1": True}
    assert Case.open(path).row(1).state == "finished"


def test_another_batch_size_counts_the_same(resume: Any, path: Path) -> None:
    begin(Case.create(path))
    assert resume("--batch", "13", "--device", "cpu").status == 0
    assert resume("--batch", "-1", "--run", "1", "--n", "2000").status == 2


def test_an_anytime_run_is_counted_further(resume: Any, path: Path) -> None:
    begin(Case.create(path), bound="anytime")
    assert resume().status == 0
    shown = resume("--run", "1", "--n", "2000", "--json", "-")
    found = json.loads(shown.out)
    assert (found["settings"]["n"], found["complete"], found["run_number"]) == (2000, True, 1)
    assert "--n 2000" in found["command"]


def test_a_stranger_s_case_has_nothing_fetched(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither the model nor the data set that it names, until ``--model`` names the model too."""
    import huggingface_hub
    from torchvision import datasets

    asked: list[tuple[str, bool]] = []

    def snapshot(spec: str, *, allow_patterns: object, local_files_only: bool = False) -> str:
        asked.append((spec, local_files_only))
        raise OSError("no network")

    def fetched(*_: object, download: bool, **__: object) -> None:
        asked.append(("USPS", not download))
        raise RuntimeError

    monkeypatch.setattr(huggingface_hub, "snapshot_download", snapshot)
    monkeypatch.setattr(datasets, "USPS", fetched)
    words = ["resume", str(path), "--quiet"]
    begin(Case.create(path), request="stranger/model", spec="digits:7", count=500)
    assert main(words) == 2 and asked == [("stranger/model", True)]
    assert "a file's word is enough for no download; name it with --model" in (
        capsys.readouterr().err
    )
    assert main([*words, "--model", "stranger/model"]) == 2
    assert asked[1:] == [("stranger/model", False)]
    asked.clear()
    begin(Case.open(path), spec=f"torchvision:USPS:test:0@{path.parent}?download", seed=1)
    assert main([*words, "--run", "2"]) == 2 and asked == [("USPS", True)]
    assert "USPS is not in" in capsys.readouterr().err


def refused(shown: Any, words: str) -> None:
    assert (shown.status, shown.out) == (2, "")
    assert words in shown.err and shown.err.count("\n") == 1


def test_choices_that_cannot_be_are_sentences(resume: Any, path: Path) -> None:
    case = Case.create(path)
    refused(resume(), "holds no unfinished run; --run N --n M counts an anytime run further.")
    begin(case, bound="live")
    begin(case, seed=1)
    refused(resume(), "holds unfinished runs 1, 2; choose one with --run.")
    refused(resume("--run", "7"), f"{path} has no run 7; certiscope runs {path} lists them.")
    assert resume("--run", "1").status == 0
    refused(resume("--run", "1"), "Run 1 is finished; --n N counts further")
    refused(resume("--run", "1", "--n", "5000"), "only the anytime bounds go past it")
    assert Case.open(path).row(1).state == "finished"  # a refusal leaves no trace


@pytest.mark.walk
@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("demo:digits-rotation --input digits16:17 --scheme rotation --degrees 4", "is a sweep"),
        ("demo:aircraft --input aircraft:0 --epsilon 0.1 --bound clopper-pearson", "n = 200"),
    ],
)
def test_why_a_run_is_not_counted_further_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: str, said: str
) -> None:
    """And nobody is sent to the same noise under a bound that was declared for its n."""
    case = str(tmp_path / "b.certiscope")
    shared = f"--n 200 --seed 3 --device cpu --quiet --case {case}"
    assert main(["certify", "--model", *words.split(), *shared.split()]) in (0, 3)
    capsys.readouterr()
    assert main(["resume", case, "--run", "1", "--n", "500"]) == 2
    shown = capsys.readouterr().err
    assert said in shown and "a new run is a new try" in shown


def test_a_run_that_another_window_counts_is_refused(resume: Any, path: Path) -> None:
    case = Case.create(path)
    run = begin(case)
    case.claim(run)
    refused(resume(), "is being counted in another window")


def test_a_file_that_is_no_case_is_refused(resume: Any, path: Path) -> None:
    refused(resume(), f"There is no file {path}.")


def test_another_model_under_the_same_name_is_refused(program: Any, path: Path) -> None:
    begin(Case.create(path))
    model = HalfSpace(0.3)
    model.identity = model.identity.model_copy(update={"sha256": "e" * 64})
    shown = program("resume", str(path), "--quiet", classifier=model)
    refused(shown, "The model fake is not the one of run 1: its sha256 is eeeeeeeeeeee")
    assert Case.open(path).row(1).state == "interrupted"


def test_a_damaged_run_is_refused(resume: Any, path: Path) -> None:
    import sqlite3

    begin(Case.create(path), count=500)
    db = sqlite3.connect(path)
    db.execute("UPDATE block SET failures = failures + 1")
    db.commit()
    db.close()
    refused(resume("--run", "1"), "Run 1 is damaged: its votes are damaged from block 0 on.")
    refused(resume(), "holds no unfinished run")


@pytest.mark.statistics
def test_a_killed_command_is_resumed_by_the_next(path: Path) -> None:
    """The commands themselves, on the shipped model, with commits a second apart."""
    words = ["--model", "demo:digits-0.25", "--input", "digits:1500", "--n", "600000"]
    words += ["--seed", "3", "--quiet"]
    killed = subprocess.Popen([*PROGRAM, "certify", *words, "--case", str(path)], cwd=ROOT)
    while killed.poll() is None and counted_so_far(path) == 0:
        time.sleep(0.05)
    killed.kill()
    assert killed.wait() == -signal.SIGKILL
    whole = subprocess.run(
        [*PROGRAM, "certify", *words, "--json", "-"], cwd=ROOT, capture_output=True, check=True
    )
    again = subprocess.run(
        [*PROGRAM, "resume", str(path), "--json", "-"], cwd=ROOT, capture_output=True, check=True
    )
    assert b"resuming after" in again.stderr
    found, expected = json.loads(again.stdout), json.loads(whole.stdout)
    for name in ("observations", "chain", "bounds", "region", "radius", "trajectory"):
        assert found[name] == expected[name]
    claim = "Try 1 of 1 known to this"
    assert found["statement"] == expected["statement"].partition(claim)[0] + f"{claim} case."


def counted_so_far(path: Path) -> int:
    if not path.exists() or not path.stat().st_size:
        return 0
    return sum(row.counted for row in Case.open(path).runs())
