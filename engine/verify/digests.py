"""The second level: the files of model and input, found again and compared by digest. No torch.

Only sets of torchvision load it, because they are read through it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from engine.core.errors import UserError, quoted
from engine.core.records import (
    INPUT_IN_MEMORY,
    MEMORY,
    MODULE_IN_MEMORY,
    InputIdentity,
    ModelIdentity,
    PartIdentity,
)
from engine.evidence.evidence import Evidence
from engine.inputs import FittedInput, fit, load_input
from engine.inputs.datasets import DOWNLOAD
from engine.inputs.folder import found_at
from engine.inputs.labels import ORDER, split_rule, with_rule
from engine.inputs.rows import in_table_order
from engine.models import catalogue
from engine.models.codings import coding_of
from engine.models.demo import denoisers, shipped_denoiser
from engine.models.kinds import DEMO
from engine.models.members import members_of
from engine.models.onnx_data import onnx_digest
from engine.models.onnx_text_graph import tokenizer_folder
from engine.models.pretrained_files import (
    DENOISING,
    SEEING,
    TOKENIZER,
    WRITING,
    ZERO_SHOT,
    folder_digest,
)
from engine.models.request import moved_member, stated_request
from engine.procedures.on_grid import gridded
from engine.procedures.set_result import as_path
from engine.schemes.anchored import Anchored, distances
from engine.verify.compare import differences
from engine.verify.denoised import check_denoiser_file
from engine.verify.encrypted import SERVED, is_served
from engine.verify.opened import check_described, check_member
from engine.verify.report import Claim

_FORM = ("kind", "shape", "more_shapes", "alphabet", "adaptation", "fitting")
"""What the evidence states of an input beside its digests, and a claim may speak of."""
_BY_ORDER = "') by number"
_UNNAMED = "they are taken in the table's order"
"""What notes say that were written before a person was asked for the order."""


def check_model(evidence: Evidence, spec: str, beside: Path) -> Iterator[Claim]:
    """Whether the model's file, where it can be found, is the one that was certified.

    Of a shipped model what the evidence says of it is compared with its card, too.
    """
    name, source = "model file", spec or evidence.model.source
    if evidence.model.in_memory:
        yield Claim(name=name, verdict="cannot be checked", detail=MODULE_IN_MEMORY)
        return
    if is_served(evidence) and not spec:
        yield Claim(name=name, verdict="cannot be checked", detail=SERVED)
        return
    if (denoiser := evidence.model.part("denoiser")) is not None:
        yield from _denoiser(denoiser, beside)
    own = evidence.model.part("classifier")
    if members := [own] if own is not None else members_of(evidence.model.parts):
        for part in members:
            moved = moved_member(part.source, spec) if spec and part is not own else spec
            same = _of_part(part, moved or part.source, beside, SEEING)
            yield same
            described = check_member(part) if same.verdict == "holds" else None
            if described is not None:
                yield described
        return
    generation = evidence.model.generation
    files = WRITING if generation or _reads_text(evidence.model) else SEEING
    try:
        found = model_digest(source, beside, files)
    except UserError as error:
        yield Claim(name=name, verdict="cannot be checked", detail=_clause(error))
        return
    if found is None:
        reason = f"{source} is not here; name the file with --model"
        yield Claim(name=name, verdict="cannot be checked", detail=reason)
        return
    weights = evidence.model.part("weights")
    same = _compared(name, source, found, (weights or evidence.model).sha256)
    yield same
    yield from _tokenizer(evidence.model, source, beside)
    described = check_described(evidence) if same.verdict == "holds" else None
    if described is not None:
        yield described


def _denoiser(part: PartIdentity, beside: Path) -> Iterator[Claim]:
    """Whether the denoiser's files are those that were certified, and say what is stated."""
    same = _of_part(part, part.source, beside, DENOISING)
    yield same
    place = model_place(part.source, beside)
    if same.verdict == "holds" and place is not None:
        yield check_denoiser_file(part, place)


