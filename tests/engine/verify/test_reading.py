from __future__ import annotations

import io
import json
import random
import zlib
from pathlib import Path

import pypdf
import pytest

from engine.core.errors import UserError
from engine.evidence.evidence import Evidence
from engine.report.json import evidence_json
from engine.verify import Plan, verify
from engine.verify.reading import attachments, evidence_of, kind_of, read_bytes, read_evidence


def stated(text: str) -> dict[str, str]:
    claims = read_evidence(text.encode(), Path("x.json")).claims
    return {claim.name: claim.verdict for claim in claims}


def test_kinds_are_told_by_content(exported: Path) -> None:
    assert kind_of(exported / "run.json") == "JSON"
    assert kind_of(exported / "run.pdf") == "PDF"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty; export the report again."),
        (b"\x00\x01rubbish", "is neither a report"),
        (b"{nonsense", "holds damaged JSON"),
        (b"{}", "is JSON, but not the evidence of a run"),
        (
            b'{"schema_version": "1.0", "inputs": [], "rows": [], "summary": {}}',
            "is the table of a set (audit --json), which holds no votes; give the report of the "
            "set (audit --report F.pdf) or its case. audit --evidence FOLDER writes the evidence",
        ),
        (
            b'{"model": {}, "settings": {"kind": "measure"}, "rows": []}',
            "is the table of a set of medians (audit --json). audit --evidence FOLDER writes",
        ),
        (b'{"a": 1, "a": 2}', "a name stands twice in one object"),
        (b'{"a": NaN}', "NaN is not a number of JSON"),
        (b'{"schema_version": "7.0", "procedure": "certify"}', "holds evidence of schema '7.0'"),
        (b"[" * 100_000, "is neither a report"),
        (b'{"a":' * 100_000, "holds damaged JSON"),
        (b"%PDF-1.7 and then nothing", "is a damaged PDF"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(
    tmp_path: Path, content: bytes, sentence: str
) -> None:
    file = tmp_path / "x"
    file.write_bytes(content)
    with pytest.raises(UserError) as refused:
        verify(file)
    assert sentence in str(refused.value)


def test_folders_and_missing_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is not a file"):
        kind_of(tmp_path)
    with pytest.raises(UserError, match="No such file"):
        read_bytes(tmp_path / "gone.json")


def test_an_attachment_that_swells_is_refused(tmp_path: Path) -> None:
    swollen = zlib.compress(bytes(100 << 20), 9)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles<</Names[(evidence.json) 3 0 R]>>>>>>",
        b"<</Type/Pages/Kids[]/Count 0>>",
        b"<</Type/Filespec/F(evidence.json)/UF(evidence.json)/EF<</F 4 0 R>>>>",
        b"<</Type/EmbeddedFile/Filter/FlateDecode/Length %d>>stream\n%b\nendstream"
        % (len(swollen), swollen),
    ]
    pdf, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(pdf))
        pdf += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 5\n0000000000 65535 f \n"
    end = head + b"%btrailer\n<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF"
    file = tmp_path / "swollen.pdf"
    file.write_bytes(pdf + end % (table, len(pdf)))
    with pytest.raises(UserError, match="is a damaged PDF"):
        verify(file)


def test_seal_spelling_and_form_are_separate_claims(certified: Evidence) -> None:
    text = evidence_json(certified)
    assert set(stated(text).values()) == {"holds"}
    respaced = json.dumps(json.loads(text))
    assert stated(respaced)["seal"] == "holds"
    assert stated(respaced)["text as written"] == "does not hold"
    raw = json.loads(text)
    raw["performance"]["seconds"] += 1
    assert stated(json.dumps(raw))["seal"] == "does not hold"
    del raw["seal"]
    assert stated(json.dumps(raw))["seal"] == "cannot be checked"
    raw["surprise"] = 1
    assert stated(json.dumps(raw)) == {"form": "does not hold"}
    raw = json.loads(text)
    raw["settings"]["alpha"] = 7
    assert stated(json.dumps(raw)) == {"form": "does not hold"}


def test_lines_ended_as_windows_consoles_do_are_the_same_text(certified: Evidence) -> None:
    text = evidence_json(certified).replace("\n", "\r\n")
    assert stated(text)["text as written"] == "holds"


def test_a_pdf_without_evidence_and_one_with_too_much(exported: Path) -> None:
    path = exported / "run.pdf"
    plain = pypdf.PdfWriter()
    plain.add_blank_page(100, 100)
    buffer = io.BytesIO()
    plain.write(buffer)
    with pytest.raises(UserError, match=r"without Certiscope's evidence\.json"):
        attachments(buffer.getvalue(), path)
    twice = pypdf.PdfWriter(clone_from=str(path))
    twice.add_attachment("other.json", b"{}")
    buffer = io.BytesIO()
    twice.write(buffer)
    claim = attachments(buffer.getvalue(), path).claim
    assert claim.verdict == "does not hold"


@pytest.mark.thorough
def test_no_flipped_byte_is_accepted_silently(exported: Path) -> None:
    rng = random.Random(1)
    for name in ("run.json", "run.pdf"):
        file = exported / name
        whole = file.read_bytes()
        for _ in range(150 if name == "run.json" else 8):
            flipped = bytearray(whole)
            flipped[rng.randrange(len(whole))] ^= rng.randrange(1, 256)
            file.write_bytes(flipped)
            try:
                assert not verify(file, Plan(counts_only=True)).ok
            except UserError:
                continue


def test_truncated_files_are_never_accepted(exported: Path) -> None:
    for name in ("run.json", "run.pdf"):
        file = exported / name
        whole = file.read_bytes()
        for part in (0.1, 0.5, 0.9, 0.999):
            file.write_bytes(whole[: int(len(whole) * part)])
            try:
                assert not verify(file, Plan(counts_only=True)).ok
            except UserError:
                continue


def test_evidence_comes_out_of_both_kinds(exported: Path, certified: Evidence) -> None:
    assert evidence_of(exported / "run.json") == certified
    assert evidence_of(exported / "run.pdf") == certified


def test_a_drawing_is_a_pdf_without_evidence(tmp_path: Path) -> None:
    """As ``audit --epsilon --report widths.pdf`` draws; it says what is verified in its place."""
    writer = pypdf.PdfWriter()
    writer.add_blank_page(100, 100)
    writer.write(tmp_path / "widths.pdf")
    with pytest.raises(
        UserError, match="as a drawing is; give a report, .* audit --evidence FOLDER"
    ):
        verify(tmp_path / "widths.pdf")


def test_what_audits_write_is_told_from_other_json(tmp_path: Path) -> None:
    """The tables themselves, not only what they are taken for."""
    from engine.cli import main

    few = "--limit 2 --device cpu --quiet --n 60 --seed 1"
    for words, said in (
        ("audit --model demo:digits-0.25 --input digits --sigma 0.25", "table of a set (audit"),
        (
            "audit --model demo:aircraft --input aircraft --epsilon 0.05",
            "table of a set of medians",
        ),
    ):
        path = tmp_path / "a.json"
        main([*words.split(), *few.split(), "--json", str(path)])
        with pytest.raises(UserError) as refused:
            verify(path)
        assert said in str(refused.value) and "--evidence FOLDER" in str(refused.value)
