from __future__ import annotations

import errno
import io
import os
import re
from pathlib import Path

import pikepdf
import pypdf
import pytest

from engine.core.errors import UserError
from engine.evidence.evidence import Evidence
from engine.evidence.setting_fields import BoundKey
from engine.figures.images import Illustrations
from engine.regions import Staircase
from engine.report import typeset
from engine.report.json import evidence_json
from engine.report.pdf import pdf_bytes, preview_pages, report_figures, write_pdf
from engine.report.typeset import displayable
from tests.factories import (
    make_evidence,
    make_illustrations,
    make_image_examples,
    make_input,
    make_model,
    make_predicted,
)

HOSTILE = (
    '#eval("x") $x$ *b* `c` \\ @ref <label> ] } //',
    "<script>alert(1)</script>",
    "n" * 600,
    "日本語 😀 \u202egnp.exe",
    "مرحبا שלום Ωмега",
    "",
)


def text_of(pdf: bytes) -> str:
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    return " ".join(" ".join(page.extract_text().split()) for page in reader.pages)


def attached(pdf: bytes) -> bytes:
    return pypdf.PdfReader(io.BytesIO(pdf)).attachments["evidence.json"][0]


def thousand_classes() -> Evidence:
    names = [f"class number {i} with a long name {'x' * (i % 50)}" for i in range(1000)]
    estimation = [i % 3 for i in range(1000)]
    estimation[500] = 60_000
    selection = [0] * 1000
    selection[500] = 100
    return make_evidence(class_names=names, selection=selection, estimation=estimation)


def test_first_page_holds_the_statement_and_its_numbers() -> None:
    evidence = make_evidence()
    reader = pypdf.PdfReader(io.BytesIO(pdf_bytes(evidence, make_illustrations())))
    first = " ".join(reader.pages[0].extract_text().split())
    assert "CERTIFIED" in first
    assert evidence.statement in first
    assert evidence.bounds is not None
    assert f"{evidence.bounds.p_lower:.7f}"[:7] in first  # five decimals, cut and not rounded
    for words in ("R = 0.528", "l2 norm, pixels in [0,1]", "100,000", "0.001", "sigma", "live"):
        assert words in first
    assert evidence.run_id in first
    assert "9f2c1b7e9f2c" in first
    assert "What this does not say" in first


def test_no_line_ends_with_the_dashes_of_an_option() -> None:
    options = " ".join(f"--option-{'x' * (i % 7)} {i}" for i in range(60))
    evidence = make_evidence().model_copy(update={"command": f"certiscope certify {options}"})
    pages = pypdf.PdfReader(io.BytesIO(pdf_bytes(evidence))).pages
    lines = [line for page in pages for line in page.extract_text().splitlines()]
    shown = [line for line in lines if "--option" in line]
    assert len(shown) > 5 and not [line for line in lines if line.rstrip().endswith("-")]


def test_whole_report_names_everything_needed_to_judge_and_repeat() -> None:
    evidence = make_evidence(certified_at={"radius=0.25": True, "radius=2": False})
    text = text_of(pdf_bytes(evidence))
    assert evidence.model.sha256 in text
    assert evidence.input.pixels_sha256 in text
    assert evidence.command in text
    assert evidence.noise.key in text
    assert "ICML 2019, Theorem 1" in text
    assert "false statement is at most alpha = 0.001" in text
    assert "not sound to the last bit" in text
    assert "radius=2 not certified" in text
    assert "end of report" in text
    pages = len(pypdf.PdfReader(io.BytesIO(pdf_bytes(evidence))).pages)
    assert f"page {pages} of {pages}" in text


def test_attachment_is_the_json_that_write_json_writes() -> None:
    evidence = make_evidence(input=make_input(name="日本 #eval"))
    data = attached(pdf_bytes(evidence))
    assert data == evidence_json(evidence).encode()
    assert Evidence.model_validate_json(data) == evidence


