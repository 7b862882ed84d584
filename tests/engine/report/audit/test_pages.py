"""The report of a set as files: the same bytes again, every row inside, other endings refused."""

from __future__ import annotations

import io
from pathlib import Path

import pypdf
import pytest

from engine.core.errors import UserError
from engine.report.audit.pages import preview_set, set_pdf_again, write_set_report
from engine.report.audit.record import SetRecord
from tests.engine.report.audit.test_gallery import show
from tests.sets import make_set


def test_a_pdf_is_set_again_from_what_is_attached(tmp_path: Path) -> None:
    made = make_set()
    path = tmp_path / "set.pdf"
    write_set_report(made.recorder, made.result, path, show)
    data = path.read_bytes()
    reader = pypdf.PdfReader(io.BytesIO(data))
    attached = {name: bytes(files[0]) for name, files in reader.attachments.items()}
    assert set(attached) == {"set.json", "illustrations.json"}
    record = SetRecord.model_validate_json(attached["set.json"])
    assert len(record.rows) == 6
    assert set_pdf_again(record, made.result, attached["illustrations.json"]) == data
    words = "".join(page.extract_text() for page in reader.pages)
    for phrase in ("Audit of a set", "Certified accuracy", "Largest certified", "all at once"):
        assert phrase in words
    assert len(preview_set(record, made.result, None)) == len(reader.pages) - 1


def test_html_holds_the_rows_and_the_curve(tmp_path: Path) -> None:
    made = make_set()
    path = tmp_path / "set.html"
    write_set_report(made.recorder, made.result, path, show)
    text = path.read_text(encoding="utf-8")
    assert text.count("<svg") >= 2 and '"kind":"set"' in text


def test_another_ending_is_refused(tmp_path: Path) -> None:
    made = make_set()
    with pytest.raises(UserError, match=r"a set ends in \.pdf or \.html"):
        write_set_report(made.recorder, made.result, tmp_path / "set.txt", show)
