from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from engine.core.errors import UserError
from engine.signing import attestation, dsse, keys
from tests.factories import make_evidence


@pytest.fixture
def key(tmp_path: Path) -> keys.SigningKey:
    return keys.create(tmp_path / "k.pem", name="Ada Example")


def test_the_statement_is_in_toto_about_files_model_and_input(key: keys.SigningKey) -> None:
    evidence = make_evidence()
    raw = json.loads(attestation.statement(evidence, {"run.json": b"text"}, key.public))
    assert raw["_type"] == "https://in-toto.io/Statement/v1"
    assert raw["predicateType"].startswith("urn:certiscope:")
    digests = {s["name"]: s["digest"]["sha256"] for s in raw["subject"]}
    assert digests["run.json"] == hashlib.sha256(b"text").hexdigest()
    assert set(digests.values()) >= {evidence.model.sha256, evidence.input.sha256}
    assert raw["predicate"]["statement"] == evidence.statement


def test_what_was_signed_is_read_back(key: keys.SigningKey, tmp_path: Path) -> None:
    evidence, file = make_evidence(), tmp_path / "run.json"
    file.write_bytes(b"text")
    place = attestation.sign_files([file], evidence, key)
    assert place == tmp_path / "run.dsse.json"
    envelope = dsse.read(place.read_bytes(), "x")
    stated = attestation.read_statement(envelope.payload, "x")
    assert stated.signer == key.public
    assert stated.seal == evidence.seal
    assert dsse.signed_by(envelope, stated.signer.raw)


@pytest.mark.parametrize("payload", [b"", b"{}", b"[]", b'{"_type": "x", "predicateType": "y"}'])
def test_other_payloads_are_refused(payload: bytes) -> None:
    with pytest.raises(UserError, match="holds no statement about a run"):
        attestation.read_statement(payload, "x")


def test_missing_files_are_one_sentence(key: keys.SigningKey, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="Cannot read .*gone"):
        attestation.sign_files([tmp_path / "gone.json"], make_evidence(), key)
