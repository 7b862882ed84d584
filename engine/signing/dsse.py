"""DSSE envelopes: a payload, its type, and signatures over both (Dead Simple Signing Envelope v1).

What is signed is the pre-authentication encoding ``DSSEv1 len(type) type len(body) body``, so that
no other program's payload can be passed off as this one.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass

from engine.core.errors import UserError
from engine.signing.keys import SigningKey

PAYLOAD_TYPE = "application/vnd.in-toto+json"


@dataclass(frozen=True)
class Envelope:
    """A payload with its signatures, each as (key id, signature)."""

    payload: bytes
    signatures: tuple[tuple[str, bytes], ...]


def pae(payload: bytes, payload_type: str = PAYLOAD_TYPE) -> bytes:
    """The bytes that are signed."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def seal(payload: bytes, key: SigningKey) -> str:
    """The envelope as JSON."""
    signature = {
        "keyid": key.public.fingerprint,
        "sig": base64.b64encode(key.sign(pae(payload))).decode(),
    }
    envelope = {
        "payloadType": PAYLOAD_TYPE,
        "payload": base64.b64encode(payload).decode(),
        "signatures": [signature],
    }
    return json.dumps(envelope, indent=2) + "\n"


def read(text: bytes, name: str) -> Envelope:
    """An envelope, not yet checked.

    Raises:
        UserError: it is none, or of another type.
    """
    try:
        stated = json.loads(text)
        if stated["payloadType"] != PAYLOAD_TYPE:
            raise ValueError("another type")
        signatures = tuple(
            (str(each.get("keyid", "")), base64.b64decode(each["sig"], validate=True))
            for each in stated["signatures"]
        )
        payload = base64.b64decode(stated["payload"], validate=True)
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error, RecursionError):
        raise UserError(f"{name} is no signature of Certiscope, or is damaged.") from None
    return Envelope(payload, signatures)


def signed_by(envelope: Envelope, raw: bytes) -> bool:
    """Whether one of the signatures is that of the public key ``raw``."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    for _, signature in envelope.signatures:
        try:
            Ed25519PublicKey.from_public_bytes(raw).verify(signature, pae(envelope.payload))
        except (InvalidSignature, ValueError):
            continue
        return True
    return False
