"""Files are checked before the run and nothing counted is lost after it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from engine.cli.output import say, say_wrote
from engine.core.errors import UserError
from engine.explain import illustrations
from engine.figures.images import Illustrations
from engine.report import csv


@pytest.fixture(autouse=True)
def _no_images(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(illustrations, "illustrate", lambda *_, **__: Illustrations())


def test_json_and_reports_are_written(certify: Any, tmp_path: Path) -> None:
    names = ["e.pdf", "e.html", "e.csv"]
    words = [word for name in names for word in ("--report", str(tmp_path / name))]
    shown = certify("--json", str(tmp_path / "e.json"), *words)
    assert shown.status == 0, shown.err
    assert json.loads((tmp_path / "e.json").read_text())["outcome"] == "certified"
    assert (tmp_path / "e.pdf").read_bytes().startswith(b"%PDF-")
    assert "<html" in (tmp_path / "e.html").read_text().lower()
    assert "certified" in (tmp_path / "e.csv").read_text()


def test_an_unknown_ending_is_refused_before_the_run(certify: Any) -> None:
    shown = certify("--report", "report.docx")
    assert shown.status == 2
    assert shown.err == (
        "certiscope: --report report.docx: the ending must be one of .pdf, .html, .csv.\n"
    )


def test_a_place_that_cannot_be_written_is_refused_before_the_run(
    certify: Any, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    shown = certify("--json", str(tmp_path / "file" / "e.json"))
    assert shown.status == 2
    assert "is not a folder you may write to" in shown.err
    assert "it is a folder" in certify("--json", str(tmp_path)).err


def test_a_full_disk_prints_the_evidence_instead(
    certify: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def full(*_: Any) -> None:
        raise UserError("Cannot write e.json: the disk is full.")

    monkeypatch.setattr("engine.report.json.write_json", full)
    shown = certify("--quiet", "--json", str(tmp_path / "e.json"))
    assert shown.status == 1
    assert shown.err == (
        "certiscope: Cannot write e.json: the disk is full. "
        "The evidence was printed to standard output instead.\n"
    )
    statement, _, text = shown.out.partition("\n")
    assert json.loads(text)["statement"] == statement


def test_a_report_that_fails_leaves_the_json(
    certify: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def full(*_: Any) -> None:
        raise UserError("Cannot write e.csv: the disk is full.")

    monkeypatch.setattr(csv, "write_csv", full)
    target = tmp_path / "e.json"
    shown = certify("--json", str(target), "--report", str(tmp_path / "e.csv"))
    assert shown.status == 1
    assert shown.err == "certiscope: Cannot write e.csv: the disk is full.\n"
    assert json.loads(target.read_text())["outcome"] == "certified"


def test_who_interrupts_the_writing_is_told_where_the_result_is(
    certify: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    target = tmp_path / "e.json"
    monkeypatch.setattr(csv, "write_csv", interrupted)
    shown = certify("--json", str(target), "--report", str(tmp_path / "e.csv"))
    assert shown.status == 130
    said = "certiscope: Stopped while files were being written. "
    assert shown.err == f"{said}{target} holds the result.\n"
    assert json.loads(target.read_text())["outcome"] == "certified"
    shown = certify("--report", str(tmp_path / "e.csv"))
    assert shown.err.startswith(f"{said}What was counted is lost")


def test_a_crash_while_drawing_loses_nothing(
    certify: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def crash(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError("no map")

    monkeypatch.setattr(illustrations, "illustrate", crash)
    shown = certify("--report", str(tmp_path / "e.pdf"))
    assert shown.status == 1
    assert "The report has no map: An error inside the program (ZeroDivisionError" in shown.err
    assert (tmp_path / "e.pdf").exists()


def test_what_is_written_of_the_run_is_in_every_file_and_verifies(
    certify: Any, tmp_path: Path
) -> None:
    import io

    import pypdf

    from engine.verify import Plan, verify

    said = ["--client", "ACME <b>*Ltd*</b> #1", "--purpose", "release 2", "--remarks", "none"]
    report = ["--json", str(tmp_path / "e.json"), "--report", str(tmp_path / "e.pdf")]
    shown = certify(*said, *report, "--report", str(tmp_path / "e.html"))
    assert shown.status == 0, shown.err
    stated = json.loads((tmp_path / "e.json").read_text())["assignment"]
    assert stated == {"client": said[1], "purpose": "release 2", "auditor": "", "remarks": "none"}
    page = pypdf.PdfReader(io.BytesIO((tmp_path / "e.pdf").read_bytes())).pages[0].extract_text()
    assert said[1] in page and "release 2" in page
    html = (tmp_path / "e.html").read_text()
    assert "<b>*Ltd*" not in html and "&lt;b&gt;*Ltd*" in html
    for name in ("e.json", "e.pdf"):
        found = verify(tmp_path / name, Plan(counts_only=True))
        assert found.ok, found.summary()


def test_a_text_that_could_be_read_as_another_is_refused_before_the_run(certify: Any) -> None:
    shown = certify("--auditor", "Ada\u202eb", "--json", "-")
    assert shown.status == 2
    assert shown.err == (
        "certiscope: The auditor must not hold control characters or direction marks.\n"
    )


def test_where_the_files_are_is_said(certify, tmp_path) -> None:
    json, page = tmp_path / "a.json", tmp_path / "a.html"
    shown = certify("--json", str(json), "--report", str(page))
    assert shown.status == 0 and f"certiscope: Wrote {json} and {page}." in shown.err
    assert "Wrote" not in certify("--json", "-").err
    assert certify("--json", str(json), "--quiet").err == ""


def test_a_name_of_a_file_is_said_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    say_wrote([Path("two  spaces.json"), Path("a\ttab.pdf")])
    assert "two  spaces.json and a\\ttab.pdf." in capsys.readouterr().err


def test_what_is_said_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    say("one\n  two\n")
    assert capsys.readouterr().err == "certiscope: one two\n"
