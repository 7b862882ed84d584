from __future__ import annotations

import json
from pathlib import Path

from engine.verify import Plan, verify
from engine.verify.report import Claim, Redrawn, VerificationReport

HOSTILE = Path(__file__).parents[2] / "golden" / "hostile"


def report(*verdicts: str, redrawn: tuple[Redrawn, ...] = ()) -> VerificationReport:
    claims = tuple(Claim(name="c", verdict=v, detail="d") for v in verdicts)  # type: ignore[arg-type]
    return VerificationReport(file="f", kind="JSON", claims=claims, redrawn=redrawn)


def test_only_all_claims_together_are_fine() -> None:
    assert report("holds", "holds").ok
    assert not report("holds", "cannot be checked").ok
    assert not report("holds", "does not hold").ok
    assert not report().ok


def test_lines_and_summary_say_it_in_words() -> None:
    found = report("holds", "does not hold", "cannot be checked")
    assert [claim.line() for claim in found.claims] == [
        "c: holds (d)",
        "c: does not hold (d)",
        "c: cannot be checked because d",
    ]
    assert [claim.verdict for claim in found.failures_first()] == [
        "does not hold",
        "cannot be checked",
        "holds",
    ]
    assert found.summary() == "1 of 3 checks failed. 1 more cannot be made. f is not verified."
    open_ = report("holds", "cannot be checked").summary()
    assert open_ == "1 of 2 checks cannot be made; votes not re-drawn. f is not verified."
    assert report().summary() == "Nothing to check. f is not verified."
    assert Claim(name="c", verdict="holds", about="run 2").line() == "run 2: c: holds"


def test_the_headline_names_how_far_it_went() -> None:
    some, whole, none = Redrawn(blocks=20, of=200), Redrawn(blocks=9, of=9), Redrawn(blocks=0, of=0)
    for redrawn, level, words in (
        ((), "votes not re-drawn", "votes not re-drawn"),
        ((some, none), "votes not re-drawn", "votes not re-drawn"),
        ((some,), "blocks re-drawn", "20 of 200 blocks re-drawn, with the selection votes"),
        ((some, whole), "blocks re-drawn", "29 of 209 blocks re-drawn, with the selection votes"),
        ((whole,), "everything re-drawn", "everything re-drawn"),
    ):
        found = report("holds", redrawn=redrawn)
        assert found.level == level
        assert json.loads(found.model_dump_json())["level"] == level
        assert found.headline() == f"Arithmetic holds; {words}"
        taken = level == "votes not re-drawn"
        assert ("The votes are taken as recorded." in found.summary()) == taken


def test_predict_has_no_selection_votes_to_draw_again() -> None:
    """Of a case with one more run, which has no result."""
    predicted = Redrawn(blocks=1, of=1, selection=False)
    found = report("holds", redrawn=(predicted,)).model_copy(update={"unfinished": 1})
    assert found.headline() == (
        "Arithmetic holds; 1 of 1 blocks re-drawn, but none of 1 run without a result"
    )


def test_invented_votes_pass_as_arithmetic_and_fail_when_they_are_drawn_again() -> None:
    for name in ("honest", "forged_votes"):
        found = verify(HOSTILE / f"{name}.json", Plan(counts_only=True))
        assert found.ok and found.level == "votes not re-drawn"
        assert found.headline() == "Arithmetic holds; votes not re-drawn"
        assert found.notes[0].startswith("Votes are taken as recorded unless they are drawn again")
    honest = verify(HOSTILE / "honest.json", Plan(rerun="all"))
    assert honest.headline() == "Arithmetic holds; everything re-drawn"
    forged = verify(HOSTILE / "forged_votes.json", Plan(rerun="all"))
    assert not forged.ok and forged.level == "votes not re-drawn"
    assert "votes drawn again" in {c.name for c in forged.claims if c.verdict == "does not hold"}
    assert forged.headline().endswith("checks failed")