def _of_part(part: PartIdentity, source: str, beside: Path, files: tuple[str, ...]) -> Claim:
    """Whether the file of a part is the one that was certified."""
    name = f"model file of {part.role} {quoted(part.name, 60)}"
    try:
        found = model_digest(source, beside, files)
    except UserError as error:
        return Claim(name=name, verdict="cannot be checked", detail=_clause(error))
    if found is None:
        reason = f"{part.source} is not here"
        if part.role == "member":
            reason += "; name the folder with --model"
        return Claim(name=name, verdict="cannot be checked", detail=reason)
    return _compared(name, source, found, str(part.rules.get("sha256", "")))


def _tokenizer(model: ModelIdentity, source: str, beside: Path) -> Iterator[Claim]:
    """Whether the tokenizer beside a graph is the one, where a model has such a part."""
    part = model.part("tokenizer")
    if part is None:
        return
    try:
        found = folder_digest(tokenizer_folder(located(source, beside) or Path(source)), TOKENIZER)
    except UserError as error:
        yield Claim(name="tokenizer", verdict="cannot be checked", detail=_clause(error))
        return
    yield _compared("tokenizer", f"the tokenizer beside {source}", found, part.sha256)


def _reads_text(model: ModelIdentity) -> bool:
    """Whether a folder's tokenizer is part of what it computes."""
    return model.kind in ("text", "pair") or model.architecture == ZERO_SHOT


def check_input(evidence: Evidence, spec: str, beside: Path, model: str = "") -> Iterator[Claim]:
    """Whether the input, where it can be found, is the one that was certified, pixel by pixel.

    What the evidence says of its form, its adaptation to the model and its label is compared too.

    Args:
        evidence: that names it.
        spec: where it is; empty to take what the evidence names.
        beside: the folder of the verified file.
        model: where the model is, whose tokenizer a text needs; empty as for ``spec``.
    """
    name, source = "input file", spec or evidence.input.source
    try:
        fitted = fitted_input(evidence, source, beside, model)
        found, scheme = fitted.identity, evidence.settings.scheme
        facts = evidence.facts if scheme.computed else dict(scheme.prepare(fitted.arrays))
    except UserError as error:
        yield Claim(name=name, verdict="cannot be checked", detail=_clause(error))
        return
    same = _same_input(evidence, as_path(source), found)
    yield same
    if same.verdict != "holds":
        return
    stated = evidence.input
    if stated.fitting is None:  # it was not recorded then
        found = found.model_copy(update={"fitting": None})
    wrong = [
        what.replace("_", " ") for what in _FORM if getattr(found, what) != getattr(stated, what)
    ]
    wrong += ["value that the scheme draws from it"] if facts != evidence.facts else []
    wrong += ["distance between anchors"] if _other_distances(evidence, fitted) else []
    detail = f"{as_path(source)} has another {', '.join(wrong)} than the evidence states"
    if "adaptation" in wrong:
        said = f"'{stated.adaptation}'" if stated.adaptation else "nothing"
        detail += f": it is '{found.adaptation or 'taken as it is'}', and {said} is stated"
    yield Claim(
        name="input as the model takes it",
        verdict="does not hold" if wrong else "holds",
        detail=detail if wrong else found.adaptation,
    )
    if found.label != stated.label and any(_BY_ORDER in note for note in stated.notes):
        asked = with_rule(source, ORDER)
        found = fitted_input(evidence, asked, beside, model).identity
    yield _label(stated, found, moved=source != stated.source or not _as_named(source))


def _other_distances(evidence: Evidence, fitted: FittedInput) -> bool:
    """Whether the distances of a sweep are others than those of its image."""
    scheme, anchors = evidence.settings.scheme, evidence.anchors
    if not isinstance(scheme, Anchored) or not anchors:
        return False
    again = distances(scheme, fitted.arrays, [one.cell for one in anchors])
    return bool(differences([one.distance for one in anchors], again, "anchors"))


