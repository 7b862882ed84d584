from __future__ import annotations

import pytest

from engine.demos.gallery import CASES
from engine.evidence.ending import ended_in_words
from engine.evidence.evidence import Evidence
from engine.evidence.settings import ExactSettings
from engine.schemes.dssn_l1 import DssnL1
from tests.factories import make_evidence

RECORDED = {case.key: case.evidence for case in CASES if not case.opens}


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("digit", "planned n reached"),
        ("ring", "all anchors asked"),
        ("tumour", "probability computed"),
        ("aircraft", "map complete"),
    ],
)
def test_only_what_plans_an_n_reaches_one(key: str, words: str) -> None:
    evidence = Evidence.model_validate_json(RECORDED[key].read_bytes())
    assert evidence.stop_reason == "planned n reached"
    assert ended_in_words(evidence) == words


def test_a_law_that_is_counted_whole_has_all_of_its_samples() -> None:
    settings = ExactSettings(scheme=DssnL1(lam=0.5))
    found = make_evidence().model_copy(update={"settings": settings})
    assert ended_in_words(found) == "all samples counted"


@pytest.mark.parametrize("reason", ["stopped", "out of memory", "target certified"])
def test_other_reasons_are_said_as_they_are(reason: str) -> None:
    aircraft = Evidence.model_validate_json(RECORDED["aircraft"].read_bytes())
    assert ended_in_words(aircraft.model_copy(update={"stop_reason": reason})) == reason
