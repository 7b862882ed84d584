"""What is signed: an in-toto Statement v1 about the files of one run, its model and its input."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.core.errors import UserError
from engine.core.files import sha256_bytes, write_atomically
from engine.evidence.evidence import Evidence
from engine.signing import dsse
from engine.signing.keys import PublicKey, SigningKey

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "urn:certiscope:run:v1"
ENDING = ".dsse.json"


@dataclass(frozen=True)
class Attestation:
    """A statement that has been read, not yet checked.

    Attributes:
        subjects: digests (SHA-256) of what it is about, by name.
        signer: who says to have signed.
        seal: of the evidence.
    """

    subjects: Mapping[str, str]
    signer: PublicKey
    seal: str


def statement(evidence: Evidence, files: Mapping[str, bytes], signer: PublicKey) -> bytes:
    """The statement's bytes: compact JSON."""
    digests = {name: sha256_bytes(data) for name, data in files.items()}
    digests[f"model {evidence.model.name}"] = evidence.model.sha256
    digests[f"input {evidence.input.name}"] = evidence.input.sha256
    content = {
        "_type": STATEMENT_TYPE,
        "subject": [{"name": name, "digest": {"sha256": d}} for name, d in digests.items()],
        "predicateType": PREDICATE_TYPE,
        "predicate": {
            "run": evidence.run_id,
            "outcome": evidence.outcome,
            "statement": evidence.statement,
            "chain": evidence.chain.head if evidence.chain else None,
            "seal": evidence.seal,
            "signer": {"name": signer.name, "key": signer.raw.hex()},
        },
    }
    return json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode()


def read_statement(payload: bytes, name: str) -> Attestation:
    """What a payload states.

    Raises:
        UserError: it is no statement about a run.
    """
    try:
        content: Any = json.loads(payload)
        if (content["_type"], content["predicateType"]) != (STATEMENT_TYPE, PREDICATE_TYPE):
            raise ValueError("another statement")
        predicate = content["predicate"]
        signer = predicate["signer"]
        return Attestation(
            subjects={str(s["name"]): str(s["digest"]["sha256"]) for s in content["subject"]},
            signer=PublicKey(str(signer["name"]), bytes.fromhex(signer["key"])),
            seal=str(predicate["seal"]),
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        raise UserError(f"{name} holds no statement about a run of Certiscope.") from None


def sign_files(paths: Sequence[Path], evidence: Evidence, key: SigningKey) -> Path:
    """Write the envelope beside the first of the files of one run; its path.

    Raises:
        UserError: a file cannot be read, or the envelope cannot be written.
    """
    try:
        files = {path.name: path.read_bytes() for path in paths}
    except OSError as error:
        raise UserError(f"Cannot read {error.filename}: {error.strerror or error}.") from error
    envelope = envelope_path(paths[0])
    text = dsse.seal(statement(evidence, files, key.public), key)
    write_atomically(envelope, text.encode())
    return envelope


def envelope_path(path: Path) -> Path:
    """``run.json`` and ``run.pdf`` are both signed in ``run.dsse.json``."""
    return path.with_name(path.stem + ENDING)
