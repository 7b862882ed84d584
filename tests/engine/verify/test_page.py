"""A PDF whose printed words or whose attachment was changed, even with its seal computed anew."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pikepdf
import pypdf
import pytest

from engine.evidence.evidence import Evidence
from engine.evidence.upgrade import evidence_from_text
from engine.figures.images import Illustrations
from engine.regions import Staircase
from engine.report.pdf import pdf_bytes
from engine.report.seal import sealed
from engine.schemes import parse_scheme
from engine.verify import Plan, verify
from engine.verify.page import check_pages, check_seal
from engine.verify.report import Claim
from tests.factories import (
    make_evidence,
    make_illustrations,
    make_image_examples,
    make_input,
    make_predicted,
)

GOLDEN = Path(__file__).parents[2] / "golden" / "evidence-1.0"
HOSTILE = GOLDEN.parent / "hostile"
NAMES = ["n" * 600, *(str(digit) for digit in range(1, 10))]


def rewritten(writer: pypdf.PdfWriter) -> bytes:
    buffer = io.BytesIO()
    writer.write(buffer)
    return sealed(buffer.getvalue())


def illustrations_of(pdf: bytes) -> bytes | None:
    found = pypdf.PdfReader(io.BytesIO(pdf)).attachments.get("illustrations.json", [])
    return bytes(found[0]) if found else None


def verdicts(pdf: bytes, evidence: Evidence) -> list[str]:
    return [claim.verdict for claim in check_pages(pdf, evidence, illustrations_of(pdf))]


def pages_claim(pdf: bytes, evidence: Evidence) -> Claim:
    return check_pages(pdf, evidence, illustrations_of(pdf))[1]


def illustrated(evidence: Evidence) -> Illustrations:
    """Images of this very run."""
    images = make_illustrations()
    assert images.region is not None
    facts = {"radius": evidence.radius, "class_names": evidence.model.class_names}
    return images.model_copy(update={"region": images.region.model_copy(update=facts)})


@pytest.mark.walk
@pytest.mark.parametrize("images", [None, illustrated], ids=["plain", "images"])
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
    pdf = pdf_bytes(evidence, images(evidence) if images else None)
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


@pytest.mark.walk
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


@pytest.mark.walk
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
    assert {"pages", "certified region"} <= wrong


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
    assert "pages" in wrong


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
    over, told = check_pages(pdf, evidence)
    assert over.verdict == "holds"
    assert (told.verdict, "of schema 1.0 is set otherwise" in told.detail) == (
        "cannot be checked",
        True,
    )
    larger = evidence.statement.replace("0.437", "0.438")
    _, told = check_pages(pdf, evidence.model_copy(update={"statement": larger}))
    assert told.verdict == "does not hold"


def test_a_box_painted_over_the_claim_does_not_pass() -> None:
    """Its words can still be read out of the file, and its seal was computed anew."""
    report = verify(HOSTILE / "pdf-overlay-resealed.pdf", Plan(counts_only=True))
    wrong = {
        claim.name: claim.detail for claim in report.claims if claim.verdict == "does not hold"
    }
    assert wrong == {"nothing over the pages": "page 1 has content added to it"}


WHITE = b" q 1 1 1 rg 50 600 500 150 re f Q"


def painted(path: Path, *, apart: bool) -> None:
    """A white box over the claim, in a stream of its own or at the end of the page's."""
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        page = pdf.pages[0]
        if apart:
            page.contents_add(pikepdf.Stream(pdf, WHITE))
        else:
            page.Contents = pikepdf.Stream(pdf, page.Contents.read_bytes() + WHITE)
        pdf.save(path)
    path.write_bytes(sealed(path.read_bytes()))


@pytest.mark.thorough
def test_a_box_in_a_report_of_today_is_found_however_it_was_painted(exported: Path) -> None:
    whole = (exported / "run.pdf").read_bytes()
    for apart, wrong in (
        (True, "page 1 has content added to it"),
        (False, "page 1 is drawn otherwise than its evidence is set; its words agree"),
    ):
        path = exported / "run.pdf"
        path.write_bytes(whole)
        assert verify(path, Plan(counts_only=True)).ok
        painted(path, apart=apart)
        report = verify(path, Plan(counts_only=True))
        assert wrong in {c.detail for c in report.claims if c.verdict == "does not hold"}


