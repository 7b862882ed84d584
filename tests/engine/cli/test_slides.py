from __future__ import annotations

import json

import pytest


@pytest.fixture
def evidence(certify, tmp_path):
    path = tmp_path / "e.json"
    assert certify("--json", str(path), "--report", str(tmp_path / "e.pdf")).status == 0
    return path


def test_evidence_report_and_case_give_the_same_slide(certify, program, evidence, tmp_path) -> None:
    certify("--case", str(tmp_path / "c.certiscope"), "--seed", "0")
    slides = []
    for file in ("e.json", "e.pdf", "c.certiscope"):
        out = tmp_path / f"{file}.svg"
        shown = program("slides", str(tmp_path / file), "--out", str(out), "--plot", "votes")
        assert shown.status == 0, shown.err
        slides.append(out.read_bytes())
    assert slides[0] == slides[1] and all(one.startswith(b"<svg") for one in slides)


def test_a_replay_says_how_far_it_is_drawn(program, evidence, tmp_path) -> None:
    words = ["--seconds", "0.5", "--fps", "4", "--width", "320"]
    out = tmp_path / "r.gif"
    assert program("slides", str(evidence), "--out", str(out), *words).status == 0
    assert out.read_bytes().startswith(b"GIF8")


def test_a_forged_claim_gets_no_slide(program, evidence, tmp_path) -> None:
    raw = json.loads(evidence.read_text())
    raw["radius"] = raw["region"]["radius"] = 9.0
    forged = tmp_path / "f.json"
    forged.write_text(json.dumps(raw))
    shown = program("slides", str(forged), "--out", str(tmp_path / "f.png"))
    assert shown.status == 2 and "is not verified" in shown.err
    assert not (tmp_path / "f.png").exists()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "Name what is to be written"),
        (["--out", "x.bmp"], "its ending must be one of"),
        (["--out", "nowhere/x.gif"], "there is no folder nowhere"),
        (["--out", "x.gif", "--plot", "all of them"], "--plot must be one of"),
        (["--out", "x.gif", "--fps", "0"], "1 to 60 frames"),
        (["--out", "x.gif", "--seconds", "nan"], "more than 0 and at most 600"),
        (["--out", "x.gif", "--run", "2"], "--run chooses among the runs of a case"),
    ],
)
def test_what_cannot_be_done_is_said(program, evidence, words, sentence) -> None:
    shown = program("slides", str(evidence), *words)
    assert shown.status == 2 and sentence in shown.err
