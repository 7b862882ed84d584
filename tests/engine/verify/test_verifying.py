from __future__ import annotations

from pathlib import Path

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


def test_a_signature_can_be_demanded(exported: Path) -> None:
    report = verify(exported / "run.json", Plan(signed=True, counts_only=True))
    assert report.claims[-1].line() == "signature: does not hold (there is none)"


def test_the_report_says_what_it_does_not_check(exported: Path) -> None:
    assert "rest on the seal" in verify(exported / "run.json").notes[1]
    assert "Images" in verify(exported / "run.pdf").notes[-1]
