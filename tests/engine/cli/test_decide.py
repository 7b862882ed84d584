"""``certiscope decide`` from flags to exit status."""

from __future__ import annotations

import csv
import json
import shlex
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from engine.case import Case
from engine.cli.decide import decide_flags
from engine.cli.run import Order
from engine.core.errors import UserError
from engine.models.request import ModelRequest
from tests.engine.cli.conftest import SUBJECT
from tests.fakes import HalfSpace, fitted

WORDS = ["decide", *SUBJECT, "--n", "10000", "--phases", "100,1000,12000"]


def test_certified_with_the_votes_it_saved(program: Any) -> None:
    shown = program(*WORDS, "--radius", "0.1")
    assert shown.status == 0
    assert shown.out.startswith(
        "With confidence 99.9 %, no change of this image with l2 norm below"
    )
    assert "200 votes were drawn, against 10,100 of a run with a fixed n: 9,900 saved" in shown.out
    phases = shown.out.partition("verdict")[2]  # a statement counts tries, "try 1 of 2", before
    assert "1 of 3" in phases and "2 of 3" not in phases


def test_given_up_and_undecided_have_status_3(program: Any) -> None:
    hopeless = program(*WORDS, "--radius", "0.9", "--json", "-")
    found = json.loads(hopeless.out)
    assert hopeless.status == 3
    assert found["decision"]["verdict"] == "given up"
    assert found["statement"] in hopeless.err
    border = program(*WORDS, "--radius", "0.5")
    assert border.status == 3
    assert (
        "13,400 votes were drawn, against 10,100 of a run with a fixed n: 3,300 more." in border.out
    )


def test_the_command_repeats_the_decision(program: Any) -> None:
    first = json.loads(program(*WORDS, "--radius", "0.4", "--seed", "5", "--json", "-").out)
    words = shlex.split(first["command"])
    assert words[:2] == ["certiscope", "decide"]
    second = json.loads(program(*words[1:], "--json", "-").out)
    assert second["decision"] == first["decision"] and second["command"] == first["command"]


def test_default_phases_and_quiet(program: Any) -> None:
    words = ["decide", *SUBJECT, "--n", "1000", "--target", "radius=0.05", "--quiet"]
    shown = program(*words)
    assert shown.status == 0 and shown.out.count("\n") == 1 and shown.err == ""


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "A decision needs --radius R, or --target TERM=X."),
        (["--radius", "1", "--target", "radius=1"], "--radius and --target say the same thing"),
        (["--radius", "nan"], "--radius must be a finite number from 0 on (it was nan)."),
        (["--radius", "-1"], "--radius must be a finite number from 0 on (it was -1)."),
        (["--radius", "inf"], "--radius must be a finite number from 0 on (it was inf)."),
        (["--target", "radius=-1"], "--target radius=-1: radius must be a finite number >= 0."),
        (["--target", "words=1"], "gaussian knows the terms radius, not 'words'."),
        (["--radius", "1", "--phases", "10;20"], "--phases must be whole numbers with commas"),
        (["--radius", "1", "--phases", "20,10"], "--phases must grow, from 1 vote or more."),
        (
            ["--radius", "1", "--give-up", "1"],
            "--give-up must be between 0 and 1, without both (it was 1).",
        ),
        (["--radius", "1", "--bound", "live"], "No such option"),
        (["--radius", "1", "--json", __file__ + "/x.json"], "is not a folder you may write to"),
    ],
)
def test_bad_values_are_one_sentence_and_status_2(
    program: Any, words: list[str], sentence: str
) -> None:
    shown = program("decide", "--model", "fake", "--input", "flat", *words)
    assert shown.status == 2 and shown.out == ""
    assert sentence in shown.err and shown.err.count("\n") == 1


def test_a_refusal_while_loading_is_shown_as_it_is(
    program: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from engine.cli import run

    def refuse(_values: Any) -> None:
        raise UserError("There is no file gone.pt.")

    monkeypatch.setattr(run, "model_request", refuse)
    shown = program("decide", "--model", "gone.pt", "--input", "x", "--radius", "1")
    assert (shown.status, shown.err) == (2, "certiscope: There is no file gone.pt.\n")


def test_a_report_says_target_phases_shares_and_votes_saved(program: Any, tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("d.html", "d.csv", "d.pdf")]
    words = [word for path in files for word in ("--report", str(path))]
    assert program(*WORDS, "--radius", "0.1", *words).status == 0
    html = files[0].read_text(encoding="utf-8")
    for text in (
        "radius=0.1",
        "planned: 100, 1,000, 12,000 votes, each with alpha/3",
        "9,900 saved, against 10,100 of a run with a fixed n",
        "at alpha 0.00033333",
    ):
        assert text in html
    (row,) = csv.DictReader(files[1].read_text(encoding="utf-8").splitlines())
    found = {name: value for name, value in row.items() if name.startswith("decision")}
    assert found == {
        "decision.target": "radius=0.1",
        "decision.verdict": "certified",
        "decision.beta": "0.0001",
        "decision.samples_used": "200",
        "decision.samples_full": "10100",
        "decision.phases": "100 1000 12000",
    }
    verified = program("verify", "--counts-only", str(files[2]))
    assert verified.status == 0 and "phases and verdict: holds" in verified.out


def test_a_case_keeps_decisions_lists_and_verifies_them(program: Any, tmp_path: Path) -> None:
    path = tmp_path / "d.certiscope"
    shown = program(*WORDS, "--radius", "0.1", "--case", str(path), "--json", "-")
    assert f"Run 1 of {path}: try 1 of 1 on this model, input and attacker" in shown.err
    evidence = Case.open(path).evidence(1)
    assert evidence is not None and json.loads(evidence.model_dump_json()) == json.loads(shown.out)
    assert program(*WORDS, "--radius", "0.5", "--case", str(path), "--quiet").status == 3
    listed = program("runs", str(path)).out
    assert "decide radius=0.1: 100 votes in phases; certified 'class 0', radius" in listed
    assert "decide radius=0.5: 13,100 votes in phases; abstained" in listed
    assert "try 2 of 2" in listed
    verified = program("verify", "--counts-only", str(path))
    assert verified.status == 0, verified.out
    assert "run 2: phases and verdict: holds" in verified.out


def test_a_killed_decision_is_resumed_to_the_same_votes(program: Any, tmp_path: Path) -> None:
    words = [*WORDS, "--radius", "0.4", "--seed", "0", "--json", "-"]
    whole = json.loads(program(*words).out)
    order = Order.read("decide", decided_values(radius=0.4, seed=0))
    request, model = ModelRequest("fake"), HalfSpace(0.5)
    for command in (words, ["resume"]):
        path = tmp_path / f"{command[0]}.certiscope"
        kept = order.kept(Case.at(path), request, model, fitted(), stop=Event(), quiet=True)
        next(kept), next(kept)
        kept.close()
        case = ["--case", str(path)] if command is words else [str(path), "--json", "-"]
        again = program(*command, *case)
        assert "resuming after" in again.err
        found = json.loads(again.out)
        assert (found["decision"], found["chain"]) == (whole["decision"], whole["chain"])
        assert [row.state for row in Case.open(path).runs()] == ["finished"]


def decided_values(**given: Any) -> dict[str, Any]:
    """What the flags of WORDS are read as."""
    names = {each.name: None for each in decide_flags()}
    known = {"scheme": "gaussian", "input": "flat", "n": 10_000, "phases": "100,1000,12000"}
    more = {"target": "", "give_up": 0.0001, "batch": 100, "device": "cpu"}
    return {**names, **known, **more, **given}
