"""Opening a file whose word is not taken for anything: JSON, PDF or case."""

from __future__ import annotations

import io
import json
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError
from pydantic_core import to_json

from engine.core.errors import UserError, in_a_line
from engine.evidence.evidence import SCHEMA_VERSION, Evidence
from engine.evidence.upgrade import OLDER, evidence_from, seal_of
from engine.report.audit.record import NAME as SET
from engine.report.audit.record import SetRecord
from engine.verify.report import Claim

logging.getLogger("pypdf").addHandler(logging.NullHandler())
"""What it thinks of a damaged file goes nowhere: a claim or a sentence says what is wrong."""
Kind = Literal["JSON", "PDF", "case"]

LARGEST = 256 << 20
ATTACHMENT, ILLUSTRATIONS = "evidence.json", "illustrations.json"


@dataclass(frozen=True)
class Stated:
    """Evidence as a file states it.

    Attributes:
        text: its bytes.
        evidence: what they say; None if they do not have the form of evidence.
        claims: on the form and the seal.
    """

    text: bytes
    evidence: Evidence | None
    claims: tuple[Claim, ...]


def kind_of(path: Path) -> Kind:
    """What a file is, by its first bytes.

    Raises:
        UserError: it cannot be read, is empty, or is nothing that can be verified.
    """
    head = _read(path, 1024)
    if not head:
        raise UserError(f"{path} is empty; export the report again.")
    if head.startswith(b"SQLite format 3\0"):
        return "case"
    if b"%PDF-" in head:
        return "PDF"
    if head.lstrip()[:1] == b"{":
        return "JSON"
    raise UserError(
        f"{path} is neither a report (.pdf) nor evidence (.json) nor a case (.certiscope), or its "
        "beginning is damaged; export it again."
    )


def read_bytes(path: Path) -> bytes:
    """The bytes of a report or of evidence.

    Raises:
        UserError: they cannot be read, or are too many.
    """
    data = _read(path, LARGEST + 1)
    if len(data) > LARGEST:
        raise UserError(f"{path} is larger than any report ({LARGEST >> 20} MiB).")
    return data


def _read(path: Path, most: int) -> bytes:
    try:
        if path.exists() and not path.is_file():
            raise UserError(f"{path} is not a file; give a report, evidence (.json) or a case.")
        with path.open("rb") as file:
            return file.read(most)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UserError(f"Cannot read {path}: {reason}.") from error


def read_evidence(text: bytes, path: Path) -> Stated:
    """What some JSON states, and whether it is as it was written.

    Raises:
        UserError: it is no JSON, no evidence, or of a newer schema.
    """
    raw = _parsed(text, path)
    if "schema_version" not in raw or "procedure" not in raw:
        raise UserError(_no_evidence(raw, path))
    _refuse_newer(raw["schema_version"], path)
    try:
        evidence = evidence_from(raw)
    except (ValueError, TypeError, KeyError, AttributeError, UserError, RecursionError) as error:
        wrong = Claim(name="form", verdict="does not hold", detail=_first(error))
        return Stated(text, None, (wrong,))
    form = Claim(name="form", verdict="holds", detail=f"evidence {raw['schema_version']}")
    return Stated(text, evidence, (form, _seal(raw), _spelling(text, raw)))


@dataclass(frozen=True)
class StatedSet:
    """A set of runs as a file states it.

    Attributes:
        record: None if the file does not have the form of a set.
        claims: on the form and the spelling.
    """

    record: SetRecord | None
    claims: tuple[Claim, ...]


def is_set(text: bytes, path: Path) -> bool:
    """Whether some JSON is the rows of a set, and not the evidence of one run.

    Raises:
        UserError: it is no JSON.
    """
    return _parsed(text, path).get("kind") == "set"


def read_set(text: bytes, path: Path) -> StatedSet:
    """What the JSON of a set states, and whether it is as it was written.

    Raises:
        UserError: it is of a newer schema.
    """
    raw = _parsed(text, path)
    if raw.get("schema_version") != "1.0":
        raise UserError(
            f"{path} holds a set of schema {str(raw.get('schema_version'))[:20]!r}; this program "
            "reads '1.0'. Use the Certiscope that wrote it, or a newer one."
        )
    try:
        record = SetRecord.model_validate(raw, strict=False)
    except (ValueError, TypeError, KeyError, AttributeError, UserError, RecursionError) as error:
        wrong = Claim(name="form", verdict="does not hold", detail=_first(error))
        return StatedSet(None, (wrong,))
    form = Claim(name="form", verdict="holds", detail="a set of runs, schema 1.0")
    same = record.text() == text.replace(b"\r\n", b"\n")
    why = "" if same else "its bytes are not those that Certiscope writes for these values"
    spelled = Claim(
        name="text as written", verdict="holds" if same else "does not hold", detail=why
    )
    return StatedSet(record, (form, spelled))


