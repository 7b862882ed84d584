"""The report of a set: what was changed in it is found, and by which claim."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.report.audit.pages import write_set_report
from engine.report.audit.record import SetRecord
from engine.report.audit.words import set_statement
from engine.verify import Plan, verify
from engine.verify.report import Claim
from engine.verify.sets import SetCheck, _percent_of_floats, together
from engine.verify.verifying import _Verification
from tests.engine.report.audit.test_gallery import show
from tests.sets import make_set

Change = Callable[[dict[str, Any]], None]


def broken(change: Change | None = None, **more: Any) -> set[str]:
    """The claims that do not hold of a set, after a change of its JSON."""
    made = make_set(**more)
    record = made.recorder.record(made.result, set_statement(made.result))
    tree = json.loads(record.text())
    if change is not None:
        change(tree)
    claims = list(SetCheck(SetRecord.model_validate(tree)).claims())
    assert claims
    return {claim.name for claim in claims if claim.verdict == "does not hold"}


@pytest.mark.parametrize("bound", ["anytime", "clopper-pearson", "anytime-two-class", "live"])
def test_rows_as_they_were_counted_hold(bound: str) -> None:
    assert broken(bound=bound) == set()


def test_rows_of_runs_with_a_target_and_stopped_sets_hold() -> None:
    assert broken(target="radius=0.1") == set()
    assert broken(rows=2) == set()


def test_an_older_set_does_not_say_in_its_notes_what_is_taken_of_files() -> None:
    made = make_set()
    record = made.recorder.record(made.result, set_statement(made.result))
    tree = json.loads(record.text())
    tree["common"]["input"]["fitting"] = {"steps": ["cropped"], "source": [1, 9, 9]}
    check = SetCheck(SetRecord.model_validate(tree))
    found = [evidence.input.fitting for _, evidence in check.record.evidence()]
    assert all(fitting and fitting.steps for fitting in found)
    claims = {claim.name: claim.verdict for claim in check.claims()}
    assert claims["what the rows come to"] == "holds"
    assert check.result is not None and not any("takes it" in note for note in check.result.notes)


def field(tree: dict[str, Any], name: str) -> dict[str, Any]:
    """A field of the second row, whole or in part."""
    row = tree["rows"][1]
    return row["own"].get(name) or row["part"][name]


def swap_votes(tree: dict[str, Any]) -> None:
    counts = field(tree, "observations")["estimation"]
    counts[0], counts[1] = counts[0] - 1, counts[1] + 1


def enlarge(tree: dict[str, Any]) -> None:
    row = tree["rows"][1]["own"]
    row["radius"] = field(tree, "region")["radius"] = row["radius"] * 1.01


def enlarge_p_lower(tree: dict[str, Any]) -> None:
    field(tree, "bounds")["p_lower"] += 1e-4


def invent_ends(tree: dict[str, Any]) -> None:
    tree["rows"][1]["ends"] = [{"counts": [401, 0], "failures": 0}]


def drop_row(tree: dict[str, Any]) -> None:
    del tree["rows"][5]


def double_row(tree: dict[str, Any]) -> None:
    tree["rows"][5] = dict(tree["rows"][0])


def other_share(tree: dict[str, Any]) -> None:
    tree["result"]["summary"]["certified_accuracy"]["radius=0.25"] = 1.0


def other_words(tree: dict[str, Any]) -> None:
    tree["statement"] = tree["statement"].replace("5 are", "6 are")


def other_alpha(tree: dict[str, Any]) -> None:
    tree["result"]["settings"]["alpha"] = 0.01


def other_key(tree: dict[str, Any]) -> None:
    tree["rows"][1]["part"]["noise"]["key"] = "0" * 16


def ruin(tree: dict[str, Any]) -> None:
    field(tree, "observations")["kind"] = "none"


@pytest.mark.parametrize(
    ("change", "claim"),
    [
        (swap_votes, "bounds"),
        (enlarge, "certified region"),
        (enlarge_p_lower, "bounds"),
        (invent_ends, "earlier votes"),
        (drop_row, "what the rows come to"),
        (double_row, "rows share model and settings"),
        (other_share, "what the rows come to"),
        (other_words, "statement of the set"),
        (other_alpha, "rows share model and settings"),
        (other_key, "noise key and generator"),
        (ruin, "rows"),
    ],
)
def test_a_change_is_found(change: Change, claim: str) -> None:
    assert claim in broken(change)


def test_a_report_is_verified_and_says_how_far(tmp_path: Path) -> None:
    made, path = make_set(), tmp_path / "set.pdf"
    write_set_report(made.recorder, made.result, path, show)
    report = verify(path, Plan(counts_only=True))
    assert report.ok and report.headline() == "Arithmetic holds; votes not re-drawn"
    found = {claim.name: claim.detail for claim in report.claims}
    assert found["bounds"] == "6 rows" and found["pages"] == "set again, byte for byte"
    (stated,) = report.stated
    assert stated.statement == set_statement(made.result) and not stated.why
    again = verify(path, Plan(counts_only=True, rerun=1))
    (open_,) = [claim for claim in again.claims if claim.verdict == "cannot be checked"]
    assert open_.name == "votes drawn again" and "its blocks" in open_.detail and not again.ok
    lone = tmp_path / "set.json"
    record = made.recorder.record(made.result, set_statement(made.result))
    lone.write_bytes(record.text())
    assert verify(lone, Plan(counts_only=True)).ok
    lone.write_bytes(record.text().replace(b":", b": ", 1))
    spelled = verify(lone, Plan(counts_only=True))
    assert spelled.failures_first()[0].name == "text as written"


def test_a_set_that_was_worded_by_floats_is_still_one() -> None:
    shares = [(3, 1000), (29, 100), (0, 0)]
    assert [_percent_of_floats(*one) for one in shares] == ["0.2 %", "29.0 %", "0.0 %"]
    made = make_set()
    worded = set_statement(made.result, lambda part, whole: f"{part} in {whole}")
    assert " in 6)" in worded  # what verify compares with both ways of writing shares


def test_claims_of_many_rows_are_named_by_the_first_that_fail() -> None:
    good, bad = (
        Claim(name="x", verdict="holds"),
        Claim(name="x", verdict="does not hold", detail="n"),
    )
    found = together("x", [("a", good), *((str(i), bad) for i in range(5))])
    assert found.detail == "0: n; 1: n; 2: n; and 2 more" and found.verdict == "does not hold"
    assert together("x", [("a", good)]).detail == "1 row"


def test_what_follows_from_inputs_alone_is_open_where_they_are_not_read(tmp_path: Path) -> None:
    """Cells of a map and distances of anchors are no counts: a forger may write any."""
    made, path = make_set(), tmp_path / "set.json"
    tree = json.loads(made.recorder.record(made.result, set_statement(made.result)).text())
    record = SetRecord.model_validate(tree)
    first, *_ = record.evidence()
    facts = first[1].model_copy(update={"facts": {"interpolation_error": 0.1}})
    check = _Verification(path, Plan(counts_only=True))
    found = list(check._files([(first[0], facts)]))
    assert [one.verdict for one in found] == ["cannot be checked"], found
