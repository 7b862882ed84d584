from __future__ import annotations

from engine.core.fields import field_specs
from engine.evidence.settings import CertifySettings, ExactSettings
from engine.report.content import Section
from engine.report.sections import _guarantee, limits, sections
from engine.schemes.exact_map import ExactMap
from engine.schemes.hybrid_uniform import HybridUniform
from engine.schemes.stumps import Stumps
from tests.factories import make_evidence, make_input, make_predicted


def section(title: str, parts: tuple[Section, ...]) -> Section:
    return next(part for part in parts if part.title == title)


def test_every_parameter_is_listed() -> None:
    listed = [fact.label for fact in section("Parameters", sections(make_evidence())).facts]
    titles = [spec.title for spec in field_specs(CertifySettings) if spec.name != "target"]
    assert "batch" not in titles  # how a run was carried out decides no claim
    assert listed == ["sigma", *titles]
    seeded = make_evidence(settings=CertifySettings(seed=7_677_162_394_206_992_279))
    facts = {fact.label: fact.value for fact in section("Parameters", sections(seeded)).facts}
    assert facts["seed"] == "7677162394206992279"  # as --seed takes it


def test_what_means_nothing_under_a_scheme_is_not_listed() -> None:
    ablation = {"key": "ablation", "entities": 64, "keep": 6}
    settings = CertifySettings.model_validate({"scheme": ablation, "target": "entities=1"})
    facts = section("Parameters", sections(make_evidence(settings=settings))).facts
    listed = {fact.label: fact.value for fact in facts}
    assert listed["stop at"] == "entities=1"
    assert not {"noise", "p"} & set(listed)
    assert not {"", "None"} & set(listed.values())


def test_what_is_computed_cites_its_scheme_and_no_bound_of_another() -> None:
    for scheme in (ExactMap(), Stumps()):
        evidence = make_evidence().model_copy(update={"settings": ExactSettings(scheme=scheme)})
        facts = {fact.label: fact.value for fact in _guarantee(evidence)}
        assert facts["bound's source"] == scheme.citation
        assert "probability" not in facts["bound"]


def test_limits_begin_with_the_schemes_own() -> None:
    evidence = make_evidence()
    sentences = limits(evidence).sentences
    assert sentences[: len(evidence.settings.scheme.limits)] == evidence.settings.scheme.limits
    assert any("smoothed classifier g" in sentence for sentence in sentences)
    assert any("per statement" in sentence for sentence in sentences)
    assert not any("R or more" in sentence for sentence in limits(make_predicted()).sentences)


def test_table_of_votes_adds_up() -> None:
    table = section("Votes", sections(make_evidence(failures=5))).table
    assert table is not None
    assert sum(int(row[3].replace(",", "")) for row in table.rows) == 100_005
    assert table.rows[-1][:4] == ("no class", "", "0", "5")


def test_trajectory_ends_at_the_claim_and_rounds_down() -> None:
    evidence = make_evidence()
    table = section("Bounds over n", sections(evidence)).table
    assert table is not None
    assert evidence.bounds is not None
    assert table.rows[-1][0] == "100,000"
    assert 0 <= evidence.bounds.p_lower - float(table.rows[-1][2]) < 1e-5
    provisional = make_evidence(bound="clopper-pearson", n_plan=10**6)
    table = section("Bounds over n", sections(provisional)).table
    assert table is not None
    assert {row[4] for row in table.rows} == {"provisional"}


def test_decision_rule_states_its_risk() -> None:
    for evidence in (make_evidence(), make_predicted()):
        text = " ".join(section("Decision rule", sections(evidence)).sentences)
        assert "at most alpha = 0.001 (confidence 99.9 %)" in text
    assert "p-value" in " ".join(section("Decision rule", sections(make_predicted())).sentences)


