"""Computed probabilities are computed again where model and input are at hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.core.generators import result_of
from engine.evidence.evidence import Evidence
from engine.evidence.settings import ExactSettings
from engine.inputs import load_input
from engine.models import ModelRequest, fitted, load_model
from engine.procedures.certify import certify
from engine.schemes.stumps import Stumps
from engine.verify.computed import check_computed
from engine.verify.counts import Recount, check_counts
from tests.engine.models.stumps.test_lightgbm import TEXT


def computed(folder: Path) -> Evidence:
    """A row between two cuts of a model of LightGBM, so that both classes have some mass."""
    (folder / "m.txt").write_text(TEXT)
    (folder / "t.csv").write_text("a,b\n0.7,1.5\n0.1,2.5\n1.4,0.5\n")
    model = load_model(ModelRequest(str(folder / "m.txt")))
    given = fitted(model, load_input(f"{folder / 't.csv'}:2?columns=all"))
    settings = ExactSettings(scheme=Stumps(sigma=0.8, samples=200))
    return result_of(certify(model, given, settings))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("stumps")


@pytest.fixture(scope="module")
def evidence(place: Path) -> Evidence:
    return computed(place)


def test_the_claim_follows_from_what_was_computed(evidence: Evidence) -> None:
    assert evidence.outcome == "certified" and evidence.class_name == "class 1"
    assert evidence.votes.kind == "exact" and evidence.votes.selection == (0, 0)
    assert sum(evidence.votes.estimation) == 200
    assert evidence.bounds is not None and evidence.bounds.alpha == 0.0
    assert "since the probability is computed" in evidence.statement
    claims = check_counts(Recount(evidence))
    assert {claim.verdict for claim in claims} == {"holds"}, claims


def test_it_is_computed_again(evidence: Evidence, place: Path) -> None:
    (claim,) = check_computed(evidence, "", "", place)
    assert claim.verdict == "holds"
    (claim,) = check_computed(evidence, "", "", place, counts_only=True)
    assert claim.verdict == "cannot be checked"
    (claim,) = check_computed(evidence, "elsewhere.txt", "", place)
    assert claim.verdict == "cannot be checked" and "name the file with --model" in claim.detail


def test_masses_of_another_model_do_not_hold(evidence: Evidence, place: Path) -> None:
    other = place / "other.txt"
    other.write_text(TEXT.replace("threshold=0.5", "threshold=0.6"))
    (claim,) = check_computed(evidence, str(other), "", place)
    assert claim.verdict == "does not hold"


def test_better_masses_are_no_claim_of_these_votes(evidence: Evidence) -> None:
    """The radius follows from the masses; and votes that these could not give refute them."""
    facts = dict(evidence.facts)
    names = list(facts)
    better = evidence.model_copy(update={"facts": {**facts, names[1]: 1e-9, names[0]: 1.0}})
    wrong = {claim.name for claim in check_counts(Recount(better)) if claim.verdict != "holds"}
    assert {"bounds", "certified region"} <= wrong
    refuted = Recount(better).facts
    assert refuted["region"] is None and refuted["abstention"].reason == "not-deterministic"
    assert "is not the one that was computed" in refuted["abstention"].sentence


def test_masses_in_a_tail_are_compared_by_their_size() -> None:
    """1e-40 and 1e-300 differ by less than 1e-15, and by three times the radius."""
    model = load_model(ModelRequest("demo:breast-cancer-stumps"))
    given = fitted(model, load_input("breast-cancer:3"))
    found = result_of(certify(model, given, ExactSettings(scheme=Stumps(sigma=0.3, samples=50))))
    name = next(iter(found.facts))
    assert 1e-50 < float(found.facts[name]) < 1e-30
    forged = found.model_copy(update={"facts": {**found.facts, name: 1e-300}})
    for evidence, verdict in ((found, "holds"), (forged, "does not hold")):
        (claim,) = check_computed(evidence, "", "", Path())
        assert claim.verdict == verdict
