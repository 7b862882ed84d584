import csv
import io
import json
from pathlib import Path

import pypdf
import pytest

from engine.core.errors import UserError
from engine.training.lab_records import LabTable, rows
from engine.training.lab_report import RADII as LITERATURE
from engine.training.lab_report import cells, header, notes, reached, write_plot, write_table
from tests.engine.training.test_lab_records import RUNS, table

RADII = (0.0, 0.25, 0.5, 1.0)


def test_cells_are_rounded_against_the_claim_and_the_best_are_marked():
    found = table(*RUNS)
    wanted = reached(found, RADII)
    assert wanted == [0.0, 0.25, 0.5]
    assert header(wanted) == ("sigma", "method", "seeds", "ACR", "r = 0", "r = 0.25", "r = 0.5")
    plain, other, *_ = (cells(row, wanted) for row in rows(found, wanted))
    assert plain == (
        "0.25",
        "Noise augmentation",
        "2",
        "0.200 ±0.142",
        "0.625 ±0.177",
        "0.250 ±0.354",
        "0.125 ±0.177",
    )
    assert other[3].endswith("*") and other[4] == "0.750 ±0.354*"


def test_notes_say_what_is_missing_and_what_does_not_win():
    said = notes(table(*RUNS))
    assert said[0] == "2 of 8 networks are missing: the table is partial."
    assert "At sigma 0.5 MACER does not beat noise augmentation" in said[-1]


def test_files_hold_every_network_and_what_was_published_apart(tmp_path):
    found = table(*RUNS)
    for ending in ("csv", "json", "html", "pdf"):
        write_table(found, tmp_path / f"t.{ending}", RADII)
    lines = list(csv.DictReader(io.StringIO((tmp_path / "t.csv").read_text())))
    own = [line for line in lines if line["seed"]]
    assert [float(line["acr"]) for line in own] == [run.acr for run in RUNS]
    assert all("published: CIFAR-10" in line["weights sha256 or source"] for line in lines[6:])
    assert LabTable.model_validate_json((tmp_path / "t.json").read_bytes()) == found
    text = (tmp_path / "t.html").read_text()
    pages = pypdf.PdfReader(tmp_path / "t.pdf")
    said = " ".join(" ".join(page.extract_text().split()) for page in pages.pages)
    assert "0.200" in said and "not measured here" in said and "rerun by Salman" in said
    assert all(run.sha256[:12] in said for run in RUNS)
    attached = LabTable.model_validate_json(pages.attachments["table.json"][0])
    assert attached == found
    assert "0.200 ±0.142" in text and "not measured here" in text and text.count("<svg") == 2
    with pytest.raises(UserError, match=r"ends in .csv, .json, .html or .pdf"):
        write_table(found, tmp_path / "t.docx")


def test_curves_are_drawn(tmp_path):
    write_plot(table(*RUNS), 0.25, tmp_path / "p.svg")
    assert "MACER" not in (tmp_path / "p.svg").read_text()
    with pytest.raises(UserError, match="a plot ends in"):
        write_plot(table(*RUNS), 0.25, tmp_path / "p.gif")
    assert json.loads(table(*RUNS).model_dump_json())["runs"]


@pytest.mark.parametrize("name", ["digits", "cifar10"])
def test_readme_shows_the_shipped_tables(name):
    """As they stand in their files, rounded against the claim."""
    root = Path(__file__).parents[3]
    shipped = LabTable.model_validate_json((root / f"assets/lab/{name}.json").read_bytes())
    wanted = reached(shipped, LITERATURE)
    readme = (root / "README.md").read_text()
    for row in rows(shipped, wanted):
        line = f"| {' | '.join(cells(row, wanted))} |".replace("*", " **best**")
        assert line in readme
    partial = len(shipped.runs) < shipped.planned
    assert (f"{shipped.planned - len(shipped.runs)} of the 36 networks are missing" in readme) == (
        partial
    )
