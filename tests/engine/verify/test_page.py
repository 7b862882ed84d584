"""A PDF whose printed words or whose attachment was changed, even with its seal computed anew."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pypdf
import pytest

from engine.evidence.evidence import Evidence
from engine.evidence.upgrade import evidence_from_text
from engine.figures import Illustrations
from engine.regions import Staircase
from engine.report.pdf import pdf_bytes
from engine.report.seal import sealed
from engine.schemes import parse_scheme
from engine.verify import Plan, verify
from engine.verify.page import check_pages, check_seal
from tests.factories import (
    make_evidence,
    make_illustrations,
    make_image_examples,
    make_input,
    make_predicted,
)

GOLDEN = Path(__file__).parents[2] / "golden" / "evidence-1.0"
NAMES = ["n" * 600, *(str(digit) for digit in range(1, 10))]


def rewritten(writer: pypdf.PdfWriter) -> bytes:
    buffer = io.BytesIO()
    writer.write(buffer)
    return sealed(buffer.getvalue())


def verdicts(pdf: bytes, evidence: Evidence) -> list[str]:
    return [claim.verdict for claim in check_pages(pdf, evidence)]


@pytest.mark.parametrize("images", [None, make_illustrations()], ids=["plain", "images"])
@pytest.mark.parametrize(
    "evidence",
    [
        make_evidence(),
        make_predicted(),
        make_evidence(estimation=(0, 0, 49_900, 0, 0, 0, 0, 50_100, 0, 0), n_plan=200_000),
        make_evidence(input=make_input(name="日本語 😀 \u202egnp.exe")),
        make_evidence(
            class_names=NAMES, selection=(100, *[0] * 9), estimation=(9_900, 100, *[0] * 8)
        ),
    ],
    ids=["certified", "predicted", "abstained", "hostile", "long"],
)
def test_honest_reports_say_what_their_evidence_says(evidence: Evidence, images: Any) -> None:
    pdf = pdf_bytes(evidence, images)
    assert verdicts(pdf, evidence) == ["holds", "holds"]
    assert check_seal(pdf, signed=False).verdict == "holds"


STAIRS = Staircase(
    count_term="entities",
    first=1,
    strength_term="epsilon",
    reach=(0.5, 0.25),
    norm="l2",
    unit="pixels in [0,1]",
    things="pixels",
)


def structured(region: Staircase) -> Evidence:
    scheme = {"key": "hierarchical-gaussian", "sigma": 0.25, "p": 0.9}
    settings = make_evidence().settings.model_copy(update={"scheme": parse_scheme(scheme)})
    return make_evidence().model_copy(
        update={"settings": settings, "region": region, "radius": None}
    )


@pytest.mark.parametrize(
    "images", [None, Illustrations(examples=make_image_examples())], ids=["plain", "images"]
)
def test_a_region_drawn_from_the_evidence_stands_before_the_images(images: Any) -> None:
    evidence = structured(STAIRS)
    pdf = pdf_bytes(evidence, images)
    assert verdicts(pdf, evidence) == ["holds", "holds"]
    other = structured(STAIRS.model_copy(update={"reach": (0.9, 0.8, 0.7)}))
    assert verdicts(pdf, other)[1] == "does not hold"


def test_inputs_that_are_no_images_have_no_thumbnail() -> None:
    evidence = make_evidence(input=make_input(kind="graph", shape=(5, 34)))
    assert verdicts(pdf_bytes(evidence), evidence) == ["holds", "holds"]


@pytest.mark.parametrize(
    "change",
    [
        {"statement": "With confidence 99.9 %, no change at all changes the prediction '7'."},
        {"radius": 9.0},
        {"run_number": 1},
        {"created": "2031-01-01T00:00:00Z"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_pages_of_other_evidence_are_noticed(change: dict[str, Any]) -> None:
    evidence = make_evidence()
    other = evidence.model_copy(update=change)
    assert "does not hold" in verdicts(pdf_bytes(other), evidence)


def test_a_changed_attachment_is_caught(exported: Path, certified: Evidence) -> None:
    path = exported / "run.pdf"
    forged = certified.model_copy(update={"radius": 3.0})
    writer = pypdf.PdfWriter(clone_from=str(path))
    found = writer.attachment_list
    for each in found:
        each.content = forged.model_dump_json(indent=2).encode() + b"\n"
    path.write_bytes(rewritten(writer))
    report = verify(path, Plan(counts_only=True))
    wrong = {claim.name for claim in report.claims if claim.verdict == "does not hold"}
    assert {"first page", "certified region"} <= wrong


def test_edited_words_on_the_page_are_caught(exported: Path) -> None:
    """Another page one, from a report that claims more, in front of the true attachment."""
    path = exported / "run.pdf"
    true = pypdf.PdfReader(str(path))
    assert true.pages[0].extract_text()
    liar = pypdf.PdfReader(io.BytesIO(pdf_bytes(make_evidence())))
    writer = pypdf.PdfWriter(clone_from=str(path))
    writer.pages[0].merge_page(liar.pages[0])
    path.write_bytes(rewritten(writer))
    wrong = {
        claim.name
        for claim in verify(path, Plan(counts_only=True)).claims
        if claim.verdict != "holds"
    }
    assert "first page" in wrong


def test_a_rewritten_pdf_has_lost_its_seal(exported: Path) -> None:
    buffer = io.BytesIO()
    pypdf.PdfWriter(clone_from=str(exported / "run.pdf")).write(buffer)
    assert check_seal(buffer.getvalue(), signed=False).verdict == "cannot be checked"


def test_something_appended_is_no_signature(exported: Path) -> None:
    pdf = (exported / "run.pdf").read_bytes() + b"\n% more"
    assert check_seal(pdf, signed=False).verdict == "does not hold"
    assert check_seal(pdf, signed=True).verdict == "holds"


def test_a_report_of_schema_1_0_is_not_set_again_but_must_say_the_claim() -> None:
    pdf = (GOLDEN / "gaussian.pdf").read_bytes()
    evidence = evidence_from_text((GOLDEN / "gaussian.json").read_text(encoding="utf-8"))
    (told,) = check_pages(pdf, evidence)
    assert (told.verdict, "of schema 1.0 is set otherwise" in told.detail) == (
        "cannot be checked",
        True,
    )
    larger = evidence.statement.replace("0.437", "0.438")
    (told,) = check_pages(pdf, evidence.model_copy(update={"statement": larger}))
    assert told.verdict == "does not hold"