def test_a_decisions_phases_are_listed():
    from engine.evidence.evidence import DecisionRecord, PhaseRecord

    phase = PhaseRecord(
        selection=(9, 1), estimation=(90, 10), guess=0, alpha=0.0005, p_lower=0.87654321
    )
    decision = DecisionRecord(
        target="radius=0.5",
        radius=0.5,
        beta=0.0001,
        plan=(100, 1000),
        phases=(phase,),
        verdict="certified",
        samples_used=110,
        samples_full=1100,
    )
    evidence = make_evidence().model_copy(update={"procedure": "decide", "decision": decision})
    (found,) = [part for part in sections(evidence) if part.title == "Phases of the decision"]
    shown = [(fact.label, fact.value, fact.note) for fact in found.facts]
    assert ("target", "radius=0.5", "verdict: certified") in shown
    assert ("phase 1", "100 votes", "p lower 0.87654 at alpha 0.0005") in shown


def test_a_missed_target_is_told_beside_what_was_asked():
    evidence = make_evidence(certified_at={"radius=0.25": True}, stop_reason="target out of reach")
    settings = evidence.settings.model_copy(update={"target": "radius=0.75"})
    asked = section(
        "Perturbations asked for", sections(evidence.model_copy(update={"settings": settings}))
    )
    assert [(fact.label, fact.value, fact.note) for fact in asked.facts] == [
        ("radius=0.75", "not certified", "the target; ended: target out of reach"),
        ("radius=0.25", "certified", ""),
    ]


def test_a_table_is_spoken_of_in_numbers_and_fields():
    scheme = HybridUniform(arities="3,3", beta=0.4, sigmas="0.25,0.5")
    run = make_evidence(settings=CertifySettings(scheme=scheme))
    row = run.input.model_copy(update={"kind": "table", "shape": (2,)})
    run = run.model_copy(update={"input": row})
    facts = {fact.label: fact.value for fact in section("Method", sections(run)).facts}
    assert facts["the attacker may"].startswith("replace at most d fields by other values")
    assert "sigmas 0.25, 0.5" in facts["noise"]
    assert not any("word" in said for said in limits(run).sentences)


def test_a_prediction_lists_what_it_read_and_one_count_of_votes() -> None:
    parts = sections(make_predicted())
    listed = {fact.label for fact in section("Parameters", parts).facts}
    assert {"n", "alpha", "seed"} <= listed and not {"n0", "bound"} & listed
    table = section("Votes", parts).table
    assert table is not None and table.header == ("class", "index", "votes", "share")
    assert all(len(row) == 4 for row in table.rows)


def test_a_law_states_the_tail_and_the_scale_that_the_input_decided() -> None:
    """In 64 numbers a is 64 / 2 + 10, or 64 + 100, and scale^2 is 64 sigma^2 by E ||e||_2^2.

    That is (d / 2) / (a - d / 2 - 1) = 32 / 9 for pow-2 with k 2. Of pow-inf the longest number is
    beta-prime of 64 and 100, its square 64 65 / (99 98), ||e||_2^2 that times (d + 2) / 3.
    """
    squares = {"pow-2": 32 / 9, "pow-inf": 64 * 65 / (99 * 98) * 66 / 3}
    for key, tail in (("pow-2", "42"), ("pow-inf", "164")):
        settings = CertifySettings.model_validate({"scheme": {"key": key, "sigma": 0.5}})
        scheme = settings.scheme
        evidence = make_evidence(settings=settings, input=make_input(shape=(1, 8, 8)))
        found = sections(evidence)
        scale = f"{0.5 * (64 / squares[key]) ** 0.5:.4g}"
        (words,) = [f.value for f in section("Method", found).facts if f.label == "noise"]
        assert words.endswith(f", a {tail}, scale {scale} in 64 dimensions")
        listed = {fact.label: fact.value for fact in section("Parameters", found).facts}
        assert listed["tail"].startswith(f"{tail}, dimension")
        assert listed["scale"].startswith(f"{scale}, ") and "not given" not in listed.values()
        assert "a = dimension" in scheme.noise_in_words()
        assert scheme.model_dump()["lam"] is scheme.model_dump()["a"] is None


def test_a_soft_claim_says_that_it_is_neither_about_votes_nor_about_the_base_model() -> None:
    found = make_evidence(settings=CertifySettings(bound="soft"))
    said = " ".join(limits(found).sentences)
    assert "another function than the vote of the classes" in said
    assert "Nor is anything said of the base model used alone." in said
