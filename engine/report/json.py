"""Evidence as JSON: the canonical bytes, the same in the file and inside the PDF."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from engine.core.files import write_atomically
from engine.evidence.evidence import Evidence

if TYPE_CHECKING:
    from engine.figures.images import Illustrations


def evidence_json(evidence: Evidence) -> str:
    """The canonical text: fields in the order they are declared, two spaces, one final newline.

    Numbers keep full precision (the shortest text that reads back to the same float64).
    """
    return evidence.model_dump_json(indent=2) + "\n"


def write_json(evidence: Evidence, path: Path, illustrations: Illustrations | None = None) -> None:
    """Write :func:`evidence_json` in UTF-8; images have no place in it.

    Raises:
        UserError: the file cannot be written.
    """
    write_atomically(path, evidence_json(evidence).encode())


def write_numbered(evidence: Evidence, folder: Path, number: int, name: str) -> None:
    """Write the evidence of an input of a set as ``00001-NAME.json``, from the name's last letters.

    The folder is made if it is missing.

    Raises:
        UserError: the file cannot be written.
    """
    plain = re.sub(r"[^\w.-]+", "-", name)[-60:]
    path = folder / f"{number:05}-{plain}.json"
    write_atomically(path, evidence_json(evidence).encode(), folders=True)
