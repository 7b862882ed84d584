"""Computed probabilities are computed again where model and input are at hand."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest

from engine.core.generators import result_of
from engine.core.records import PartIdentity
from engine.evidence.evidence import Evidence
from engine.evidence.settings import ExactSettings
from engine.inputs import load_input
from engine.models import ModelRequest, fitted, load_model
from engine.procedures.certify import certify
from engine.regions import LightMap
from engine.report.summary import content
from engine.schemes import ExactMap
from engine.schemes.exact_map import MAP
from engine.schemes.parameter_fields import NUMBERS, OF_TABLE, PIXELS
from engine.schemes.stumps import Stumps
from engine.schemes.stumps_vote import MEMBER, StumpsVote
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


def test_its_noise_names_the_unit_of_a_row_alone_and_that_of_programs_before_holds(
    evidence: Evidence,
) -> None:
    assert [level.unit for level in evidence.noise.levels] == [NUMBERS]
    assert PIXELS not in str(content(evidence))
    for unit, verdict in ((f"{PIXELS}{OF_TABLE}{NUMBERS}", True), ("metres", False)):
        levels = tuple(replace(level, unit=unit) for level in evidence.noise.levels)
        noise = evidence.noise.model_copy(update={"levels": levels})
        claims = check_counts(Recount(evidence.model_copy(update={"noise": noise})))
        assert all(claim.verdict == "holds" for claim in claims) is verdict


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


def test_a_vote_is_computed_again_and_its_member_stated() -> None:
    """Beside it are votes of the member that decides; another one's name does not hold."""
    model = load_model(ModelRequest("demo:breast-cancer-vote"))
    given = fitted(model, load_input("breast-cancer:3"))
    scheme = StumpsVote(norm="l1", lam=4.0, samples=400)
    found = result_of(certify(model, given, ExactSettings(scheme=scheme)))
    assert found.outcome == "certified" and found.region is not None
    assert "since the probabilities of its members are computed" in found.statement
    assert {claim.verdict for claim in check_counts(Recount(found))} == {"holds"}
    (claim,) = check_computed(found, "", "", Path())
    assert claim.verdict == "holds"
    number, _, count = str(found.facts[MEMBER]).partition(" of ")
    other = f"{int(number) % int(count) + 1} of {count}"
    forged = found.model_copy(update={"facts": {**found.facts, MEMBER: other}})
    (claim,) = check_computed(forged, "", "", Path())
    assert claim.verdict == "does not hold"


@pytest.fixture(scope="module")
def mapped() -> Evidence:
    """A digit in a box that is certified in part."""
    model = load_model(ModelRequest("demo:digits-0.25"))
    given = fitted(model, load_input("digits:52"))
    scheme = ExactMap(contrast=0.7, brightness=0.4, cells=255, samples=100)
    return result_of(certify(model, given, ExactSettings(scheme=scheme)))


@pytest.mark.thorough
def test_a_map_is_bounded_again_without_torch(mapped: Evidence, place: Path) -> None:
    assert mapped.outcome == "certified" and isinstance(mapped.region, LightMap)
    assert 0 < mapped.region.share < 1 and set(mapped.region.leaves.status) >= {"c", "v"}
    assert "every certified cell is bounded" in mapped.statement
    assert {claim.verdict for claim in check_counts(Recount(mapped))} == {"holds"}
    file = place / "map.json"
    file.write_text(mapped.model_dump_json())
    code = (
        "import sys; from pathlib import Path; from engine.verify.verifying import verify; "
        "found = verify(Path(sys.argv[1])); claims = {c.name: c.verdict for c in found.claims}; "
        "print(claims['certified cells, bounded again'], 'torch' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(file)], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["holds", "False"]


@pytest.mark.parametrize("letters", ["vc", "oc"])
def test_a_cell_that_is_not_certified_does_not_hold(
    mapped: Evidence, place: Path, letters: str
) -> None:
    """Somebody calls a violated or an open cell certified, and everything else follows from it."""
    text = str(mapped.facts[MAP])
    assert letters[0] in text
    facts = {**mapped.facts, MAP: text.replace(*letters, 1)}
    changed = mapped.model_copy(update={"facts": facts})
    again = Recount(changed).facts
    assert again["region"].share > mapped.region.share
    (claim,) = check_computed(changed, "", "", place)
    assert claim.name == "certified cells, bounded again" and claim.verdict == "does not hold"


def test_a_stopped_map_keeps_what_was_certified() -> None:
    model = load_model(ModelRequest("demo:digits-0.25"))
    given = fitted(model, load_input("digits:52"))
    scheme = ExactMap(contrast=0.7, brightness=0.4, cells=4001, samples=100)
    stop = Event()
    run = certify(model, given, ExactSettings(scheme=scheme), stop=stop)
    for snapshot in run:
        if snapshot.region is not None:
            stop.set()
            break
    evidence = result_of(run)
    assert not evidence.complete and evidence.stop_reason == "stopped"
    assert evidence.outcome == "certified" and "Stopped after 0 of 100 votes" in evidence.statement
    assert str(evidence.facts[MAP]).count("s") < 200
    claims = check_counts(Recount(evidence))
    assert {claim.verdict for claim in claims} == {"holds"}, claims


def test_no_computed_claim_is_of_a_model_made_of_several(evidence: Evidence) -> None:
    """Bounds are those of one file: a denoiser or members beside it have not been bounded."""
    part = evidence.model.part("denoiser") or PartIdentity(role="denoiser", name="d", sha256="0")
    model = evidence.model.model_copy(update={"parts": (*evidence.model.parts, part)})
    claims = check_counts(Recount(evidence.model_copy(update={"model": model})))
    (votes,) = [one for one in claims if one.name == "votes add up"]
    assert votes.verdict == "does not hold" and "made of several" in votes.detail
