"""Probabilities that were computed from the model: computed again from its file. No torch."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from engine.core.errors import UserError
from engine.evidence.evidence import Evidence
from engine.inputs.base import FittedInput
from engine.models.networks.files import small_model
from engine.models.stumps.files import stumps_for
from engine.verify.compare import differences
from engine.verify.digests import fitted_input, model_place
from engine.verify.report import Claim

NAME = "computed probability"
CELLS = "certified cells, bounded again"
_LEAST = 1e-300
"""A radius grows with every power of ten that a mass outside the class is smaller, down to here."""


def check_computed(
    evidence: Evidence, model: str, given: str, beside: Path, *, counts_only: bool = False
) -> Iterator[Claim]:
    """Whether the model's file gives the probability that the evidence states.

    Args:
        evidence: of a run; of one that samples there is nothing to check.
        model, given: where model and input are; empty to take what the evidence names.
        beside: the folder of the verified file.
        counts_only: no other file is to be read.
    """
    if not evidence.settings.scheme.computed:
        return
    name = CELLS if evidence.settings.scheme.mapped else NAME
    if counts_only:
        reason = "it is computed from the files of model and input, which were not to be read"
        yield Claim(name=name, verdict="cannot be checked", detail=reason)
        return
    source = model or evidence.model.source
    try:
        path = model_place(source, beside)
        if path is None:
            reason = f"{source} is not here; name the file with --model"
            yield Claim(name=name, verdict="cannot be checked", detail=reason)
            return
        fitted = fitted_input(evidence, given or evidence.input.source, beside, model)
        model_is = _computable(evidence, path, fitted)
        facts = evidence.settings.scheme.confirmed(fitted.arrays, model_is, evidence.facts)
    except UserError as error:
        yield Claim(name=name, verdict="cannot be checked", detail=str(error).rstrip("."))
        return
    wrong = differences(evidence.facts, dict(facts), "facts", least=_LEAST)
    yield Claim(
        name=name,
        verdict="does not hold" if wrong else "holds",
        detail="another one follows from the files of model and input" if wrong else "",
    )


def _computable(evidence: Evidence, path: Path, fitted: FittedInput) -> object:
    """What the scheme computes with, read from the model's file."""
    if evidence.settings.scheme.mapped:
        return small_model(path, evidence.model)
    return stumps_for(path, fitted)