def test_is_pdf_a_3b_with_an_associated_file(tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    write_pdf(make_evidence(), path, make_illustrations())
    with pikepdf.open(path) as pdf:
        spec = pdf.attachments["evidence.json"]
        assert spec.obj.AFRelationship == "/Data"
        assert spec.get_file().mime_type == "application/json"
        assert len(pdf.Root.AF) == 2  # the illustrations are the other one
        assert "illustrations.json" in pdf.attachments
        with pdf.open_metadata() as meta:
            assert (meta["pdfaid:part"], meta["pdfaid:conformance"]) == ("3", "B")


def test_same_evidence_gives_the_same_bytes() -> None:
    evidence, images = make_evidence(), make_illustrations()
    assert pdf_bytes(evidence, images) == pdf_bytes(evidence, images)


def test_only_fonts_that_come_with_typst() -> None:
    with pikepdf.open(io.BytesIO(pdf_bytes(make_evidence()))) as pdf:
        names = {
            str(obj.FontName).split("+")[-1]
            for obj in pdf.objects
            if isinstance(obj, pikepdf.Dictionary) and obj.get("/Type") == "/FontDescriptor"
        }
    assert names
    assert all(name.startswith(("LibertinusSerif", "DejaVuSansMono")) for name in names)


def test_the_document_is_dated_by_the_run() -> None:
    reader = pypdf.PdfReader(io.BytesIO(pdf_bytes(make_evidence(created="2025-03-01T10:15:00"))))
    assert reader.metadata is not None
    assert reader.metadata.creation_date_raw == "D:20250301101500Z"


@pytest.mark.walk
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_shown_and_never_run(name: str) -> None:
    names = [name, *(str(digit) for digit in range(1, 10))]
    evidence = make_evidence(
        class_names=names,
        selection=(100, *[0] * 9),
        estimation=(9_900, 100, *[0] * 8),
        input=make_input(name=name, source=name, label=0, label_name=name),
        model=make_model(names, name=name, source=name, notes=(name,)),
        warnings=(name,),
        command=name,
    )
    pdf = pdf_bytes(evidence, make_illustrations())
    assert attached(pdf) == evidence_json(evidence).encode()
    shown = displayable(name)
    if shown.isascii() and len(shown) <= 40:
        assert shown.replace(" ", "") in text_of(pdf).replace(" ", "")


def test_direction_overrides_cannot_disguise_a_file_name() -> None:
    text = text_of(pdf_bytes(make_evidence(input=make_input(name="a\u202egnp.exe"))))
    assert "a[U+202E]gnp.exe" in text


def test_abstention_says_which_cause_and_what_n_would_help() -> None:
    evidence = make_evidence(estimation=(0, 0, 49_900, 0, 0, 0, 0, 50_100, 0, 0))
    text = text_of(pdf_bytes(evidence))
    assert evidence.outcome == "abstained"
    assert "ABSTAINED" in text
    assert "Robustness certificate" not in text
    assert "most likely n is too small for these votes" in text
    assert "less likely the selection votes guessed the wrong class" in text
    assert "n that would help 400,000" in text


def test_partial_run_is_marked_partial() -> None:
    text = text_of(pdf_bytes(make_evidence(n_plan=1_000_000)))
    assert "CERTIFIED PARTIAL" in text
    assert "100,000 of 1,000,000 planned votes were counted" in text


def test_prediction_shows_its_test() -> None:
    text = text_of(pdf_bytes(make_predicted()))
    assert "PREDICTED" in text
    assert "≤ 1.00e-12" in text
    assert "no radius is claimed" in text
    assert "p lower" not in text


def test_a_run_without_a_vote_still_has_a_report() -> None:
    evidence = make_predicted(p_value=1.0, estimation=[0] * 10, n_plan=100)
    assert "ABSTAINED PARTIAL" in text_of(pdf_bytes(evidence))


def test_a_thousand_classes_fit() -> None:
    evidence = thousand_classes()
    text = text_of(pdf_bytes(evidence))
    assert "class number 500" in text
    assert "990 others" in text


@pytest.mark.walk
@pytest.mark.parametrize(
    ("images", "kinds"),
    [
        (None, 2),
        (Illustrations(), 2),
        (Illustrations(examples=make_image_examples()), 3),
        (make_illustrations(), 4),
    ],
)
def test_missing_illustrations_are_left_out(images: Illustrations | None, kinds: int) -> None:
    evidence = make_evidence()
    assert len(report_figures(evidence, images)) == kinds
    told = "noisy samples and certified perturbations" in text_of(pdf_bytes(evidence, images))
    assert told == (kinds >= 3)


def pages_of(evidence: Evidence) -> list[str]:
    reader = pypdf.PdfReader(io.BytesIO(pdf_bytes(evidence)))
    return [" ".join(page.extract_text().split()) for page in reader.pages]


def test_a_last_page_that_would_be_nearly_empty_is_drawn_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    evidence = make_evidence(certified_at={"radius=0.25": True, "radius=2": False})
    found = pages_of(evidence)
    monkeypatch.setattr(typeset, "NEARLY_EMPTY", 0.0)
    loose = pages_of(evidence)
    assert (len(found), len(loose)) == (3, 4)
    assert found[0].replace("of 3", "of 4") == loose[0]  # the first page stays as it is
    words = " ".join(loose).split()
    assert len(loose[3].split()) < 0.2 * len(words)
    assert "end of report" in found[2] and "page 3 of 3" in found[2]


def test_what_is_not_claimed_is_not_alone_on_the_second_page() -> None:
    """Where the first has no room for it, the rest of the report follows it."""
    pages = pages_of(make_evidence(statement="Words that fill a page. " * 60))
    assert "What this does not say" not in pages[0]
    assert "What this does not say" in pages[1] and "Decision rule" in pages[1]


def test_preview_has_an_image_per_page() -> None:
    evidence, images = make_evidence(), make_illustrations()
    pages = preview_pages(evidence, images, ppi=40)
    assert len(pages) == len(pypdf.PdfReader(io.BytesIO(pdf_bytes(evidence, images))).pages)
    assert all(page.startswith(b"\x89PNG") for page in pages)


def test_full_disk_is_one_sentence_and_keeps_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(b"old")

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UserError, match=r"Cannot write .*report\.pdf: the disk is full\."):
        write_pdf(make_evidence(), path)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_certify_run_without_a_vote_still_has_a_report() -> None:
    evidence = make_evidence(estimation=[0] * 10, n_plan=100)
    text = text_of(pdf_bytes(evidence))
    assert "Nothing is certified: the run ended before the first vote" in text
    assert "no votes to bound" in text


