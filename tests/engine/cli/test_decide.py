"""``certiscope decide`` from flags to exit status."""

from __future__ import annotations

import json
import shlex
from typing import Any

import pytest

from engine.errors import UserError
from tests.engine.cli.conftest import SUBJECT

WORDS = ["decide", *SUBJECT, "--n", "10000", "--phases", "100,1000,12000"]


def test_certified_with_the_votes_it_saved(program: Any) -> None:
    shown = program(*WORDS, "--radius", "0.1")
    assert shown.status == 0
    assert shown.out.startswith(
        "With confidence 99.9 %, no change of this image with l2 norm below"
    )
    assert "200 votes were drawn, against 10,100 of a run with a fixed n: 9,900 saved" in shown.out
    assert "1 of 3" in shown.out and "2 of 3" not in shown.out


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
        (["--radius", "nan"], "--at radius=nan: radius must be a finite number >= 0."),
        (["--target", "words=1"], "gaussian knows the terms radius, not 'words'."),
        (["--radius", "1", "--phases", "10;20"], "--phases must be whole numbers with commas"),
        (["--radius", "1", "--phases", "20,10"], "The phases must grow, from 1 vote or more."),
        (["--radius", "1", "--beta", "1"], "beta must be between 0 and 1, without both"),
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
