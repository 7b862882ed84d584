from __future__ import annotations

from engine.verify.report import Claim, VerificationReport


def report(*verdicts: str) -> VerificationReport:
    claims = tuple(Claim(name="c", verdict=v, detail="d") for v in verdicts)  # type: ignore[arg-type]
    return VerificationReport(file="f", kind="JSON", claims=claims)


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
    assert found.summary() == "1 of 3 claims of f does not hold and 1 of 3 cannot be checked."
    assert report("holds").summary() == "All 1 claims of f hold."
    assert Claim(name="c", verdict="holds", about="run 2").line() == "run 2: c: holds"
