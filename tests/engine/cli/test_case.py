"""certify and predict with --case."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from engine.case import Case
from engine.cli import run
from engine.cli.case import asked_case
from tests.engine.cli.conftest import SUBJECT


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.certiscope"


def test_a_run_is_kept_in_a_case_made_for_it(certify: Any, path: Path) -> None:
    shown = certify("--case", str(path), "--json", "-", "--at", "radius=0.1")
    assert shown.status == 0
    found = json.loads(shown.out)
    assert found["run_number"] == 1 and found["certified_at"] == {"radius=0.1": True}
    evidence = Case.open(path).evidence(1)
    assert evidence is not None and json.loads(evidence.model_dump_json()) == found
    assert f"Run 1 of {path}: run 1 of 1 on this model, input and setting." in shown.err


def test_a_second_run_is_the_second_of_two(certify: Any, path: Path) -> None:
    certify("--case", str(path))
    shown = certify("--case", str(path), "--seed", "5", "--json", "-")
    assert json.loads(shown.out)["run_number"] == 2
    assert "Run 2 of" in shown.err and "run 2 of 2 on this model" in shown.err


def test_an_unfinished_run_is_gone_on_with(certify: Any, path: Path) -> None:
    whole = json.loads(certify("--json", "-").out)
    certify("--case", str(path))  # finished: the next is another
    stop_after(path, certify)
    shown = certify("--case", str(path), "--json", "-")
    assert "Run 2 of" in shown.err
    assert json.loads(shown.out)["chain"] == whole["chain"]
    assert [row.state for row in Case.open(path).runs()] == ["finished", "finished"]


def stop_after(path: Path, certify: Any) -> None:
    """Leave run 2 begun and not counted, as a killed process does."""
    before = Case.open(path)
    known = before.configuration(1)
    before.begin(
        known.model,
        known.input,
        known.settings,
        model_request=known.request,
        input_spec=known.input_spec,
        key=int(known.key, 16),
    )
    before.release(2)


def test_a_new_run_may_be_asked_for(certify: Any, path: Path) -> None:
    certify("--case", str(path))
    stop_after(path, certify)
    assert "Run 3 of" in certify("--case", str(path), "--new-run").err
    assert [row.state for row in Case.open(path).runs()][1] == "interrupted"


def test_predictions_are_kept_too(program: Any, path: Path) -> None:
    shown = program("predict", *SUBJECT, "--n", "500", "--case", str(path), "--quiet")
    assert shown.status == 0 and shown.err == ""
    assert Case.open(path).row(1).outcome == "predicted"


def test_a_bad_case_is_refused_before_the_model_is_loaded(
    program: Any, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.write_bytes(b"no case" * 99)
    shown = program("certify", *SUBJECT, "--case", str(path))
    assert (shown.status, shown.out) == (2, "")
    assert shown.err == (
        f"certiscope: {path} is not a case file, or its beginning is damaged; choose another "
        "file.\n"
    )
    monkeypatch.setattr(run, "load", None)
    assert program("certify", *SUBJECT, "--case", str(path)).status == 2


def test_without_the_flag_there_is_no_case() -> None:
    assert asked_case({"case": None}) is None
