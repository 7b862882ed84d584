"""``certiscope replay`` from flags to tables and files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from engine.cli.app import _EXAMPLES

SAID = ["--scheme", "gaussian", "--sigma", "0.5", "--alpha", "0.001", "--bound", "two-class-uneven"]
"""What nothing in a file of votes says."""
ROWS = "idx,label,n0_0,n0_1,n_0,n_1\na,1,3,97,50,950\nb,0,60,40,450,550\n"


@pytest.fixture
def votes(tmp_path: Path) -> str:
    path = tmp_path / "votes.csv"
    path.write_text(ROWS)
    return str(path)


def test_the_example_of_its_help_says_all_that_has_to_be_said(program: Any, votes: str) -> None:
    _, command, _, *words = _EXAMPLES["replay"].split()
    assert program(command, votes, *words).status == 0


def test_tables(program: Any, votes: str) -> None:
    shown = program("replay", votes, *SAID, "--at", "radius=0.25")
    assert (shown.status, shown.err) == (0, "")
    lines = [" ".join(line.split()) for line in shown.out.splitlines()]
    assert any(line.startswith("correct 0.5000 0.5000 >= 0.0") for line in lines)
    assert any(line.startswith("a 1 1 0.92") and line.endswith("yes") for line in lines)
    assert any(line.startswith("b 0 abstains") and line.endswith("no") for line in lines)


def test_a_scheme_without_a_radius_says_what_is_certified(program: Any, votes: str) -> None:
    words = ["--scheme", "brightness", "--sigma-b", "0.25", *SAID[4:], "--at", "brightness=-0.1"]
    shown = program("replay", votes, *words)
    lines = [line.split() for line in shown.out.splitlines()]
    place = next(place for place, line in enumerate(lines) if line[:1] == ["idx"])
    assert lines[place] == ["idx", "label", "class", "p_lower", "certified", "-0.1"]
    assert lines[place - 1] == ["brightness="]


def test_json_has_the_promised_fields(program: Any, votes: str, tmp_path: Path) -> None:
    words = ["replay", votes, "--scheme", "gaussian", "--sigma", "0.5", "--alpha", "0.01"]
    words += ["--bound", "clopper-pearson", "--at", "radius=0.25", "--at", "radius=2"]
    found = json.loads(program(*words, "--json", "-").out)
    first = found["rows"][0]
    assert {"idx", "label", "outcome", "predicted_class", "radius", "certified_at"} <= set(first)
    assert (first["idx"], first["outcome"], first["predicted_class"]) == ("a", "certified", 1)
    assert 0.9 < first["bounds"]["p_lower"] < 0.95
    assert first["certified_at"] == {"radius=0.25": True, "radius=2": False}
    summary = found["summary"]
    assert (summary["rows"], summary["clean_accuracy"], summary["abstained"]) == (2, 0.5, 1)
    assert summary["acr"] == first["radius"] / 2
    assert summary["certified_accuracy"] == {"radius=0.25": 0.5, "radius=2": 0.0}
    assert summary["simultaneous"]["alpha_each"] == 0.005
    path = tmp_path / "out.json"
    quiet = program(*words, "--json", str(path), "--quiet")
    assert quiet.out == "" and "Wrote" not in quiet.err
    assert f"Wrote {path}." in program(*words, "--json", str(path)).err
    assert json.loads(path.read_text()) == found


def test_csv_and_the_simultaneous_column(program: Any, votes: str, tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    shown = program("replay", votes, *SAID, "--simultaneous", "--csv", str(path))
    headings = next(line for line in shown.out.splitlines() if line.split()[:1] == ["idx"])
    assert headings.split()[-4:] == ["radius", "all", "at", "once"]
    assert path.read_text().startswith("idx,label,outcome,predicted_class,radius,p_lower,")


def test_selection_same_is_marked(program: Any, tmp_path: Path) -> None:
    path = tmp_path / "votes.tsv"
    path.write_text("idx\tlabel\tn_0\tn_1\n1\t0\t990\t10\n")
    shown = program("replay", str(path), *SAID, "--selection", "same", "--json", "-")
    found = json.loads(shown.out)
    assert found["independent"] is False and found["selection"] == "same"
    assert "these figures are not valid claims" in shown.err


def test_long_files_show_the_summary_alone(program: Any, tmp_path: Path) -> None:
    path = tmp_path / "votes.csv"
    path.write_text("idx,label,p_lower\n" + "".join(f"{i},0,0.9\n" for i in range(30)))
    shown = program("replay", str(path), *SAID[:6])  # bounds need no bound
    assert "30 rows" in shown.out and "p_lower" not in shown.out


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--selection", "votes"], "--selection must be label or same (it was 'votes')."),
        (["--selection", "label"], "has a selection block; leave out --selection label."),
        (["--at", "words=2"], "--at words=2: gaussian knows the terms radius, not 'words'."),
        (["--bound", "hoeffding"], "bound must be 'anytime'"),
        (["--scheme", "cauchy"], "There is no scheme 'cauchy'"),
        (["--json", __file__ + "/x.json"], f"Cannot write {__file__}/x.json"),
        (["--csv", __file__ + "/x.csv"], f"Cannot write {__file__}/x.csv"),
    ],
)
def test_bad_values_are_one_sentence_and_status_2(
    program: Any, votes: str, words: list[str], sentence: str
) -> None:
    shown = program("replay", votes, *SAID, *words, "--quiet")
    assert shown.status == 2 and shown.out == ""
    assert sentence in shown.err and shown.err.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "missing"),
    [
        ([], "--scheme, --sigma, --alpha, --bound"),
        (SAID[:2], "--sigma, --alpha, --bound"),
        (SAID[:6], "--bound"),
        (["--scheme", "hierarchical-gaussian", *SAID[2:]], "--p"),
        (["--scheme", "ablation", "--entities", "64", *SAID[4:]], "--keep"),
        (["--scheme", "ablation", "--p", "0.5", *SAID[4:]], ""),
        (["--scheme", "dssn-l1"], "--lam"),  # nothing is drawn, so there is no alpha
    ],
)
def test_what_nobody_said_is_asked_for(
    program: Any, votes: str, words: list[str], missing: str
) -> None:
    shown = program("replay", votes, *words, "--json", "-")
    assert (shown.status, shown.out == "") == ((2, True) if missing else (0, False))
    assert not missing or shown.err == (
        "certiscope: Nothing in a file of votes says how they were drawn and how many errors are "
        f"allowed; give {missing} too.\n"
    )


@pytest.mark.parametrize(
    ("text", "words", "status", "sentence"),
    [
        (
            "idx,label,p_lower\na,0,0.9\n",
            SAID,
            2,
            "holds bounds, which stay as they are; leave out",
        ),
        (
            ROWS,
            ["--scheme", "dssn-l1", "--lam", "0.1", *SAID[4:]],
            2,
            "leave out --alpha and --bound",
        ),
        (
            "idx,label,p_lower\na,0,0.9\n",
            [*SAID[:6], "--simultaneous"],
            0,
            "--simultaneous shows nothing here: the bounds were bought elsewhere",
        ),
        (
            "idx,label,n_0,n_1\n1,0,9,1\n",
            [*SAID, "--selection", "same", "--simultaneous"],
            0,
            "--simultaneous shows nothing here: the class was chosen by the votes that bound it",
        ),
        (ROWS, [*SAID, "--simultaneous", "--quiet"], 0, "--quiet prints no tables"),
        (
            ROWS + "".join(f"{i},1,3,97,{i},950\n" for i in range(20)),
            [*SAID, "--simultaneous"],
            0,
            "files of more than 20 rows are shown by their summary; --csv has the rows",
        ),
    ],
)
def test_flags_of_which_nothing_would_come_are_said(
    program: Any, votes: str, text: str, words: list[str], status: int, sentence: str
) -> None:
    Path(votes).write_text(text)
    shown = program("replay", votes, *words)
    assert shown.status == status and sentence in " ".join(shown.err.split())


def test_counts_without_a_header_are_certified_as_counts_alone(program: Any, votes: str) -> None:
    Path(votes).write_text("0 0 0 990 10 0 0 0 0 0\n" * 3)
    shown = program("replay", votes, *SAID)
    assert shown.status == 2
    assert "has neither a selection block nor labels: only --selection same" in shown.err
    found = json.loads(program("replay", votes, *SAID, "--selection", "same", "--json", "-").out)
    assert [(row["idx"], row["label"], row["predicted_class"]) for row in found["rows"]] == [
        (place, -1, 3) for place in range(3)
    ]
    assert found["summary"]["clean_accuracy"] is None


def test_the_condition_stands_beside_what_is_said_of_a_population(program: Any, votes: str) -> None:
    shown = program("replay", votes, *SAID)
    assert "population," in shown.out and "if drawn at random," in shown.out
    assert "holds only if the rows are a random draw from it" in shown.out


def test_a_malformed_file_is_one_sentence_with_its_line(program: Any, votes: str) -> None:
    Path(votes).write_text(ROWS + "c,0,1,2,-3,4\n")
    shown = program("replay", votes, *SAID)
    assert shown.status == 2
    assert shown.err == (
        f"certiscope: {votes}, line 4: n_0 is '-3', not a whole number of 0 or more.\n"
    )
    assert program("replay", votes + ".gone").status == 2
