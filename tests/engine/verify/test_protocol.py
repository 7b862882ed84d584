import json
from datetime import UTC, datetime

import pytest

from engine.core.errors import UserError
from engine.verify.protocol import protocol_pdf, write_protocol
from engine.verify.report import Claim, Stated, VerificationReport

WHEN = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)


def report(*claims: Claim, **facts) -> VerificationReport:
    return VerificationReport(
        file="run.pdf",
        kind="PDF",
        sha256="ab" * 32,
        claims=claims,
        notes=("Only so far.",),
        **facts,
    )


def words(pdf: bytes) -> str:
    import io

    from pypdf import PdfReader

    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


HOLDS = Claim(name="bounds", verdict="holds")
FAILS = Claim(name="seal #1 $x$", verdict="does not hold", detail="it is another", about="run 2")


def test_it_says_what_the_report_says_failures_first_and_is_the_same_every_time():
    found = report(HOLDS, FAILS)
    pdf = protocol_pdf(found, WHEN)
    text = " ".join(words(pdf).split())
    for said in (found.headline(), "votes not re-drawn", "run.pdf", "Only so far.", "2026-01-02"):
        assert said in text, said
    assert text.index("run 2: seal #1 $x$") < text.index("bounds")
    assert pdf == protocol_pdf(found, WHEN)


def test_it_repeats_what_was_certified_and_whether_that_stands():
    stated = Stated(
        about="run 2",
        outcome="CERTIFIED",
        headline="l2 <= 0.6482",
        note="rounded down",
        statement="The class is '7' for every change.",
        standing="does not stand",
        why="1 of 2 checks failed",
    )
    found = report(HOLDS, FAILS, stated=(stated,))
    text = " ".join(words(protocol_pdf(found, WHEN)).split())
    for said in ("run 2: does not stand (1 of 2 checks failed)", stated.statement, stated.note):
        assert said in text, said
    assert "CERTIFIED" in text and "0.6482" in text
    plain = stated.model_copy(update={"standing": "not verified"})
    struck = protocol_pdf(found, WHEN)
    assert struck != protocol_pdf(report(HOLDS, FAILS, stated=(plain,)), WHEN)
    assert json.loads(found.model_dump_json())["stated"][0]["headline"] == "l2 <= 0.6482"


def test_names_from_a_hostile_file_are_text():
    hostile = Claim(name="#panic()", verdict="cannot be checked", detail="\u202e\x00日 *bold*")
    stated = Stated(outcome="#panic()", statement="\u202e $x$ *bold* #panic()")
    text = words(protocol_pdf(report(hostile, stated=(stated,)), WHEN))
    assert "#panic()" in text and "[U+202E]" in text and "*bold*" in text


def test_json_is_what_verify_prints_and_another_ending_is_refused(tmp_path):
    found = report(HOLDS)
    write_protocol(found, tmp_path / "p.json")
    stated = json.loads((tmp_path / "p.json").read_text())
    assert stated["level"] == "votes not re-drawn" and stated["sha256"] == "ab" * 32
    write_protocol(found, tmp_path / "p.pdf")
    assert (tmp_path / "p.pdf").read_bytes().startswith(b"%PDF")
    with pytest.raises(UserError, match=r"a protocol ends in .pdf or .json"):
        write_protocol(found, tmp_path / "p.txt")