def first_page(evidence: Evidence) -> str:
    """The words of the first page, without the digests that are short on purpose."""
    page = pypdf.PdfReader(io.BytesIO(pdf_bytes(evidence))).pages[0].extract_text()
    return " ".join(re.sub(r"sha256 [0-9a-f]{12}…", "", page).split())


def test_a_staircase_s_headline_stands_whole_among_the_key_numbers() -> None:
    region = Staircase(
        count_term="words", first=0, strength_term="epsilon", norm="l2", unit="pixels in [0,1]",
        reach=(0.4971, 0.3513, 0.2049, 0.1001, 0.0912, 0.0801, 0.0701, 0.0601, 0.05, 0.0402),
        things="words with a long name",
    )  # fmt: skip
    shown = first_page(make_evidence(region=region, radius=None))
    assert region.headline() in shown
    assert "…" not in shown


@pytest.mark.parametrize("bound", ["live", "two-class-uneven", "anytime-two-class"])
def test_titles_of_figures_stand_whole_beside_long_notes(bound: BoundKey) -> None:
    evidence = make_evidence(bound=bound)
    settings = evidence.settings.model_copy(update={"noise": "exact"})
    shown = first_page(evidence.model_copy(update={"settings": settings}))
    assert "What may be claimed, over n" in shown
    assert f"bound: {bound} · sound on the 8-bit grid" in shown
    assert "…" not in shown


def test_names_of_model_and_input_and_rows_of_tables_stand_whole() -> None:
    long = "a very long name of a class in a data set whose names are sentences " * 2
    evidence = make_evidence(
        class_names=[long.strip(), *(str(digit) for digit in range(1, 10))],
        model=make_model(name=f"model {long}"),
        input=make_input(name=f"input {long}"),
    )
    text = text_of(pdf_bytes(evidence))
    assert text.count("model " + long.strip()) == 2  # first page and Model
    assert text.count("input " + long.strip()) == 2
    assert f"class index selection estimation share {long.strip()}" not in first_page(evidence)
    assert long.strip() in text.split("Votes", 2)[-1]  # the table of votes


def test_a_prediction_shows_no_region_it_does_not_claim() -> None:
    kinds = [type(each).__name__ for each in report_figures(make_predicted(), make_illustrations())]
    assert kinds == ["VotesFigure", "ExamplesFigure"]
