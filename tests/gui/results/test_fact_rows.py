from __future__ import annotations

from engine.core.records import Votes
from engine.demos.gallery import case_of, recorded_evidence
from engine.evidence.evidence import Evidence
from engine.evidence.observations import EnsembleRecord, MemberVotes
from engine.evidence.settings import CertifySettings
from engine.procedures.playback import played
from gui.results.fact_rows import evidence_rows, snapshot_rows


def test_bounds_are_rounded_in_the_direction_that_weakens_the_claim(make):
    evidence = make.evidence(CertifySettings())
    rows = dict(evidence_rows(evidence))
    assert float(rows["p lower"]) <= evidence.bounds.p_lower
    assert float(rows["p upper, others"]) >= evidence.bounds.p_upper


def test_every_number_a_reader_needs_is_there(make):
    rows = dict(evidence_rows(make.evidence(CertifySettings(seed=5))))
    assert rows["prediction"] == "7 (label 7)"
    assert rows["votes for 7"] == "98,000 of 100,000"
    assert rows["n0, n"] == "100, 100,000"
    assert rows["alpha"] == "0.001"
    assert rows["confidence"] == "99.9 %"
    assert rows["seed"] == "5"
    assert rows["noise"] == "Gaussian, sigma 0.25 (pixels in [0,1])"


def test_the_numbers_are_those_of_the_evidence(make):
    evidence = make.evidence(CertifySettings(n=1234, alpha=0.05))
    rows = dict(evidence_rows(evidence))
    assert (rows["n0, n"], rows["alpha"]) == ("100, 1,234", "0.05")


def test_a_running_count(make):
    rows = dict(snapshot_rows(make.snapshot(CertifySettings(), 1000), tuple("0123456789")))
    assert rows["votes"] == "980 of 1,000"


def test_a_map_that_is_being_made_has_a_share_and_images(make):
    """The share of its box is no probability, and what is drawn beside it no vote."""
    evidence = recorded_evidence(case_of("aircraft"))
    names = evidence.model.class_names
    found = played(evidence)[-1].model_copy(update={"bounds": evidence.bounds})
    rows = dict(snapshot_rows(found, names))
    assert rows["certified share of the box"] == "0.5800"
    assert rows["images beside that keep it"] == "916 of 1,000"
    for some in ({"estimation": Votes(counts=(0, 0))}, {"top": None}, {"bounds": None}):
        less = dict(snapshot_rows(found.model_copy(update=some), names))
        assert len(less) < len(rows)
        assert not {"p lower", "p upper, others", "votes"} & set(less)


def test_a_seed_is_shown_in_full_and_says_where_it_comes_from(make):
    drawn = CertifySettings(seed=7_677_162_394_206_992_279, seed_origin="drawn")
    assert ("seed, drawn", "7677162394206992279") in evidence_rows(make.evidence(drawn))
    given = CertifySettings(seed=5, seed_origin="given")
    assert ("seed, given", "5") in evidence_rows(make.evidence(given))


def test_the_forward_passes_that_a_consensus_saved_are_shown(make):
    """Three members, the third asked about 250 of 1,000 samples: a quarter of 3,000 is saved."""
    votes = [
        MemberVotes(asked=asked, failures=0, counts=(asked, *[0] * 9))
        for asked in (1000, 1000, 250)
    ]
    record = EnsembleRecord(samples=1000, members=tuple(votes))
    evidence = make.evidence(CertifySettings()).model_copy(update={"ensemble": record})
    said = dict(evidence_rows(evidence))["members"]
    assert said == (
        "asked about 1,000, 1,000, 250 of 1,000 samples; 25.00 % of the forward passes saved"
    )


def test_the_share_of_a_map_is_called_no_probability():
    evidence = Evidence.model_validate_json(case_of("aircraft").evidence.read_bytes())
    said = dict(evidence_rows(evidence))
    assert said["certified share of the box"] == "0.5800"
    assert said["images beside that keep it"] == "916 of 1,000"
    assert not [name for name in said if name.startswith(("p ", "votes"))]