@pytest.mark.thorough
def test_whatever_lies_over_a_page_is_named(exported: Path) -> None:
    path = exported / "run.pdf"
    note = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Square)
    note.Rect = pikepdf.Array([50, 600, 550, 750])

    def annotate(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].Annots = pikepdf.Array([pdf.make_indirect(note)])

    def ask(pdf: pikepdf.Pdf) -> None:
        pdf.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([]))

    def layer(pdf: pikepdf.Pdf) -> None:
        pdf.Root.OCProperties = pikepdf.Dictionary(OCGs=pikepdf.Array([]))

    def append(pdf: pikepdf.Pdf) -> None:
        pdf.add_blank_page()

    whole = path.read_bytes()
    for change, name, wrong in (
        (annotate, "nothing over the pages", "page 1 has an annotation (Square)"),
        (ask, "nothing over the pages", "it has form fields"),
        (layer, "nothing over the pages", "it has layers that can be switched"),
        (append, "pages", "pages, and "),
    ):
        with pikepdf.open(io.BytesIO(whole)) as pdf:
            change(pdf)
            pdf.save(path)
        path.write_bytes(sealed(path.read_bytes()))
        claims = {claim.name: claim for claim in verify(path, Plan(counts_only=True)).claims}
        assert claims[name].verdict == "does not hold" and wrong in claims[name].detail


@pytest.mark.thorough
def test_the_form_of_a_signature_holds_that_alone() -> None:
    """An XFA form is shown in place of the pages by programs that know it."""
    evidence = make_evidence()
    whole = pdf_bytes(evidence)
    name = pikepdf.Name
    field = pikepdf.Dictionary(Type=name.Annot, Subtype=name.Widget, FT=name.Sig)
    field.Rect = pikepdf.Array([0, 0, 0, 0])
    unseen = pikepdf.Dictionary(Fields=pikepdf.Array([field]), SigFlags=3)
    pages = pikepdf.Dictionary({**unseen, "/XFA": pikepdf.String("<xdp/>")})
    text = pikepdf.Dictionary({**field, "/FT": name.Tx})
    two = pikepdf.Dictionary(Fields=pikepdf.Array([field, text]))
    for form, verdict in ((unseen, "holds"), (pages, "does not hold"), (two, "does not hold")):
        buffer = io.BytesIO()
        with pikepdf.open(io.BytesIO(whole)) as pdf:
            pdf.Root.AcroForm = form
            pdf.save(buffer)
        over = check_pages(buffer.getvalue(), evidence, signed=True)[0]
        assert (over.name, over.verdict) == ("nothing over the pages", verdict)


def test_illustrations_cannot_claim_more_than_the_evidence() -> None:
    evidence, images = make_evidence(), make_illustrations()
    assert images.region is not None
    larger = images.region.model_copy(update={"radius": 9.0})
    pdf = pdf_bytes(evidence, images.model_copy(update={"region": larger}))
    claim = pages_claim(pdf, evidence)
    assert claim.verdict == "does not hold" and "a larger radius" in claim.detail


def test_other_illustrations_than_those_attached_are_found() -> None:
    evidence, images = make_evidence(), make_illustrations()
    bare = Illustrations(examples=images.examples)
    other = illustrations_of(pdf_bytes(evidence, bare))
    assert check_pages(pdf_bytes(evidence, images), evidence, other)[1].verdict == "does not hold"
    broken = check_pages(pdf_bytes(evidence, images), evidence, b"{}")[1]
    assert broken.detail == "its illustrations.json cannot be read"


def test_another_typst_is_no_forgery() -> None:
    """A report that an older typst set has the same words, and nothing shows more than that."""
    evidence = make_evidence()
    before = pdf_bytes(evidence)
    with pikepdf.open(io.BytesIO(before)) as pdf:
        pdf.docinfo["/Creator"] = "Typst 0.1"
        buffer = io.BytesIO()
        pdf.save(buffer)
    claim = pages_claim(buffer.getvalue(), evidence)
    assert claim.verdict == "cannot be checked" and claim.detail.startswith(
        "it was set by Typst 0.1"
    )


@pytest.mark.walk
@pytest.mark.parametrize("changed", ["version", "revision", "none"])
def test_pages_of_another_version_are_no_forgery(
    changed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its template and sentences may have changed since; the claim must be there all the same."""
    evidence = make_evidence()
    if changed == "version":
        software = evidence.software.model_copy(update={"certiscope": "0.0.9"})
        evidence = evidence.model_copy(update={"software": software})
    if changed == "revision":
        monkeypatch.setattr("engine.report.pdf.revision", lambda: "0" * 12)
    before = pdf_bytes(evidence)
    monkeypatch.undo()
    claim = pages_claim(before, evidence)
    other = evidence.model_copy(update={"statement": "Everything is certified."})
    if changed == "none":
        assert claim.verdict == "holds"
        return
    assert claim.verdict == "cannot be checked"
    assert claim.detail.startswith("a report of ") and "is set otherwise" in claim.detail
    assert pages_claim(before, other).verdict == "does not hold"
