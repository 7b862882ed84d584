"""What the report of a set says, against counts made by hand."""

from __future__ import annotations

from engine.evidence.attack import AttackRecord
from engine.procedures.set_result import SetResult, with_attacks
from engine.regions import LightMap
from engine.report.audit.figure import certified_accuracy_figure
from engine.report.audit.record import SetRecorder
from engine.report.audit.words import ends, set_content, set_statement, size_in_words
from engine.report.content import Content
from engine.schemes import ExactMap, Gaussian, UniformL1
from tests.sets import make_set


def content(**more) -> tuple[SetResult, Content]:
    made = make_set(**more)
    record = made.recorder.record(made.result, set_statement(made.result))
    return made.result, set_content(record, made.result)


def test_the_statement_counts_the_rows() -> None:
    assert set_statement(make_set().result) == (
        "Of 6 inputs counted, 5 are certified, each at alpha = 0.001, 4 of them for their label. "
        "Certified for their label at radius 0.1: 4 (66.6 %). Certified for their label at radius "
        "0.25: 2 (33.3 %). With alpha shared out over all 6 inputs, 5 certificates hold at once "
        "with confidence 99.9 %."
    )
    unlabelled = set_statement(make_set(label=None).result)
    assert "label" not in unlabelled and unlabelled.startswith("Of 6 inputs counted, 5 are certif")
    limited = make_set().result.model_copy(update={"available": 400})
    assert "Of 6 inputs counted (of the set's 400)" in set_statement(limited)


def test_what_is_missing_is_said_on_the_first_page_and_by_name() -> None:
    result, words = content(specs=("0.0", "broken", "0.1"))
    assert words.verdict == "PARTIAL" and words.partial == "2 of 3 inputs have a row."
    (unread,) = [section for section in words.sections if section.title == "Inputs without a row"]
    assert unread.sentences == ("broken: broken is truncated.",)
    table = words.sections[0].table
    assert table is not None and len(table.header) == 3  # nothing is said of a population
    assert not result.complete
    made = make_set()
    cut = made.result.model_copy(update={"complete": False})
    words = set_content(made.recorder.record(cut, ""), cut)
    assert words.verdict == "PARTIAL" and "fewer votes" in words.partial


def test_the_table_gives_shares_rounded_down_and_the_average_radius() -> None:
    result, words = content()
    table = words.sections[0].table
    assert table is not None
    rows = {row[0]: row[1:] for row in table.rows}
    assert rows["correct, not abstained"][0] == "66.66 %" and rows["abstained"][0] == "16.6 %"
    assert rows["certified at radius 0.25"][0] == "33.33 %"
    radii = [row.radius for row in result.rows[:4]]
    shown = float(rows["average certified radius"][0])
    assert 0 <= sum(radii) / 6 - shown < 1e-4
    assert {fact.label for fact in words.key_facts} >= {"clean accuracy", "abstained", "alpha", "n"}


def test_rows_at_the_ends_are_named_once() -> None:
    result = make_set().result
    found = ends(result)
    assert [row.idx for row in found["Largest certified"]] == ["0.0", "0.1", "0.2", "0.3"]
    assert [row.idx for row in found["Certified for another class than the label"]] == ["0.9"]
    assert [row.idx for row in found["Abstained"]] == ["0.5"]
    assert "Smallest certified" not in found  # there are no others
    assert size_in_words(None, "image") == "nothing"
    assert "R" in size_in_words(result.rows[0].region, "image")


def test_attacks_are_counted_and_a_contradiction_is_the_verdict() -> None:
    made, recorder = make_set(), SetRecorder()
    attack = AttackRecord(
        outcome="found", how="x", perturbation={"radius": 0.01}, found_class=1, contradicts=True
    )
    for spec, evidence in made.evidence.items():
        recorder.add(spec, evidence.model_copy(update={"attack": attack}))
    result = with_attacks(made.result, dict.fromkeys(made.evidence, attack))
    assert "this set is not to be used" in result.notes[-1]
    words = set_content(recorder.record(result, set_statement(result)), result)
    assert words.verdict == "CONTRADICTED" and words.tone == "bad"
    (said,) = [one for one in words.sections if one.title == "Attacks"]
    assert "Of 6 rows attacked" in said.sentences[0]
    assert words.why is not None and words.why.title == "Why this is not to be used"
    assert "CONTRADICTION" in words.why.sentences[0] and "0.1" in words.why.sentences[0]
    figure = certified_accuracy_figure(result)
    assert figure is not None and figure.curves[-1].points[1] == (0.01, 4 / 6)


def test_the_statement_says_what_certified_means_where_it_is_less() -> None:
    result = make_set().result
    first = next(row for row in result.rows if row.region is not None)

    def said(scheme: object, region: object = first.region) -> str:
        settings = result.settings.model_copy(update={"scheme": scheme})
        rows = (first.model_copy(update={"region": region}),)
        return set_statement(result.model_copy(update={"settings": settings, "rows": rows}))

    assert "kept among the first 3" in said(Gaussian(sigma=0.25, top_k=3))
    assert "keep every pixel in [0, 1]" in said(UniformL1(lam=0.5, box=True))
    box = {"contrast": 0.2, "brightness": 0.1, "convention": "linear", "clip": True}
    assert "; 0 over the whole box" in said(ExactMap(), LightMap(**box, cells="sco"))
    assert "; 1 over the whole box" in said(ExactMap(), LightMap(**box, cells="scc"))
