"""certify and predict with --case."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from engine.case import Case
from engine.cli import main, run
from engine.cli.case import asked_case, lines
from engine.evidence.settings import ExactSettings, declared
from engine.schemes import Ablation
from engine.schemes.exact_map import ExactMap
from engine.schemes.rotation import Rotation
from tests.cases import SETTINGS, begun, counted
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
    assert f"Run 1 of {path}: try 1 of 1 on this model, input and attacker." in shown.err


def test_runs_as_json(certify: Any, program: Any, path: Path) -> None:
    certify("--case", str(path))
    shown = program("runs", str(path), "--json", "-")
    found = json.loads(shown.out)
    assert found["damaged"] == [] and shown.status == 0
    assert [(each["id"], each["state"], each["counted"]) for each in found["runs"]] == [
        (1, "finished", 2000)
    ]


def test_a_second_run_is_the_second_of_two(certify: Any, path: Path) -> None:
    certify("--case", str(path))
    shown = certify("--case", str(path), "--seed", "5", "--json", "-")
    assert json.loads(shown.out)["run_number"] == 2
    assert "Run 2 of" in shown.err and "try 2 of 2 on this model" in shown.err


def test_an_unfinished_run_is_gone_on_with(certify: Any, path: Path) -> None:
    first = certify("--case", str(path), "--json", "-")  # finished: the next is another
    whole = json.loads(first.out)
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


@pytest.mark.parametrize("command", ["certify", "predict", "audit"])
def test_a_new_run_is_one_of_a_case(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, "--model", "demo:digits-0.25", "--input", "digits:52", "--new-run"]) == 2
    assert "--new-run begins another run in a case file: give --case" in capsys.readouterr().err


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


@pytest.fixture
def case(tmp_path: Path) -> Case:
    case = Case.create(tmp_path / "a.certiscope")
    counted(case, begun(case))
    case.note(1, "the one\nto show")
    case.pin(1)
    case.release(begun(case, SETTINGS.model_copy(update={"seed": 3})))
    return case


def test_runs_are_listed_with_what_they_are(case: Case, program: Any) -> None:
    shown = program("runs", str(case.path))
    assert (shown.status, shown.err) == (0, "")
    found = shown.out.splitlines()
    assert found[0].split() == [
        *("1*", "finished", "1,000", "of", "1,000", "votes;", "certified", "'class", "0',"),
        *("radius", found[0].split()[-1]),
    ]
    assert "alpha 0.001, anytime, seed 0; try 1 of 2" in found[1]
    assert found[2].strip() == "note: the one to show"
    assert "interrupted" in found[3] and "0 of 1,000 votes" in found[3]
    assert "seed 3; try 2 of 2" in found[4]


def test_votes_of_a_sweep_are_not_held_against_the_n_of_one_anchor(case: Case) -> None:
    settings = declared("certify", Rotation(), {"n": 300, "seed": 1})
    row = case.row(1).model_copy(update={"settings": settings, "counted": 5_416})
    assert "5,416 votes, at most 300 an anchor" in next(lines(row))


def test_images_beside_an_exact_map_are_no_votes(case: Case) -> None:
    settings = declared("certify", ExactMap(), {})
    row = case.row(1).model_copy(update={"settings": settings, "counted": 1000})
    assert "1,000 of 1,000 images beside the map; " in next(lines(row))


def test_radii_are_rounded_down(case: Case) -> None:
    row = case.row(1).model_copy(update={"radius": 0.29999})
    assert next(lines(row)).endswith("radius 0.2999")


def test_damage_is_said_and_changes_the_status(case: Case, program: Any) -> None:
    db = sqlite3.connect(case.path)
    db.execute("UPDATE block SET n = n + 1 WHERE start = 100")
    db.commit()
    db.close()
    shown = program("runs", str(case.path))
    assert shown.status == 1
    assert "Run 1 is damaged: some of its votes are missing." in shown.out
    assert "1* damaged" in shown.out and "radius" not in shown.out


def test_a_file_that_is_no_case_is_refused(program: Any, tmp_path: Path) -> None:
    shown = program("runs", str(tmp_path / "gone"))
    assert (shown.status, shown.err) == (2, f"certiscope: There is no file {tmp_path / 'gone'}.\n")


def test_a_whole_count_has_no_words_of_chance(case: Case) -> None:
    settings = ExactSettings.model_validate({"scheme": {"key": "dssn-l1"}})
    _, told, *_ = lines(case.row(1).model_copy(update={"settings": settings}))
    assert "all 255 values counted; try 1 of" in told
    assert not {"alpha", "seed"} & set(told.split())


def test_a_run_on_an_image_has_pixels(case: Case) -> None:
    settings = declared("certify", Ablation(entities=4, keep=2), {"n": 300, "seed": 1})
    _, what, *_ = lines(case.row(1).model_copy(update={"settings": settings}))
    assert "2 of 4 pixels kept" in what
