from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from engine.core.errors import UserError
from engine.signing import dsse, keys


@pytest.fixture
def key(tmp_path: Path) -> keys.SigningKey:
    return keys.create(tmp_path / "k.pem", name="Ada")


def test_pre_authentication_encoding_of_the_specification() -> None:
    encoded = dsse.pae(b"hello world", "http://example.com/HelloWorld")
    assert encoded == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"


def test_an_envelope_is_signed_by_its_key_alone(key: keys.SigningKey, tmp_path: Path) -> None:
    envelope = dsse.read(dsse.seal(b"{}", key).encode(), "x")
    assert envelope.payload == b"{}"
    assert envelope.signatures[0][0] == key.public.fingerprint
    assert dsse.signed_by(envelope, key.public.raw)
    other = keys.create(tmp_path / "o.pem", name="Other")
    assert not dsse.signed_by(envelope, other.public.raw)


def test_another_payload_or_signature_does_not_hold(key: keys.SigningKey) -> None:
    raw = json.loads(dsse.seal(b"{}", key))
    raw["payload"] = base64.b64encode(b"{ }").decode()
    assert not dsse.signed_by(dsse.read(json.dumps(raw).encode(), "x"), key.public.raw)
    raw = json.loads(dsse.seal(b"{}", key))
    raw["signatures"][0]["sig"] = base64.b64encode(b"\0" * 64).decode()
    assert not dsse.signed_by(dsse.read(json.dumps(raw).encode(), "x"), key.public.raw)


@pytest.mark.parametrize(
    "text", [b"", b"{}", b"[]", b'{"payloadType": "text/plain"}', b"{" * 9999, b"\xff"]
)
def test_what_is_no_envelope_is_refused(text: bytes) -> None:
    with pytest.raises(UserError, match="is no signature of Certiscope"):
        dsse.read(text, "x.dsse.json")
