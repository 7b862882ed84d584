"""Evidence that an older version wrote, in the shape of this one.

Nothing is recomputed here and nothing dropped that a check rests on: counts, chain, bounds and the
words of the claim stay as they were written, and ``upgraded_from`` says so. The seal of such a file
is over the file's own shape (:func:`seal_of`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from pydantic_core import from_json, to_json

from engine.core.errors import UserError
from engine.evidence.evidence import SCHEMA_VERSION, Evidence
from engine.evidence.settings import BETA, Former
from engine.noise.law import Level
from engine.schemes import parse_scheme

OLDER = ("1.0",)
"""Schemas that are read beside this one."""
_THEN = (
    ("changes the prediction '", "changes the answer '"),
    ("the smoothed model's prediction ", "the smoothed model's answer "),
)
"""Words of a claim now, and in files of schema 1.0."""


def seal_of(tree: Mapping[str, Any]) -> str:
    """The seal of evidence as its JSON states it: over exactly the values that the file has."""
    return hashlib.sha256(to_json({k: v for k, v in tree.items() if k != "seal"})).hexdigest()


def as_said_then(statement: str, upgraded_from: str | None) -> str:
    """A claim of today in the words of the version that wrote the file."""
    if upgraded_from is None:
        return statement
    for now, then in _THEN:
        statement = statement.replace(now, then)
    return statement


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
    scheme = _table(old, "scheme")
    kept = {"scheme": scheme, "precision": old.get("precision", "fp32")}
    former = {name: old[name] for name in ("alpha", "noise", "seed") if name in old}
    if procedure == "certify" and parse_scheme(scheme).noise().samples is not None:
        unusual = former != Former().model_dump()
        return {"kind": "exact", **kept, "former": former if unusual else None}
    kept |= {"kind": procedure, "n": old["n"], **former}
    if procedure == "predict":
        return {**kept, "test": test}
    kept["n0"] = old["n0"]
    if procedure == "decide":
        return {**kept, "target": target, "beta": beta, "phases": phases}
    radius = old.get("target_radius", 0.0)
    stop_at = f"radius={float(radius)!r}" if radius else old.get("target", "")
    return {**kept, "bound": old["bound"], "target": stop_at}


def _levels(settings: Mapping[str, Any]) -> tuple[Level, ...]:
    """Of the law that the settings name: schema 1.0 left its strength to the scheme."""
    law = parse_scheme(settings["scheme"]).drawn(settings.get("noise", "float"))
    return law.levels


def execution_of(old: Mapping[str, Any]) -> dict[str, Any]:
    """How a run of schema 1.0 was to be carried out."""
    return {name: old[name] for name in ("batch", "device") if name in old}


def _table(tree: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = tree.get(name)
    if not isinstance(found, Mapping):
        raise UserError(f"its {name} cannot be read")
    return found
