from __future__ import annotations

import json

import pytest

from engine.cli import main
from engine.demos.gallery import case_of
from engine.report.json import write_json
from engine.verify import Plan, verify
from engine.verify.decisions import recount_of
from engine.verify.reading import read_evidence


@pytest.fixture
def evidence(certify, tmp_path):
    path = tmp_path / "e.json"
    assert certify("--json", str(path), "--report", str(tmp_path / "e.pdf")).status == 0
    return path


@pytest.mark.thorough
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
    shown = program("slides", str(evidence), "--out", str(out), *words)
    assert shown.status == 0 and f"certiscope: Wrote {out}." in shown.err
    assert program("slides", str(evidence), "--out", str(out), *words, "--quiet").err == ""
    assert out.read_bytes().startswith(b"GIF8")


def test_a_forged_claim_gets_no_slide(program, evidence, tmp_path) -> None:
    raw = json.loads(evidence.read_text())
    raw["radius"] = raw["region"]["radius"] = 9.0
    forged = tmp_path / "f.json"
    forged.write_text(json.dumps(raw))
    shown = program("slides", str(forged), "--out", str(tmp_path / "f.png"))
    assert shown.status == 2 and "is not verified" in shown.err
    assert not (tmp_path / "f.png").exists()


@pytest.mark.walk
@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "Name what is to be written"),
        (["--out", "x.bmp"], "its ending must be one of"),
        (["--out", "nowhere/x.gif"], "there is no folder nowhere"),
        (["--out", "x.gif", "--plot", "all of them"], "--plot must be one of"),
        (["--out", "x.gif", "--fps", "0"], "--fps must be 1 to 60 frames (it was 0)."),
        (
            ["--out", "x.gif", "--seconds", "nan"],
            "--seconds must be more than 0 and at most 600 (it was nan).",
        ),
        (["--out", "x.gif", "--run", "2"], "--run chooses among the runs of a case"),
    ],
)
def test_what_cannot_be_done_is_said(program, evidence, words, sentence) -> None:
    shown = program("slides", str(evidence), *words)
    assert shown.status == 2 and sentence in shown.err


def test_a_map_that_its_files_do_not_give_gets_no_slide(program, tmp_path) -> None:
    """Its cells are no votes: the forger says that all are certified, and seals that."""
    path, out = tmp_path / "m.json", tmp_path / "m.png"
    words = "certify --model demo:digits-0.25 --input digits:52 --scheme exact-map --cells 32 "
    words += "--contrast 0.5 --brightness 0.4 --device cpu --quiet"
    main([*words.split(), "--json", str(path)])
    honest = read_evidence(path.read_bytes(), path).evidence
    assert honest is not None
    forged = honest.model_copy(update={"facts": {**honest.facts, "map": "c"}})
    write_json(forged.model_copy(update=recount_of(forged).facts), path)
    assert not verify(path, Plan(counts_only=True)).count("does not hold")
    shown = program("slides", str(path), "--out", str(out))
    assert shown.status == 2 and "is not verified" in shown.err and not out.exists()


def test_a_slide_of_what_cannot_be_checked_says_so(program, tmp_path) -> None:
    """The map follows from its files alone, and they are not at hand."""
    path, out = tmp_path / "m.json", tmp_path / "m.png"
    honest = read_evidence(case_of("aircraft").evidence.read_bytes(), path).evidence
    assert honest is not None
    update = {"source": "nowhere.safetensors", "name": "nowhere"}
    away = honest.model_copy(update={"model": honest.model.model_copy(update=update)})
    write_json(away, path)
    shown = program("slides", str(path), "--out", str(out), "--width", "320")
    assert shown.status == 0 and out.exists()
    assert "cannot be made" in shown.err and "It is shown as stated" in shown.err
