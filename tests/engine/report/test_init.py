from __future__ import annotations

from pathlib import Path

import pytest

from engine.core.errors import UserError
from engine.report import FORMS, write_report
from tests.factories import make_evidence, make_illustrations


@pytest.mark.parametrize("form", FORMS)
def test_the_ending_names_the_format(form: str, tmp_path: Path) -> None:
    path = tmp_path / f"run.{form.upper()}"
    write_report(make_evidence(), path, make_illustrations())
    starts = {"pdf": b"%PDF", "html": b"<!DOCTYPE", "csv": b"schema_version", "json": b"{\n"}
    assert path.read_bytes().startswith(starts[form])


def test_unknown_ending_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(
        UserError, match=r"its ending must be one of \.pdf, \.html, \.csv, \.json\."
    ):
        write_report(make_evidence(), tmp_path / "run.docx")


@pytest.mark.parametrize("form", FORMS)
def test_a_folder_in_the_way_is_one_sentence(form: str, tmp_path: Path) -> None:
    path = tmp_path / f"run.{form}"
    path.mkdir()
    with pytest.raises(UserError, match="Cannot write .*: is a directory"):
        write_report(make_evidence(), path)
