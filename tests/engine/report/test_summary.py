from __future__ import annotations

import pytest

from engine.core.records import Votes
from engine.evidence.attack import AttackRecord
from engine.evidence.evidence import ChainRecord
from engine.evidence.settings import CertifySettings
from engine.evidence.tries import with_tries
from engine.regions import Abstention
from engine.report.summary import content, estimated
from engine.schemes import parse_scheme
from tests.factories import make_evidence, make_input, make_predicted


def facts(evidence_content: object) -> dict[str, str]:
    return {fact.label: fact.value for fact in evidence_content.key_facts}  # type: ignore[attr-defined]


def test_key_numbers_are_rounded_against_the_claim() -> None:
    evidence = make_evidence()
    assert evidence.bounds is not None
    shown = facts(content(evidence))
    assert 0 <= evidence.bounds.p_lower - float(shown["p lower"]) < 1e-5
    assert 0 <= float(shown["p upper"]) - evidence.bounds.p_upper < 1e-5
    assert evidence.radius is not None
    assert 0 <= evidence.radius - float(shown["certified region"].removeprefix("R = ")) < 1e-3


def test_a_contradicted_certificate_is_titled_so() -> None:
    attack = AttackRecord(
        outcome="found",
        how="x",
        perturbation={"radius": 0.001},
        found_class=1,
        votes=Votes(counts=(1, 9, 0)),
    )
    words = content(make_evidence(attack=attack))
    assert (words.title, words.verdict, words.tone) == (
        "Contradicted certificate",
        "CONTRADICTED",
        "bad",
    )
    assert words.statement.startswith("Refuted by an attack: ")
    assert words.why is not None and words.why.sentences[0].startswith("CONTRADICTION")
    region = next(fact for fact in words.key_facts if fact.label == "certified region")
    assert region.note == "does not hold"


@pytest.mark.parametrize(
    ("reason", "cause"),
    [
        ("wrong-guess", "the selection votes guessed the wrong class"),
        ("below-half", "the class's probability under the noise is not above one half"),
        ("too-few-samples", "n is too small for these votes"),
    ],
)
def test_each_cause_of_an_abstention_is_named(reason: str, cause: str) -> None:
    abstention = Abstention.model_validate({"reason": reason, "sentence": "it is so."})
    evidence = make_evidence(
        outcome="abstained", region=None, radius=None, abstention=abstention, statement="Nothing."
    )
    why = content(evidence).why
    assert why is not None
    assert (why.facts[0].label, why.facts[0].value) == ("most likely", cause)
    assert len(why.facts) == 3
    assert why.sentences == ("It is so.",)


def test_stopped_fixed_n_run_names_no_cause_but_its_n() -> None:
    abstention = Abstention(reason="stopped-early", sentence="stopped.", n_needed=5000)
    why = content(make_evidence(outcome="abstained", abstention=abstention)).why
    assert why is not None
    assert [(fact.label, fact.value) for fact in why.facts] == [("n that would help", "5,000")]


def test_answer_is_held_against_the_label() -> None:
    def note(**label: object) -> str:
        evidence = make_evidence(input=make_input(**label))
        return next(fact.note for fact in content(evidence).key_facts if fact.label == "prediction")

    assert note() == "class 7; the true class"
    assert note(label=2, label_name="two") == "class 7; the true class is 'two'"
    assert note(label=None, label_name=None) == "class 7; true class not known"


def test_failures_count_among_the_votes() -> None:
    evidence = make_evidence(failures=10)
    assert estimated(evidence) == Votes(counts=evidence.votes.estimation, failures=10).n


def test_prediction_claims_no_region() -> None:
    words = content(make_predicted())
    assert {"certified region", "p lower", "bound"}.isdisjoint(facts(words))
    found = {
        p: facts(content(make_predicted(p_value=p)))["p-value"] for p in (0.0, 2.301e-12, 0.0004)
    }
    assert found == {0.0: "below 1e-300", 2.301e-12: "≤ 2.31e-12", 0.0004: "≤ 0.000401"}


def test_first_page_has_the_chains_head_and_says_which_run_it_is() -> None:
    facts = {fact.label: fact for fact in content(make_evidence()).identity}
    assert facts["tries"].value == "runs were not counted (no case file)"
    assert "chain" not in facts
    head = "ab" * 32
    chain = ChainRecord(start="cd" * 32, block=50, head=head, blocks=())
    evidence = make_evidence(chain=chain, run_number=2, runs_counted=5, stop_reason="stopped")
    facts = {fact.label: fact for fact in content(evidence).identity}
    assert facts["chain"].value == head
    assert facts["seal"].value == evidence.seal
    assert facts["tries"].value == "run 2 of 5 on this model, input and setting"
    assert facts["tries"].note == "ended: stopped"
    facts = {fact.label: fact for fact in content(with_tries(evidence, 2, 3, "case")).identity}
    assert facts["tries"].value == (
        "try 2 of 3 known to this case (same model, input and attacker)"
    )


def test_the_badge_says_how_sound_the_noise_is() -> None:
    assert content(make_evidence()).badge == "float noise"
    noise = make_evidence().noise.model_copy(update={"arithmetic": "exact grid"})
    assert content(make_evidence(noise=noise)).badge == "sound on the 8-bit grid"


def test_parameters_that_matter_are_among_the_key_numbers() -> None:
    for parameters, told in (({}, {"p", "sigma"}), ({"centre": 2}, {"p", "sigma", "centre"})):
        scheme = parse_scheme({"key": "hierarchical-gaussian", "sigma": 0.5, **parameters})
        evidence = make_evidence(settings=CertifySettings(scheme=scheme))
        shown = content(evidence).key_facts
        names = {fact.label for fact in shown}
        assert told <= names and not {"centre", "p in the centre"} & (names - told)
        assert not any(fact.note.endswith(", ") for fact in shown)


def test_an_open_decision_is_not_explained_by_an_unclear_class() -> None:
    abstained = make_evidence(
        outcome="abstained",
        region=None,
        radius=None,
        abstention=Abstention(reason="too-few-samples", sentence="radius=0.9 is still open."),
    )
    labels = {fact.label for fact in content(abstained).why.facts}
    assert {"most likely", "less likely"} <= labels
    open_question = content(abstained.model_copy(update={"procedure": "decide"})).why
    assert open_question.title == "Why it is not certified" and not open_question.facts
    assert "Radius=0.9 is still open." in open_question.sentences
