from __future__ import annotations

from typing import Any

import pytest

from engine.evidence.evidence import Evidence
from engine.evidence.observations import EncryptedRecord
from engine.evidence.settings import CertifySettings, ExactSettings, PredictSettings
from engine.evidence.statement import SERVED
from engine.evidence.tries import claim_alone, tries_in_words
from engine.schemes.dssn_l1 import DssnL1
from engine.verify.counts import check_counts
from engine.verify.decisions import recount_of
from engine.verify.encrypted import check_encrypted, is_served

RECORD = {
    "answer": "scores",
    "ring": 8192,
    "primes": (53, 53, 52, 60),
    "scale": 30,
    "features": 65,
    "hidden": 25,
    "limit": 8.0,
    "error": 1e-3,
    "samples": 600,
}


def served(certified: Evidence, source: str = "encrypted:127.0.0.1:7707", **changes: Any):
    record = EncryptedRecord(**{**RECORD, **changes})
    model = certified.model.model_copy(update={"source": source})
    said = " ".join(filter(None, (claim_alone(certified), SERVED, tries_in_words(certified))))
    return certified.model_copy(update={"encrypted": record, "model": model, "statement": said})


def test_an_encrypted_run_holds(certified):
    found = served(certified)
    assert is_served(found) and check_encrypted(found) == []
    claims = {claim.name: claim.verdict for claim in check_counts(recount_of(found))}
    assert set(claims.values()) == {"holds"} and "encrypted inference" in claims


def test_the_claim_says_that_it_rests_on_the_server(certified):
    silent = served(certified).model_copy(update={"statement": certified.statement})
    claims = {claim.name: claim.verdict for claim in check_counts(recount_of(silent))}
    assert claims["statement"] == "does not hold"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"primes": (53, 53, 53, 60)}, "219 bits is not secure at 128 bits"),
        ({"ring": 1000}, "none of the Homomorphic Encryption Standard"),
        ({"scale": 5}, "its parameters are none of CKKS"),
        ({"features": 64}, "64 values are not those of the input"),
        ({"deviation": 1.0}, "scores have no distance"),
        ({"answer": "bits", "error": 0.4}, "a bit is in doubt from 0.25 on, not from 0.4"),
        ({"samples": 601}, "more than were drawn"),
        ({"doubtful": 601}, "more than were drawn"),
        ({"doubtful": 400, "outside": 20}, "420 samples in doubt are not among 0 failures"),
        ({"source": "demo:digits-0.25"}, "its model was at no server"),
    ],
)
def test_what_does_not_fit_is_found(certified, changes, said):
    wrong = check_encrypted(served(certified, **changes))
    assert any(said in each for each in wrong), wrong


def test_a_record_that_was_taken_out_is_missed(certified):
    found = served(certified).model_copy(update={"encrypted": None})
    assert check_encrypted(found) == [
        "its model was at a server, and nothing says how it was computed there"
    ]


@pytest.mark.parametrize(
    ("settings", "how"),
    [
        (CertifySettings(bound="two-class"), "two-class"),
        (PredictSettings(test="two-sided"), "the two-sided test"),
        (ExactSettings(scheme=DssnL1(lam=0.1)), "enumeration"),
    ],
)
def test_other_classes_are_not_bounded_by_votes_in_doubt(certified, settings, how):
    found = served(certified).model_copy(update={"settings": settings})
    assert check_encrypted(found) == [
        f"{how} bounds other classes by votes of which some are in doubt"
    ]
