import hashlib
import subprocess
import sys

import pytest
from pydantic import ValidationError

from engine.evidence.evidence import SCHEMA_VERSION, Evidence
from engine.evidence.settings import CertifySettings
from engine.procedures.certify import certify
from tests.factories import make_evidence
from tests.fakes import HalfSpace, finish, fitted


def test_holds_the_fields_a_reader_relies_on():
    found = finish(certify(HalfSpace(0.3), fitted(), CertifySettings(n0=10, n=500)))
    data = found.model_dump(mode="json")
    assert data["schema_version"] == SCHEMA_VERSION
    assert data["outcome"] == "certified" and data["predicted_class"] == 0
    assert data["radius"] == data["region"]["radius"]
    assert (
        sum(data["observations"]["selection"]) == 10
        and sum(data["observations"]["estimation"]) == 500
    )
    assert data["bounds"]["method"] == "anytime" and 0.5 < data["bounds"]["p_lower"] < 1
    assert data["settings"]["scheme"] == {"key": "gaussian", "sigma": 0.25}
    assert len(data["model"]["sha256"]) == len(data["input"]["sha256"]) == 64
    assert data["performance"]["samples_per_second"] > 0
    assert data["software"]["certiscope"]


def test_unknown_fields_are_refused():
    found = finish(certify(HalfSpace(0.3), fitted(), CertifySettings(n0=10, n=50)))
    with pytest.raises(ValidationError):
        Evidence.model_validate({**found.model_dump(), "surprise": 1})


def test_reading_evidence_loads_no_torch():
    code = "import sys, engine.evidence.evidence, engine.figures; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_seal_changes_with_every_value_and_survives_reading_back() -> None:
    evidence = make_evidence()
    text = evidence.model_dump_json()
    assert f'"seal":"{evidence.seal}"' in text
    again = Evidence.model_validate_json(text)
    assert again == evidence and again.seal == evidence.seal
    assert evidence.model_copy(update={"run_number": 1}).seal != evidence.seal
    plain = evidence.model_dump_json(exclude={"seal"}).encode()
    assert evidence.seal == hashlib.sha256(plain).hexdigest()