@dataclass(frozen=True)
class Attachments:
    """What is attached to a report.

    Attributes:
        evidence: its bytes; those of a set where it is about one.
        illustrations: likewise; None where there are none.
        claim: whether nothing else is attached.
    """

    evidence: bytes
    illustrations: bytes | None
    claim: Claim


def attachments(pdf: bytes, path: Path) -> Attachments:
    """The evidence inside a PDF and its illustrations, and whether they are all there is.

    Raises:
        UserError: the PDF cannot be read, or holds no evidence.
    """
    from pypdf import PdfReader

    try:
        found = {
            name: list(files) for name, files in PdfReader(io.BytesIO(pdf)).attachments.items()
        }
    except Exception as error:  # damaged files fail in many ways
        raise UserError(
            f"{path} is a damaged PDF ({in_a_line(error, 120)}); take the report from its author "
            "again."
        ) from error
    evidence = found.get(ATTACHMENT, []) or found.get(SET, [])
    illustrations = found.get(ILLUSTRATIONS, [])
    if not evidence:
        raise UserError(
            f"{path} is a PDF without Certiscope's {ATTACHMENT} in it, as a drawing is; give a "
            f"report, the evidence (.json) or a case. {_OF_EACH}"
        )
    others = sum(len(files) for files in found.values()) - 1 - bool(illustrations)
    wrong = "" if not others else f"{others} more files are attached"
    verdict: Any = "does not hold" if wrong else "holds"
    return Attachments(
        evidence=bytes(evidence[0]),
        illustrations=bytes(illustrations[0]) if illustrations else None,
        claim=Claim(name="attachments", verdict=verdict, detail=wrong),
    )


def _no_evidence(raw: dict[str, Any], path: Path) -> str:
    """Why some JSON is not verified, and what is to be given in its place."""
    if {"inputs", "rows", "summary"} <= raw.keys():
        return (
            f"{path} is the table of a set (audit --json), which holds no votes; give the report "
            f"of the set (audit --report F.pdf) or its case. {_OF_EACH}"
        )
    settings = raw.get("settings")
    if isinstance(settings, dict) and settings.get("kind") == "measure" and "rows" in raw:
        return f"{path} is the table of a set of medians (audit --json). {_OF_EACH}"
    return f"{path} is JSON, but not the evidence of a run; choose another file."


_OF_EACH = (
    "audit --evidence FOLDER writes the evidence of every input, which is verified by itself."
)


def _parsed(text: bytes, path: Path) -> dict[str, Any]:
    try:
        raw = json.loads(text.decode("utf-8"), parse_constant=_no_constant, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise UserError(
            f"{path} holds damaged JSON ({in_a_line(error, 120)}); export the evidence again."
        ) from error
    if not isinstance(raw, dict):
        raise UserError(f"{path} is JSON, but not the evidence of a run; choose another file.")
    return raw


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not a number of JSON")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


def _refuse_newer(version: Any, path: Path) -> None:
    if version != SCHEMA_VERSION and version not in OLDER:
        raise UserError(
            f"{path} holds evidence of schema {str(version)[:20]!r}; this program reads "
            f"{SCHEMA_VERSION!r}. Use the Certiscope that wrote it, or a newer one."
        )


def _seal(raw: dict[str, Any]) -> Claim:
    stated, found = raw.get("seal"), seal_of(raw)
    if stated is None:
        reason = "the file carries no seal; a Certiscope older than 0.2 wrote it, or it was removed"
        return Claim(name="seal", verdict="cannot be checked", detail=reason)
    if stated != found:
        wrong = "a value was changed after the run"
        return Claim(name="seal", verdict="does not hold", detail=wrong)
    return Claim(name="seal", verdict="holds", detail=found[:16])


def _spelling(text: bytes, raw: dict[str, Any]) -> Claim:
    """Byte for byte: a change that no value shows is a change."""
    name = "text as written"
    if text.replace(b"\r\n", b"\n") == to_json(raw, indent=2) + b"\n":
        return Claim(name=name, verdict="holds")
    wrong = "its bytes are not those that Certiscope writes for these values; export it again"
    return Claim(name=name, verdict="does not hold", detail=wrong)


def _first(error: Exception) -> str:
    if isinstance(error, ValidationError):
        wrong = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in wrong["loc"])
        return f"{place}: {wrong['msg']}"[:200]
    return str(error)[:200]


def evidence_of(path: Path) -> Evidence:
    """The evidence in a report or in JSON, unchecked but for its form.

    Raises:
        UserError: there is none, or it has not the form of evidence.
    """
    kind = kind_of(path)
    if kind == "case":
        raise UserError(f"{path} is a case; sign the evidence or report of one of its runs.")
    data = read_bytes(path)
    text = attachments(data, path).evidence if kind == "PDF" else data
    if is_set(text, path):
        raise UserError(f"{path} is about a set of runs, not about one run.")
    stated = read_evidence(text, path)
    if stated.evidence is None:
        raise UserError(f"{path}: {stated.claims[0].detail}.")
    return stated.evidence
