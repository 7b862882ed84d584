from __future__ import annotations

import pytest

from engine.case.digests import digest, progress_digest, run_digest, same_run, start_hashes, subject
from engine.core.records import Votes
from engine.evidence.settings import CertifySettings, DecideSettings, PredictSettings
from engine.procedures.certify import certify
from engine.schemes import Gaussian, HybridUniform
from tests.fakes import HalfSpace, finish, fitted, identity

MODEL, IMAGE, SETTINGS = identity(), fitted().identity, CertifySettings(n0=60, n=1000)


@pytest.mark.walk
@pytest.mark.parametrize("noise", ["float", "exact"])
def test_the_chain_starts_as_in_the_procedure(noise: str) -> None:
    settings = CertifySettings(n0=60, n=500, noise=noise)
    found = finish(certify(HalfSpace(0.3), fitted(), settings))
    assert found.chain is not None
    selection = Votes(counts=found.votes.selection, failures=found.votes.selection_failures)
    starts = start_hashes(
        found.model, found.input, settings, key=found.noise.key, selection=selection
    )
    assert starts[0] == found.chain.start
    other = found.model.model_copy(update={"normalization": "imagenet"})
    changed = start_hashes(other, found.input, settings, key=found.noise.key, selection=selection)
    assert changed[0] != starts[0] and changed[1] == starts[1]


@pytest.mark.parametrize(
    ("change", "subject_stays", "run_stays"),
    [
        ({"seed": 5}, True, False),
        ({"n": 9}, True, False),
        ({"n0": 9}, True, False),
        ({"target": "radius=0.1"}, True, False),
        ({"alpha": 0.01}, False, False),
        ({"bound": "live"}, False, False),
        ({"noise": "exact"}, False, False),
        ({"precision": "bf16"}, False, False),
        ({"scheme": Gaussian(sigma=1.0)}, False, False),
    ],
)
def test_what_counts_as_the_same(change: dict, subject_stays: bool, run_stays: bool) -> None:
    other = SETTINGS.model_copy(update=change)
    assert (subject(MODEL, IMAGE, other) == subject(MODEL, IMAGE, SETTINGS)) is subject_stays
    assert (same_run(MODEL, IMAGE, other) == same_run(MODEL, IMAGE, SETTINGS)) is run_stays


def test_another_normalisation_is_another_function() -> None:
    other = MODEL.model_copy(update={"normalization": "imagenet"})
    assert same_run(other, IMAGE, SETTINGS) != same_run(MODEL, IMAGE, SETTINGS)
    renamed = MODEL.model_copy(update={"name": "moved", "source": "elsewhere"})
    assert same_run(renamed, IMAGE, SETTINGS) == same_run(MODEL, IMAGE, SETTINGS)


def test_procedures_are_counted_apart() -> None:
    others = (PredictSettings(n=1000), DecideSettings(n=1000, target="radius=0.1"))
    assert len({subject(MODEL, IMAGE, each) for each in (SETTINGS, *others)}) == 3


def test_digests_tell_parts_apart() -> None:
    assert digest("ab", "c") != digest("a", "bc")
    assert progress_digest("r", "[1]", 2, "h", "") != progress_digest("r", "[1]", 3, "h", "")
    assert run_digest([1, "a"]) != run_digest(["1", "a"])


def test_bytes_in_the_place_of_a_text_have_a_digest_of_no_text() -> None:
    assert len(digest("a", b"a")) == 64
    assert digest("a", b"a") not in (digest("a", "a"), digest("a", "61"))


def test_a_field_that_decides_nothing_makes_no_other_claim() -> None:
    one, other = (HybridUniform(sigma=sigma, sigmas="0.25,0.5") for sigma in (0.25, 0.26))
    settings = [CertifySettings(scheme=scheme) for scheme in (one, other)]
    assert subject(MODEL, IMAGE, settings[0]) == subject(MODEL, IMAGE, settings[1])
    changed = CertifySettings(scheme=HybridUniform(sigmas="0.25,0.6"))
    assert subject(MODEL, IMAGE, settings[0]) != subject(MODEL, IMAGE, changed)
