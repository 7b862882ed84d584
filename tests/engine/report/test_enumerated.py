from __future__ import annotations

import io
import re
from pathlib import Path

import pypdf
import pytest

from engine.demos.gallery import case_of
from engine.evidence.evidence import Evidence
from engine.figures.anchors import over_n
from engine.figures.bounds import BoundsFigure
from engine.report.content import Content
from engine.report.enumerated import samples_counted
from engine.report.html import html_text
from engine.report.pdf import pdf_bytes, report_figures
from engine.report.summary import content
from tests.engine.verify.test_computed import computed
from tests.factories import make_counted, make_evidence, make_predicted

CHANCE = r"alpha|confidence 9|n0|fresh votes|seed \(|same seed|stop at|declared before|[Ss]tream"
"""Words of chance, which have no place where nothing is drawn."""


def all_words(words: Content) -> str:
    """Everything the report says, but for the command line and what the bound's catalogue says."""
    sections = [*words.sections, words.limits, *([words.why] if words.why else [])]
    facts = [*words.key_facts, *words.identity, *(f for part in sections for f in part.facts)]
    told = [f"{fact.label} {fact.value} {fact.note}" for fact in facts if fact.label != "bound"]
    told += [sentence for part in sections for sentence in part.sentences]
    told += [" ".join(part.table.header) for part in sections if part.table]
    return "\n".join([words.statement, *told])


def value(evidence: Evidence, label: str) -> tuple[str, str]:
    return next((f.value, f.note) for f in content(evidence).key_facts if f.label == label)


def test_only_a_whole_count_is_one() -> None:
    assert samples_counted(make_counted()) == 255
    assert samples_counted(make_evidence()) is None
    assert samples_counted(make_predicted()) is None


def test_nothing_is_said_of_chance() -> None:
    words = all_words(content(make_counted(command="")))
    assert re.findall(CHANCE, words) == []
    assert len(re.findall(CHANCE, all_words(content(make_evidence(command=""))))) > 10


def test_first_page_says_what_was_counted() -> None:
    evidence = make_counted()
    assert content(evidence).badge == "every sample counted"
    assert value(evidence, "noise samples") == ("255", "all that the noise law has")
    assert value(evidence, "counted") == ("all, twice", "both counts agree")
    assert value(evidence, "confidence")[0] == "none needed"
    assert value(evidence, "p of the class")[0] == "0.92156"  # 235/255, rounded down
    assert value(evidence, "p of others")[0] == "0.08236"  # 21/255 for the tie, rounded up


def test_counts_that_differ_or_stop_are_told() -> None:
    votes = make_counted().votes.model_copy(update={"selection": (255, *[0] * 9)})
    assert "not a function" in value(make_counted(observations=votes), "counted")[1]
    partial = make_counted(estimation=(0,) * 7 + (100, 0, 0))
    assert value(partial, "counted") == ("not to the end", "nothing is claimed before")
    assert "100 of 255 planned votes" in content(partial).partial


@pytest.mark.parametrize(
    ("title", "sentence"),
    [
        ("Decision rule", "The noise law has 255 samples, and all of them were to be counted"),
        ("To repeat this run", "There is no seed: every run counts the same samples"),
        ("To check it", "Put the counts ('2' 20, '7' 235) into the theorem"),
    ],
)
def test_sections_speak_of_counts(title: str, sentence: str) -> None:
    section = next(part for part in content(make_counted()).sections if part.title == title)
    assert sentence in " ".join(section.sentences)


def test_settled_settings_and_the_curve_over_n_are_left_out() -> None:
    parts = {part.title: part for part in content(make_counted()).sections}
    assert [fact.label for fact in parts["Parameters"].facts] == [
        "half-width", "precision",
    ]  # fmt: skip
    assert "Bounds over n" not in parts
    header = parts["Votes"].table
    assert header is not None and header.header[2:4] == ("first count", "second count")
    kinds = [type(figure).__name__ for figure in report_figures(make_counted(), None)]
    assert kinds == ["VotesFigure"]


def test_pdf_and_html_say_the_same() -> None:
    pages = pypdf.PdfReader(io.BytesIO(pdf_bytes(make_counted(command="")))).pages
    pdf = " ".join(" ".join(page.extract_text().split()) for page in pages)
    html = html_text(make_counted(command="")).split('<script type="application/json"')[0]
    for text in (pdf, html):
        assert "none needed" in text and "first count" in text
        assert "fresh" not in text and "99.9" not in text and "selection" not in text


def test_a_computed_probability_is_reported_as_such(tmp_path: Path) -> None:
    """Votes beside it are shown over n, and no word of chance or of a complete count is said."""
    found = computed(tmp_path)
    words = content(found)
    assert words.badge == "computed, not sampled"
    assert value(found, "p of the class")[1] == "computed, rounded down"
    assert value(found, "votes beside")[0] == "200"
    assert value(found, "cost of rounding")[0] == "0.00001"
    said = all_words(words)
    assert set(re.findall(CHANCE, said)) == {"stream"}  # of the test of its noise
    assert "all of them were to be counted" not in said and "first count" not in said
    assert any(section.title == "Bounds over n" for section in words.sections)
    assert [type(one).__name__ for one in report_figures(found, None)][:2] == [
        "VotesFigure",
        "BoundsFigure",
    ]
    shares = next(one for one in report_figures(found, None) if isinstance(one, BoundsFigure))
    assert shares.dashed == "share of the votes"
    last = found.trajectory[-1]
    assert shares.provisional[-1].p_lower == last.k / last.n
    assert pdf_bytes(found)[:5] == b"%PDF-"


def test_of_a_map_nothing_is_drawn_over_n() -> None:
    found = Evidence.model_validate_json(case_of("aircraft").evidence.read_bytes())
    assert value(found, "images beside") == ("1,000", "no claim rests on them")
    assert "votes beside" not in all_words(content(found))
    assert found.trajectory and over_n(found, found.model.class_names) is None
    assert not [one for one in report_figures(found, None) if isinstance(one, BoundsFigure)]
    assert "Bounds over n" not in [part.title for part in content(found).sections]
