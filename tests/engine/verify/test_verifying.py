from __future__ import annotations

from pathlib import Path

import pytest

from engine.evidence.evidence import Evidence
from engine.report.json import write_json
from engine.verify import Plan, verify

COUNTS = Plan(counts_only=True)


def names(path: Path, plan: Plan | None = None) -> list[str]:
    return [claim.name for claim in verify(path, plan).claims]


def test_json_and_pdf_of_an_honest_run_hold(exported: Path) -> None:
    for file in ("run.json", "run.pdf"):
        report = verify(exported / file)
        assert report.ok, report.summary()
        assert report.kind == file.rpartition(".")[2].upper()


def test_counts_only_looks_for_no_other_file(exported: Path) -> None:
    assert not {"model file", "input file"} & set(names(exported / "run.json", COUNTS))
    assert {"model file", "input file"} <= set(names(exported / "run.json"))
    assert "were not looked for" in verify(exported / "run.json", COUNTS).notes[-1]


def test_a_file_that_is_not_here_leaves_a_claim_open(exported: Path) -> None:
    report = verify(exported / "run.json", Plan(model="gone.onnx"))
    (open_,) = [claim for claim in report.claims if claim.verdict != "holds"]
    assert open_.name == "model file" and open_.verdict == "cannot be checked"
    assert not report.ok


def test_only_a_rerun_draws_votes(exported: Path) -> None:
    assert "votes drawn again" not in names(exported / "run.pdf")
    drawn: list[tuple[int, int]] = []
    plan = Plan(rerun=2, progress=lambda done, of: drawn.append((done, of)))
    assert verify(exported / "run.pdf", plan).ok
    assert drawn == [(1, 3), (2, 3), (3, 3)]


def test_a_model_that_a_file_names_is_not_downloaded(
    certified: Evidence, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unless whoever verifies names it too; who serves a name would learn of every reader."""
    import huggingface_hub

    asked: list[tuple[str, bool]] = []

    def snapshot(spec: str, *, allow_patterns: object, local_files_only: bool = False) -> str:
        asked.append((spec, local_files_only))
        raise OSError("no network")

    monkeypatch.setattr(huggingface_hub, "snapshot_download", snapshot)
    model = certified.model.model_copy(update={"source": "stranger/model"})
    write_json(certified.model_copy(update={"model": model}), tmp_path / "a.json")
    for named, alone, why in (
        ("", True, "is enough for no download"),
        ("stranger/model", False, ""),
    ):
        found = verify(tmp_path / "a.json", Plan(rerun=1, model=named))
        asked_for = {alone_ for spec, alone_ in asked if spec == "stranger/model"}
        asked.clear()
        (claim,) = [each for each in found.claims if each.name == "votes drawn again"]
        assert claim.verdict == "cannot be checked" and (why or "no network") in claim.detail
        assert asked_for == {alone}


def test_a_signature_can_be_demanded(exported: Path) -> None:
    report = verify(exported / "run.json", Plan(signed=True, counts_only=True))
    assert report.claims[-1].line() == "signature: does not hold (there is none)"


def test_the_report_says_what_it_does_not_check(exported: Path) -> None:
    assert "rest on the seal" in verify(exported / "run.json").notes[1]
    assert "Images" in verify(exported / "run.pdf").notes[-1]
