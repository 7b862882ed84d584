"""What evidence states of a model beside its digest, compared with the model at hand.

Files of ours and their cards say it without being opened (no torch); what others are is known once
they are opened, to draw votes again.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine.core.errors import quoted
from engine.core.outputs import Outputs
from engine.core.records import ModelIdentity, PartIdentity
from engine.evidence.evidence import Evidence
from engine.models.demo import WEIGHTS, catalogue
from engine.models.kinds import read_header
from engine.models.native_metadata import listed
from engine.verify.report import Claim

NAME, CARD = "model as it was opened", "model as its card says"
_OF_A_MODEL = (
    "format",
    "architecture",
    "parameters",
    "class_names",
    "input_shape",
    "kind",
    "encoding",
    "normalization",
    "normalization_origin",
    "training_sigma",
    "training_scheme",
    "contains_code",
    "generation",
    "outputs",
)
"""Facts of a model that follow from its file and from how it was opened."""
_CHOSEN = {
    "normalization": "--normalize",
    "normalization_origin": "--normalize",
    "encoding": "--encoding",
    "class_names": "--class-names",
    "architecture": "--arch",
    "input_shape": "--arch",
    "generation": "--prompt",
    "outputs": "--output",
}
"""Facts that whoever opens a model may choose, and the flag for it."""


def check_opened(stated: ModelIdentity, found: ModelIdentity, *, named: bool) -> Claim:
    """Whether a model that was opened is what the evidence says of it.

    Args:
        stated: by the evidence.
        found: opened with the flags of the evidence's command line.
        named: there is such a command line; without one the flags are not known.
    """
    facts = {name: getattr(found, name) for name in _OF_A_MODEL}
    if named and found.architecture.startswith(f"{stated.architecture}, "):
        del facts["architecture"]  # of older programs, which left output and threshold to the flags
    if _near(found.outputs, stated.outputs):
        del facts["outputs"]
    wrong = _differing(facts, stated)
    wrong += [] if _parts(found) == _parts(stated) else ["its parts"]
    open_ = [name for name in wrong if name in _CHOSEN] if not named else []
    return _claim(NAME, wrong, open_)


def check_described(evidence: Evidence) -> Claim | None:
    """Whether a shipped model is what its file and card say; None for any other model.

    Files of others are read by their loaders, which need torch: :func:`check_opened`.
    """
    model = next((one for one in catalogue() if one.name == evidence.model.source), None)
    if model is None:
        return None
    wrong = _differing(described(model.path), evidence.model)
    flags = _words(evidence.command)
    open_ = [
        name
        for name in wrong
        if name in _CHOSEN and (_CHOSEN[name] in flags or not evidence.command)
    ]
    return _claim(CARD, wrong, open_)


def check_member(part: PartIdentity) -> Claim | None:
    """As :func:`check_described`, of a member of an ensemble; how it was opened is not known."""
    model = next((one for one in catalogue() if one.name == part.source), None)
    if model is None:
        return None
    facts = described(model.path)
    stated = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in part.rules.items()
    }
    wrong = [name for name, value in facts.items() if name in stated and stated[name] != value]
    return _claim(f"{CARD}: {quoted(part.name, 60)}", wrong, [])


def described(path: Path) -> dict[str, Any]:
    """What the file of a shipped model and its card say of it, by fields of its identity."""
    header = read_header(path) if path.suffix == WEIGHTS else {}
    card = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    found = {name: card[name] for name in ("normalization", "parameters") if name in card}
    for name in ("architecture", "encoding"):
        if value := header.get(name) or card.get(name):
            found[name] = value
    if "input_shape" in card:
        found["input_shape"] = tuple(card["input_shape"])
    names = listed(header, "classes") or card.get("classes")
    if names and not header.get("outputs"):  # else they are names of places or numbers
        found["class_names"] = tuple(map(str, names))
    return found


def _differing(facts: Mapping[str, Any], stated: ModelIdentity) -> list[str]:
    return [name for name, value in facts.items() if getattr(stated, name) != value]


def _near(found: Outputs | None, stated: Outputs | None) -> bool:
    """Whether two references differ by rounding alone, as on another device."""
    if found is None or stated is None or len(found.reference) != len(stated.reference):
        return False
    scale = max((1.0, *map(abs, stated.reference)))
    pairs = zip(found.reference, stated.reference, strict=True)
    same = all(abs(one - other) <= _ROUNDING * scale for one, other in pairs)
    return same and found.model_copy(update={"reference": stated.reference}) == stated


_ROUNDING = 1e-4
"""Of the reference of a model that answers with numbers, against the largest of them."""


def _parts(model: ModelIdentity) -> list[Any]:
    """Parts without their paths, which may be others here."""
    return [part.model_dump(exclude={"source"}) for part in model.parts]


def _words(command: str) -> list[str]:
    try:
        return shlex.split(command)
    except ValueError:
        return []


def _claim(name: str, wrong: list[str], open_: list[str]) -> Claim:
    named = ", ".join(each.replace("_", " ") for each in wrong)
    if not wrong:
        return Claim(name=name, verdict="holds")
    if set(open_) == set(wrong):
        reason = f"another {named} may have been chosen, and its command line is not known here"
        return Claim(name=name, verdict="cannot be checked", detail=reason)
    return Claim(name=name, verdict="does not hold", detail=f"another {named} than is stated")
