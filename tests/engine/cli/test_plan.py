"""``certiscope plan`` from flags to table and JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from engine.cli import main
from tests.test_architecture import loads

TYPED = ["plan", "--sigma", "1", "--bound", "clopper-pearson", "--n", "1000"]


def test_a_typed_probability_as_a_table(program: Any) -> None:
    shown = program(*TYPED, "--probability", "0.95", "--target-radius", "1")
    assert (shown.status, shown.err) == (0, "")
    lines = {" ".join(line.split()) for line in shown.out.splitlines()}
    told = " ".join(shown.out.split())
    assert "plan n = 163: this n and every larger one has chance 90 % at that p" in told
    assert "a lucky n n = 154: the first with that chance, but some n after 154 fall" in told
    assert "the least n n = 40: fewer cannot do it even if all votes are for the class" in told
    assert "hopeful" not in told  # there was no pilot
    assert "n = 1,000 reaches radius 2.4632 at most, if all votes agree" in lines


def test_a_scheme_without_a_radius_has_no_columns_for_it(program: Any) -> None:
    shown = program("plan", "--pilot", "97/100", "--scheme", "brightness")
    assert shown.status == 0 and "certifies" in shown.out
    assert "radius" not in shown.out and "largest" not in shown.out


def test_json_holds_the_whole_plan(program: Any, tmp_path: Path) -> None:
    words = [*TYPED, "--pilot", "97/100", "--target", "radius=1", "--power", "0.8"]
    shown = program(*words, "--json", "-")
    assert "to certify radius=1" in shown.err
    found = json.loads(shown.out)
    assert found["pilot"] == {"k": 97, "n0": 100, "runner_up": 1.0}
    assert found["p"] < found["p_estimate"] == 0.97
    assert found["needed"]["n_stay"] > found["hopeful"]["n_stay"]
    assert found["needed"]["power"] == 0.8
    assert len(found["curve"]) > 5
    path = tmp_path / "plan.json"
    assert f"Wrote {path}." in program(*words, "--json", str(path)).err
    assert "Wrote" not in shown.err  # standard output is no file
    assert json.loads(path.read_text()) == found


def test_out_of_reach_says_why(program: Any) -> None:
    below = program(*TYPED, "--probability", "0.8", "--target-radius", "1").out
    assert "out of reach: p_lower must exceed 0.841345" in " ".join(below.split())
    near = " ".join(program(*TYPED, "--probability", "0.97", "--target-radius", "7").out.split())
    assert "p_lower would have to be within 1.3e-12 of 1, and p is not" in near
    ablation = ["--scheme", "ablation", "--entities", "64", "--keep", "12"]
    words = ["plan", *ablation, "--probability", "0.97", "--target", "entities=9"]
    assert "under this noise no probability suffices" in " ".join(program(*words).out.split())
    never = program(*TYPED, "--probability", "1", "--target-radius", "6.5").out
    assert "a billion samples would not do" in " ".join(never.split())


def test_a_search_that_skipped_teeth_says_about(program: Any) -> None:
    out = program(*TYPED, "--probability", "0.5005", "--target-radius", "0").out
    assert "n = about 19," in " ".join(out.split())


def test_pilot_votes_of_a_model(program: Any) -> None:
    words = ["--model", "fake", "--input", "flat", "--n0", "400", "--target-radius", "0.2"]
    shown = program("plan", *words, "--json", "-")
    assert shown.status == 0
    found = json.loads(shown.out)
    assert found["pilot"]["n0"] == 400 and 0.9 < found["p_estimate"] < 1.0
    assert found["needed"]["n_stay"] > found["needed"]["n_min"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "A plan needs one of --pilot K/N, --probability P, or --model M with --input X"),
        (["--pilot", "1/2", "--probability", "0.5"], "(2 were given)."),
        (["--pilot", "97"], "--pilot must be votes for the class / votes drawn (it was '97')."),
        (["--pilot", "101/100"], "101 votes are more than the 100 drawn"),
        (["--pilot", "0/0"], "--pilot 0/0: n0 must be greater than or equal to 1"),
        (["--probability", "2"], "--probability must be between 0 and 1 (it was 2)."),
        (["--probability", "0.9", "--power", "0"], "--power must be between 0 and 1"),
        (["--probability", "0.9", "--target", "radius=-1"], "--target radius=-1: radius must be"),
        (["--probability", "0.9", "--scheme", "exp-p", "--exponent", "0"], "--exponent must be"),
        (["--probability", "0.9", "--target", "words=3"], "knows the terms radius, not 'words'"),
        (
            ["--probability", "0.9", "--target-radius", "-1"],
            "--target-radius must be a finite number from 0 on (it was -1).",
        ),
        (
            ["--probability", "0.9", "--target-radius", "1", "--target", "radius=1"],
            "--target-radius and --target say the same thing; give one of them.",
        ),
        (["--model", "fake"], "--model needs --input"),
        (
            ["--probability", "0.9", "--alpha", "0"],
            "--alpha must be greater than or equal to 1e-30",
        ),
        (
            ["--probability", "0.9", "--scheme", "exact-map"],
            "There is nothing to plan for exact-map: its claim is computed from the model",
        ),
        (
            ["--probability", "0.9", "--scheme", "dssn-l1"],
            "There is nothing to plan for dssn-l1: its noise has 255 samples and a run counts all",
        ),
    ],
)
def test_bad_values_are_one_sentence_and_status_2(
    program: Any, words: list[str], sentence: str
) -> None:
    shown = program("plan", *words)
    assert shown.status == 2 and shown.out == ""
    assert sentence in shown.err and shown.err.count("\n") == 1


@pytest.mark.thorough
def test_typed_numbers_need_no_torch(tmp_path: Path) -> None:
    words = ["plan", "--probability", "0.9", "--json", str(tmp_path / "plan.json")]
    assert main(words) == 0
    assert "torch" not in loads(f"from engine.cli import main; main({words!r})")


def test_an_expensive_model_gets_a_cost_and_what_hundreds_are_worth(
    program: Any, tmp_path: Path
) -> None:
    out = tmp_path / "plan.json"
    shown = program(
        "plan", "--probability", "0.95", "--sigma", "0.5", "--n", "500", "--seconds-each", "2.5",
        "--target-radius", "0.25", "--json", str(out),
    )  # fmt: skip
    assert shown.status == 0
    assert "about 25 min (600 samples at 2.5 s)" in shown.out
    plan = json.loads(out.read_text())
    points = {point["n"]: point for point in plan["expensive"]}
    # frontier.md B.4, exact sums at alpha 0.001 for p uniform on [1/2, 1].
    assert points[100]["average_kept"] == pytest.approx(0.486, abs=1e-3)
    assert points[1000]["average_kept"] == pytest.approx(0.815, abs=1e-3)
    assert points[100]["largest"] == pytest.approx(1.5, abs=1e-3)
    assert points[1000]["accuracy"] == pytest.approx(0.528, abs=1e-3)
    audited = program(
        "plan", "--probability", "0.95", "--sigma", "0.5", "--n", "500", "--seconds-each", "2.5",
        "--target-radius", "0.25", "--json", str(out), "--false-accept", "0.1",
    )  # fmt: skip
    assert audited.status == 0
    again = {p["n"]: p for p in json.loads(out.read_text())["expensive"]}
    assert again[1000]["accuracy"] < points[1000]["accuracy"]


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        (("--seconds-each", "0"), "--seconds-each must be more than 0"),
        (("--false-accept", "1"), "--false-accept must be at least 0 and below 1"),
    ],
)
def test_costs_that_cannot_be(program: Any, flags: tuple[str, ...], sentence: str) -> None:
    shown = program("plan", "--probability", "0.95", *flags)
    assert shown.status == 2
    assert sentence in shown.err


def test_a_range_is_planned_for_an_image(program: Any, tmp_path: Path) -> None:
    scheme = ["plan", "--scheme", "rotation", "--degrees", "5", "--n", "1000", "--seed", "1"]
    subject = ["--model", "demo:digits-rotation", "--input", "digits16:52"]
    path = tmp_path / "plan.json"
    shown = program(*scheme, *subject, "--json", str(path))
    told = " ".join(shown.out.split())
    assert shown.status == 0 and "certifies rotation -5.000° to +5.000°, the whole" in told
    found = json.loads(path.read_text())
    assert found["anchors"] >= 1 and found["samples"] > found["n0"] == 100
    assert found["pilot"]["n0"] == 100


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (["--pilot", "97/100"], "how close anchors have to lie depends on the image"),
        (["--model", "demo:digits-rotation"], "--model needs --input"),
        (
            ["--model", "demo:digits-rotation", "--input", "digits16:52", "--target", "rotation=3"],
            "say a smaller range instead",
        ),
    ],
)
def test_a_range_without_its_image_or_with_a_target_is_refused(
    program: Any, more: list[str], sentence: str
) -> None:
    shown = program("plan", "--scheme", "rotation", *more)
    assert shown.status == 2 and sentence in " ".join(shown.err.split())
