"""What an audit measured, on a model's card: ``python -m engine.training.audited MODEL AUDIT``.

MODEL is a file of weights beside its card, AUDIT what ``certiscope audit --json`` wrote of it. So a
model that takes hours to certify is certified once it is made, by the command that anybody has.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from engine.core.errors import UserError
from engine.core.files import sha256_file
from engine.procedures.set_result import SetResult
from engine.regions import Perturbation
from engine.replay.rows import ReplayRow
from engine.training.making import RADII
from engine.training.writing import write_cards


def certified(result: SetResult, command: str, cells: Sequence[Perturbation]) -> dict[str, Any]:
    """Certified accuracy as :func:`engine.training.measure.certified_accuracy` puts it.

    Args:
        result: of an audit, of every input that was planned.
        command: the audit's.
        cells: the perturbations of the card's table.

    Raises:
        UserError: the audit was stopped, or counted nothing.
    """
    if not result.complete or result.settings.kind == "exact":
        raise UserError("A card takes an audit of sampled votes that was not stopped.")
    settings, rows = result.settings, result.rows
    right = [row for row in rows if row.region and row.predicted_class == row.label]
    total = len(rows)
    terms = settings.scheme.terms
    return {
        "n0": settings.n0,
        "n": settings.n,
        "alpha": settings.alpha,
        "bound": settings.bound,
        "inputs": total,
        "right": round(len(right) / total, 4),
        "abstained": round(sum(row.outcome == "abstained" for row in rows) / total, 4),
        **({"acr": sum(row.radius or 0.0 for row in right) / total} if "radius" in terms else {}),
        "terms": {term: str(terms[term]) for term in cells[0]},
        "cells": [
            {"at": cell, "share": round(sum(_holds(row, cell) for row in right) / total, 4)}
            for cell in cells
        ],
        "command": command,
    }


def _holds(row: ReplayRow, cell: Perturbation) -> bool:
    return row.region is not None and row.region.contains(cell)


def with_audit(path: Path, result: SetResult, command: str) -> Mapping[str, Any]:
    """The facts of the card beside ``path``, with what the audit measured.

    Raises:
        UserError: the audit is of another model.
    """
    facts = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    if result.model.sha256 != sha256_file(path):
        raise UserError(f"The audit is not of {path.name}: its model has another SHA-256.")
    found = certified(result, command, [{"radius": radius} for radius in RADII])
    return {**facts, "certified_accuracy": found}


def main(arguments: Sequence[str] | None = None) -> None:
    """Write both cards again."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path, help="weights, beside their card")
    parser.add_argument("audit", type=Path, help="what certiscope audit --json wrote")
    parser.add_argument("--command", required=True, help="the audit's command, for the card")
    given = parser.parse_args(arguments)
    try:
        result = SetResult.model_validate_json(given.audit.read_text(encoding="utf-8"))
        write_cards(given.model, with_audit(given.model, result, given.command))
    except (OSError, ValueError, UserError) as error:
        raise SystemExit(str(error)) from error
    print(f"Wrote the cards of {given.model}.")


if __name__ == "__main__":
    main()
