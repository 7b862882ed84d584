"""The table of anchors beside a sweep of a linear classifier."""

from __future__ import annotations

import io
import math

import pypdf

from engine.report.anchors import anchor_sections
from engine.report.pdf import pdf_bytes
from engine.report.sections import limits, sections
from engine.schemes.rotation import Rotation
from tests.engine.procedures.test_sweep import answers, swept, weights_of
from tests.factories import make_evidence


def test_every_anchor_has_a_row_along_the_range_and_the_certified_cells_make_the_region() -> None:
    scheme, weights = Rotation(sigma=0.3, degrees=60), weights_of(0)
    found = swept(scheme, weights, float(answers(scheme, weights, [0.0])[0] - 0.4))
    (section,) = anchor_sections(found)
    assert section in sections(found) and section.table is not None
    rows = section.table.rows
    assert len(rows) == len(found.anchors)
    places = [float(row[0]) for row in rows]
    assert places == sorted(places)
    held = [row for row in rows if row[-1] == "certified"]
    ends = [tuple(map(float, row[1].split(" to "))) for row in held]
    region = found.region
    assert region.lower <= min(low for low, _ in ends) < region.lower + 1e-4
    assert region.upper - 1e-4 < max(high for _, high in ends) <= region.upper
    for low, high in ends:  # of a claim both are rounded inwards
        width = (high - low) / 120
        assert 0 <= 2 ** -round(-math.log2(width)) - width < 2e-6
    assert all(float(row[6]) > float(row[3]) - 2e-4 for row in held)  # both are rounded
    assert sum(int(row[5].split(" of ")[1].replace(",", "")) for row in rows) == found.estimation.n


def test_other_runs_have_none() -> None:
    assert anchor_sections(make_evidence()) == ()


def test_its_report_wastes_no_page_and_every_anchor_has_a_line_of_its_own() -> None:
    scheme, weights = Rotation(sigma=0.3, degrees=60), weights_of(0)
    found = swept(scheme, weights, float(answers(scheme, weights, [0.0])[0] - 0.4))
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf_bytes(found))).pages]
    last = limits(found).sentences[-1]
    assert last in " ".join(pages[0].split())  # nor does it stand alone on the second
    (section,) = anchor_sections(found)
    assert section.table is not None
    lines = "\n".join(pages).splitlines()
    for row in section.table.rows:
        assert any(row[1] in line for line in lines), row
