"""certiscope report: a finished run of a case, written whenever it is wanted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.cli import main, run
from engine.core.downloads import allowed
from engine.core.errors import UserError
from engine.models.request import ModelRequest

RUN = ["certify", "--model", "demo:digits-0.25", "--input", "digits:52", "--n", "1000"]


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("case") / "a.certiscope"
    assert main([*RUN, "--case", str(path), "--seed", "3"]) == 0
    return path


def test_the_files_are_those_that_the_run_would_have_written(
    case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target, pdf = tmp_path / "a.json", tmp_path / "a.pdf"
    assert main(["report", str(case), "--json", str(target), "--report", str(pdf)]) == 0
    found = json.loads(target.read_text())
    assert found["statement"] in capsys.readouterr().out
    for path in (target, pdf):
        assert main(["verify", str(path)]) == 0


def test_without_its_files_the_evidence_is_written_and_the_report_says_what_it_lacks(
    case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target, pdf = tmp_path / "a.json", tmp_path / "a.pdf"
    words = ["report", str(case), "--run", "1", "--json", str(target), "--report", str(pdf)]
    assert main([*words, "--input", str(tmp_path / "gone.png")]) == 1
    assert "The report has no map: " in capsys.readouterr().err
    assert target.exists() and pdf.exists()


def test_images_of_a_report_are_no_reason_to_fetch_anything(
    case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def load(request: ModelRequest, spec: str) -> None:
        asked.append((request.spec, allowed(request.spec), allowed(spec)))
        raise UserError("not here.")

    monkeypatch.setattr(run, "load", load)
    words = ["report", str(case), "--report", str(tmp_path / "a.pdf")]
    assert main(words) == main([*words, "--model", "owner/named", "--input", "digits:1"]) == 1
    assert asked == [("demo:digits-0.25", False, False), ("owner/named", True, True)]


def test_a_case_without_a_result(
    case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", str(case), "--run", "7"]) == 2
    assert "has no run 7" in capsys.readouterr().err
    from engine.case import Case

    empty = Case.create(tmp_path / "b.certiscope")
    assert main(["report", str(empty.path)]) == 2
    assert "holds no finished run" in capsys.readouterr().err
