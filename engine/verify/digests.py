"""The second level: the files of model and input, found again and compared by digest. No torch.

Only sets of torchvision load it, because they are read through it.
"""

from __future__ import annotations

from pathlib import Path

from engine.core.errors import UserError
from engine.core.files import sha256_file
from engine.core.records import INPUT_IN_MEMORY, MEMORY, MODULE_IN_MEMORY, ModelIdentity
from engine.evidence.evidence import Evidence
from engine.inputs import FittedInput, fit, load_input
from engine.inputs.datasets import DOWNLOAD
from engine.models import catalogue
from engine.models.kinds import DEMO
from engine.models.pretrained_files import SEEING, WRITING, ZERO_SHOT, folder_digest
from engine.models.tokenizers import coding_of
from engine.procedures.on_grid import gridded
from engine.verify.report import Claim

_FORM = ("kind", "shape", "more_shapes", "alphabet")
"""What the evidence states of an input beside its digests, and a claim may speak of."""


def check_model(evidence: Evidence, spec: str, beside: Path) -> Claim:
    """Whether the model's file, where it can be found, is the one that was certified."""
    name, source = "model file", spec or evidence.model.source
    if evidence.model.in_memory:
        return Claim(name=name, verdict="cannot be checked", detail=MODULE_IN_MEMORY)
    generation = evidence.model.generation
    files = WRITING if generation or _reads_text(evidence.model) else SEEING
    try:
        found = model_digest(source, beside, files)
    except UserError as error:
        return Claim(name=name, verdict="cannot be checked", detail=_clause(error))
    if found is None:
        reason = f"{source} is not here; name the file with --model"
        return Claim(name=name, verdict="cannot be checked", detail=reason)
    weights = evidence.model.part("weights")
    return _compared(name, source, found, (weights or evidence.model).sha256)


def _reads_text(model: ModelIdentity) -> bool:
    """Whether a folder's tokenizer is part of what it computes."""
    return model.kind in ("text", "pair") or model.architecture == ZERO_SHOT


def check_input(evidence: Evidence, spec: str, beside: Path, model: str = "") -> Claim:
    """Whether the input, where it can be found, is the one that was certified, pixel by pixel.

    Args:
        evidence: that names it.
        spec: where it is; empty to take what the evidence names.
        beside: the folder of the verified file.
        model: where the model is, whose tokenizer a text needs; empty as for ``spec``.
    """
    name, source = "input file", spec or evidence.input.source
    try:
        fitted = fitted_input(evidence, source, beside, model)
        found, facts = fitted.identity, evidence.settings.scheme.prepare(fitted.arrays)
    except UserError as error:
        return Claim(name=name, verdict="cannot be checked", detail=_clause(error))
    if not evidence.input.in_memory:  # what lay in no file may lie in one now, pixel by pixel
        same_file = _compared(name, source, found.sha256, evidence.input.sha256)
        if same_file.verdict != "holds":
            return same_file
    stated = evidence.input.pixels_sha256
    claim = _compared(name, f"the pixels of {source}", found.pixels_sha256, stated)
    for what in _FORM:
        if claim.verdict == "holds" and getattr(found, what) != getattr(evidence.input, what):
            detail = f"{source} has another {what.replace('_', ' ')} than the evidence states"
            return Claim(name=name, verdict="does not hold", detail=detail)
    if claim.verdict == "holds" and dict(facts) != evidence.facts:
        detail = f"what the scheme draws from {source} is not what the evidence states"
        return Claim(name=name, verdict="does not hold", detail=detail)
    return claim


def model_digest(source: str, beside: Path, files: tuple[str, ...] = SEEING) -> str | None:
    """The digest of the model that ``source`` names; None if it is not on this machine.

    Raises:
        UserError: it is there and cannot be read.
    """
    if source.startswith(DEMO):
        paths = [model.path for model in catalogue() if model.name == source]
    else:
        paths = [path for path in (located(source, beside),) if path is not None]
    if not paths:
        return None
    return folder_digest(paths[0], files) if paths[0].is_dir() else sha256_file(paths[0])


def fitted_input(evidence: Evidence, source: str, beside: Path, model: str = "") -> FittedInput:
    """The input that ``source`` names as the model takes it.

    Raises:
        UserError: it is not here, lived in memory, or cannot be read.
    """
    if source.startswith(MEMORY):
        raise UserError(f"{INPUT_IN_MEMORY}; name one of the same pixels with --input")
    place = located(source, beside)
    spec = str(place) if place else source.removesuffix(DOWNLOAD)  # a file asks for no download
    coding = None
    if evidence.model.kind in ("text", "pair", "table"):
        named = model or evidence.model.source
        coding = coding_of(str(located(named, beside) or named))
    fitted = fit(load_input(spec), evidence.model, coding)
    return gridded(fitted, evidence.settings)[0]


def located(source: str, beside: Path) -> Path | None:
    """A file or folder as it is named, or beside the verified file; None if neither is there."""
    named = Path(source)
    for path in (named, beside / named, beside / named.name):
        try:
            if source and (path.is_file() or path.is_dir()):
                return path
        except (OSError, ValueError):
            return None
    return None


def _compared(name: str, source: str, found: str, stated: str) -> Claim:
    if found == stated:
        detail = f"{source}, sha256 {found[:16]}…"
        return Claim(name=name, verdict="holds", detail=detail)
    wrong = f"sha256 of {source} is {found[:16]}…, the evidence names {stated[:16]}…"
    return Claim(name=name, verdict="does not hold", detail=wrong)


def _clause(error: UserError) -> str:
    text = str(error).rstrip(".")
    return text[:1].lower() + text[1:] if text.startswith(("There", "The ", "Cannot")) else text