def _same_input(evidence: Evidence, named: str, found: InputIdentity) -> Claim:
    """Digest of the file, then of the numbers that receive the noise."""
    name = "input file"
    if not evidence.input.in_memory:  # what lay in no file may lie in one now, pixel by pixel
        same_file = _compared(name, named, found.sha256, evidence.input.sha256)
        if same_file.verdict != "holds":
            return same_file
    stated = evidence.input.pixels_sha256
    return _compared(name, f"the pixels of {named}", found.pixels_sha256, stated)


def _label(stated: InputIdentity, found: InputIdentity, *, moved: bool) -> Claim:
    """Whether the true class is what the input's own source says of it.

    Args:
        stated: by the evidence.
        found: read now.
        moved: it was found elsewhere than the evidence says, where its folder may not name it.
    """
    name, labels = "label of the input", [(one.label, one.label_name) for one in (stated, found)]
    if labels[0] == labels[1]:
        source = "none" if found.label is None else f"{found.label_name or found.label}"
        return Claim(name=name, verdict="holds", detail=source)
    said = ["none" if index is None else f"'{text or index}'" for index, text in labels]
    if found.label is None and (moved or stated.in_memory):
        reason = f"the source at hand names no label, and the evidence names {said[0]}"
        return Claim(name=name, verdict="cannot be checked", detail=reason)
    detail = f"its source names {said[1]}, the evidence {said[0]}"
    return Claim(name=name, verdict="does not hold", detail=detail)


def _as_named(source: str) -> bool:
    """Whether a source is found where it is named, not merely beside the file that is verified."""
    spec = Path(split_rule(source)[0].partition(":")[0])
    return not spec.suffix or spec.exists()


def model_digest(source: str, beside: Path, files: tuple[str, ...] = SEEING) -> str | None:
    """The digest of the model that ``source`` names; None if it is not on this machine.

    Raises:
        UserError: it is there and cannot be read.
    """
    place = model_place(source, beside)
    if place is None:
        return None
    return folder_digest(place, files) if place.is_dir() else onnx_digest(place)


def model_place(source: str, beside: Path) -> Path | None:
    """The file or folder of the model that ``source`` names; None if it is not on this machine."""
    if not source.startswith(DEMO):
        return located(source, beside)
    if source in denoisers():
        return shipped_denoiser(source)
    return next((model.path for model in catalogue() if model.name == source), None)


def not_looked_up(evidence: Evidence) -> Iterator[Claim]:
    """What a claim takes from the input, where the input's file was not to be read."""
    scheme = evidence.settings.scheme
    alone = not scheme.facts_of_shape and not scheme.computed
    if evidence.anchors or (evidence.facts and alone):
        reason = "they follow from the input's file, which was not to be read"
        yield Claim(name="bounds of the input", verdict="cannot be checked", detail=reason)


def fitted_input(evidence: Evidence, source: str, beside: Path, model: str = "") -> FittedInput:
    """The input that ``source`` names as the model takes it.

    Raises:
        UserError: it is not here, lived in memory, or cannot be read.
    """
    if source.startswith(MEMORY):
        raise UserError(f"{INPUT_IN_MEMORY}; name one of the same pixels with --input")
    plain, rule = split_rule(source)
    place, labels = located(plain, beside), located(rule, beside)
    # A file asks for no download.
    spec = found_at(plain, place) if place else plain.removesuffix(DOWNLOAD)
    if any(_UNNAMED in note for note in evidence.input.notes):
        spec = in_table_order(spec)
    spec = with_rule(spec, str(labels) if labels else rule)
    coding = None
    if evidence.model.kind in ("text", "pair", "table"):
        known = stated_request(evidence.model)
        named = (known.moved(model) if model else known).spec
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
