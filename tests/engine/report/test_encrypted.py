from __future__ import annotations

import pytest

from engine.evidence.observations import EncryptedRecord
from engine.report.encrypted import NOT_CLAIMED, encrypted_limits, encrypted_sections
from engine.report.sections import limits, sections
from tests.factories import make_evidence

COMMON = {"ring": 8192, "primes": (53, 53, 52, 60), "scale": 30, "features": 65, "hidden": 25}


def test_a_share_in_doubt_is_rounded_up():
    record = EncryptedRecord(
        answer="scores", **COMMON, limit=8.0, error=1e-3, samples=163_840, doubtful=116
    )
    (section,) = encrypted_sections(make_evidence().model_copy(update={"encrypted": record}))
    values = {fact.label: fact.value for fact in section.facts}
    assert values["subtracted"] == "116 of 163,840 samples (0.1 %)"


def test_a_model_in_the_clear_has_no_such_section():
    assert encrypted_sections(make_evidence()) == () == encrypted_limits(make_evidence())


@pytest.mark.parametrize("answer", ["scores", "bits"])
def test_a_report_says_what_was_subtracted_and_who_may_learn_what(answer):
    record = EncryptedRecord(
        answer=answer,
        **COMMON,
        limit=8.0,
        error=0.25,
        samples=1000,
        doubtful=7,
        outside=3,
        deviation=0.0 if answer == "scores" else 1.5,
    )
    found = make_evidence().model_copy(update={"encrypted": record})
    (section,) = encrypted_sections(found)
    values = {fact.label: fact.value for fact in section.facts}
    assert values["subtracted"] == "10 of 1,000 samples (1.0 %), 3 beyond the limit"
    assert "modulus 218 of 218 bits (128-bit security)" in values["parameters"]
    assert ("sum of distances" in values) == (answer == "bits")
    text = " ".join(section.sentences)
    assert "learns neither image nor noise, neither scores nor prediction nor radius" in text
    assert ("every score of every noisy sample" in text) == (answer == "scores")
    assert section in sections(found) and NOT_CLAIMED in limits(found).sentences
