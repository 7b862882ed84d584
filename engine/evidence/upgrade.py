"""Evidence that an older version wrote, in the shape of this one.

Nothing is recomputed here and nothing dropped that a check rests on: counts, chain, bounds and the
words of the claim stay as they were written, and ``upgraded_from`` says so. The seal of such a file
is over the file's own shape (:func:`seal_of`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from pydantic import Field, model_validator
from pydantic_core import from_json, to_json

from engine.core.errors import UserError
from engine.core.nouns import of_any_kind
from engine.core.records import Record
from engine.evidence.evidence import SCHEMA_VERSION, Evidence
from engine.evidence.setting_fields import NoiseMode, Precision, SchemeField
from engine.evidence.settings import BETA, BoundName, Former
from engine.evidence.statement import (
    MORE_NOISE,
    NEW_TRY,
    NO_FURTHER_ALPHA,
    NO_SCORES,
    RESUMED,
)
from engine.noise.law import Level
from engine.schemes import Scheme
from engine.schemes.threshold import threshold

OLDER = ("1.0",)
"""Schemas that are read beside this one."""
_THEN = (
    ("changes the smoothed model's prediction '", "changes the answer '"),
    ("the smoothed model's prediction ", "the smoothed model's answer "),
    *((end, ".") for end in (NO_FURTHER_ALPHA, RESUMED, NEW_TRY)),
    ("use the anytime bound, which may be stopped", "use the live bound, which may be stopped"),
)
"""Words of a claim now, and in files of schema 1.0."""


_NEWER = (
    ("upgraded_from",),
    ("tries_known_to",),
    ("execution",),
    ("observations",),
    ("facts",),
    ("noise", "levels"),
    ("model", "parts"),
)
"""Values that schema 1.0 did not have: a file that claims to be one has none of them."""


class _Settings(Record):
    """The settings of schema 1.0, one closed record for every procedure.

    What an older program would not have written is refused, although today's record leaves some
    of these values out: a reader of the file believes all that it says.
    """

    scheme: SchemeField
    n0: int = Field(default=100, ge=1, le=10**9)
    n: int = Field(default=100_000, ge=1, le=10**9)
    alpha: float = Field(default=0.001, gt=0, lt=1)
    bound: BoundName = "live"
    noise: NoiseMode = "float"
    target_radius: float = Field(default=0.0, ge=0, le=1000)
    target: str = ""
    seed: int = Field(default=0, ge=0, lt=2**63)
    batch: int = Field(default=0, ge=0, le=1_000_000)
    device: str = "auto"
    precision: Precision = "fp32"

    @model_validator(mode="after")
    def _settled(self) -> _Settings:
        """What an enumerated law left no choice about."""
        samples = self.scheme.counted
        if samples is None and self.bound == "enumeration":
            raise ValueError(f"{self.scheme.key} draws its noise at random")
        if samples is not None and (self.n0, self.n, self.bound) != (
            samples,
            samples,
            "enumeration",
        ):
            raise ValueError(f"{self.scheme.key} counts all {samples:,} samples, and no others")
        return self


def seal_of(tree: Mapping[str, Any]) -> str:
    """The seal of evidence as its JSON states it: over exactly the values that the file has."""
    return hashlib.sha256(to_json({k: v for k, v in tree.items() if k != "seal"})).hexdigest()


def as_said_then(sentence: str, evidence: Evidence) -> str:
    """A sentence of today in the words of the version that wrote the file.

    A threshold that was rounded up when it was printed claimed too much: it is not repeated.
    """
    if evidence.upgraded_from is None:
        return sentence
    votes = evidence.estimation
    unread = (NO_SCORES.format(votes.failures, votes.n), MORE_NOISE)
    sentence = of_any_kind(sentence)
    for now, then in (unread, *_THEN):
        sentence = sentence.replace(now, then)
    tau = threshold(evidence.settings.scheme)
    shown = f"{tau:g}"
    return sentence.replace(f"tau = {tau!r}", f"tau = {shown}") if float(shown) <= tau else sentence


def evidence_from(tree: Mapping[str, Any]) -> Evidence:
    """Evidence of this schema or an older one, from its JSON.

    Raises:
        ValueError: it has not the form of evidence.
        UserError: it names a scheme that there is not, or a parameter out of range.
    """
    if tree.get("schema_version") in OLDER:
        tree = upgraded(tree)
    return Evidence.model_validate(tree, strict=False)


def evidence_from_text(text: str) -> Evidence:
    """The same from the text of a file."""
    tree = from_json(text)
    if not isinstance(tree, dict):
        raise ValueError("evidence is an object")
    return evidence_from(tree)


def upgraded(tree: Mapping[str, Any]) -> dict[str, Any]:
    """Evidence of schema 1.0 as this schema has it.

    Raises:
        ValueError, UserError: a part of it has another form.
    """
    found = {name: value for name, value in tree.items() if name != "seal"}
    _refuse_newer(found)
    old, decision = _table(found, "settings"), found.get("decision") or {}
    test, votes = found.get("test") or {}, _table(found, "votes")
    settings = upgraded_settings(
        old,
        str(found.get("procedure")),
        target=decision.get("target", ""),
        beta=decision.get("beta", BETA),
        phases=decision.get("plan", ()),
        test=test.get("name", "one-sided"),
    )
    observed = "exact" if settings["kind"] == "exact" else "class votes"
    del found["votes"]
    return {
        **found,
        "schema_version": SCHEMA_VERSION,
        "upgraded_from": tree["schema_version"],
        "observations": {**votes, "kind": observed},
        "noise": {**_table(found, "noise"), "levels": _levels(settings)},
        "settings": settings,
        "execution": execution_of(old),
    }


def upgraded_settings(
    old: Mapping[str, Any],
    procedure: str,
    *,
    target: str = "",
    beta: float = BETA,
    phases: Any = (),
    test: str = "one-sided",
) -> dict[str, Any]:
    """The settings of schema 1.0, one record for every procedure, as those of one procedure.

    Args:
        old: as they were written.
        procedure: of the run.
        target, beta, phases: of a decision, which kept them apart from its settings.
        test: of PREDICT, likewise.

    Raises:
        ValueError, UserError: they have another form.
    """
    _table(old, "scheme")
    then = _Settings.model_validate(old)
    kept: dict[str, Any] = {"scheme": then.scheme, "precision": then.precision}
    former = Former(alpha=then.alpha, noise=then.noise, seed=then.seed)
    if procedure == "certify" and then.bound == "enumeration":
        return {"kind": "exact", **kept, "former": former if former != Former() else None}
    kept |= {"kind": procedure, "n": then.n, **former.model_dump()}
    if procedure == "predict":
        return {**kept, "test": test}
    kept["n0"] = then.n0
    if procedure == "decide":
        if then.bound != "clopper-pearson":
            raise ValueError("a decision rests on Clopper-Pearson bounds alone")
        return {**kept, "target": target, "beta": beta, "phases": phases}
    radius = then.target_radius
    stop_at = f"radius={radius!r}" if radius else then.target
    return {**kept, "bound": then.bound, "target": stop_at}


def _levels(settings: Mapping[str, Any]) -> tuple[Level, ...]:
    """Of the law that the settings name: schema 1.0 left its strength to the scheme."""
    scheme: Scheme = settings["scheme"]
    return scheme.drawn(settings.get("noise", "float")).levels


def execution_of(old: Mapping[str, Any]) -> dict[str, Any]:
    """How a run of schema 1.0 was to be carried out."""
    return {name: old[name] for name in ("batch", "device") if name in old}


def _refuse_newer(tree: Mapping[str, Any]) -> None:
    """Refuse evidence of this schema that claims to be of an older one.

    Raises:
        ValueError: naming what the older schema did not have.
    """
    for *rooms, name in _NEWER:
        place = tree
        for room in rooms:
            place = _table(place, room)
        if name in place:
            raise ValueError(f"schema {tree['schema_version']} has no {' '.join((*rooms, name))}")


def _table(tree: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = tree.get(name)
    if not isinstance(found, Mapping):
        raise UserError(f"its {name} cannot be read")
    return found
