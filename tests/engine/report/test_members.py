from __future__ import annotations

from engine.core.records import PartIdentity
from engine.evidence.evidence import Evidence
from engine.evidence.observations import EnsembleRecord, MemberVotes
from engine.evidence.spread import MemberSpread
from engine.figures.curves import CurveFigure
from engine.report.html import html_text
from engine.report.members import member_sections
from engine.report.pdf import report_figures
from tests.factories import make_evidence


def ensemble(record: EnsembleRecord | None) -> Evidence:
    found = make_evidence()
    members = [
        PartIdentity(
            role="member",
            name=f"network {i}",
            sha256="",
            rules={"sha256": f"{i}" * 64, "normalization": "none"},
        )
        for i in range(2)
    ]
    rule = PartIdentity(
        role="rule", name="logits summed", sha256="", rules={"combine": "logits", "consensus": 0}
    )
    model = found.model.model_copy(update={"parts": (*members, rule)})
    return found.model_copy(update={"model": model, "ensemble": record})


def test_a_single_model_has_no_such_section() -> None:
    assert member_sections(make_evidence()) == ()


def test_each_member_has_a_row_with_its_votes_for_the_class_and_what_was_saved() -> None:
    evidence = ensemble(None)
    (plain,) = member_sections(evidence)
    assert plain.table is not None and plain.table.rows[1] == ("network 1", "none", "1" * 12)
    classes, top = len(evidence.model.class_names), evidence.votes.guess
    assert top is not None
    votes = [tuple(n * (index == top) for index in range(classes)) for n in (90, 10)]
    record = EnsembleRecord(
        samples=100,
        members=(
            MemberVotes(asked=100, counts=votes[0], failures=10),
            MemberVotes(asked=20, counts=votes[1], failures=10),
        ),
    )
    (section,) = member_sections(ensemble(record))
    assert section.table is not None
    assert [row[3:] for row in section.table.rows] == [
        ("100", "90 (90.0 %)"),
        ("20", "10 (50.0 %)"),
    ]
    assert record.saved == 0.4
    assert ("forward passes saved", "40.00 %") in [(f.label, f.value) for f in section.facts]
    assert "network 1" in html_text(ensemble(record))


def test_records_that_cannot_be_are_seen() -> None:
    def wrong(*members: MemberVotes, samples: int = 10, n: int = 10, consensus: int = 0) -> str:
        record = EnsembleRecord(samples=samples, members=members)
        return "; ".join(record.contradictions(n=n, members=2, classes=2, consensus=consensus))

    full = MemberVotes(asked=10, counts=(7, 2), failures=1)
    part = MemberVotes(asked=3, counts=(3, 0))
    assert wrong(full, full) == ""
    assert wrong(full, full, full) != ""
    assert "more samples than were drawn" in wrong(full, full, n=9)
    assert "asked about every sample" in wrong(full, part)
    assert "not all its answers" in wrong(full, MemberVotes(asked=10, counts=(7, 2)))
    assert "one count for each class" in wrong(full, MemberVotes(asked=10, counts=(10,)))
    assert wrong(full, part, samples=10, consensus=2) != ""


def test_the_variance_that_is_left_is_told_and_drawn() -> None:
    classes = len(make_evidence().model.class_names)
    votes = MemberVotes(asked=100, counts=(100, *(0,) * (classes - 1)))
    spread = MemberSpread(samples=100, variances=(4.0, 4.0), of_first=(4.0, 3.0))
    evidence = ensemble(EnsembleRecord(samples=100, members=(votes, votes), spread=spread))
    (section,) = member_sections(evidence)
    (said,) = [fact.value for fact in section.facts if fact.label == "variance that is left"]
    assert "keeps 0.750 of one's variance, correlation zeta 0.500" in said
    assert any("of the members, under the noise" in one for one in section.sentences)
    *_, drawn = report_figures(evidence, None)
    assert isinstance(drawn, CurveFigure) and drawn.title == "Variance of the members"
