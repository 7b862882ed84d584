from __future__ import annotations

import json
from pathlib import Path
from typing import Any, ClassVar

from pytest import MonkeyPatch

from engine.evidence.json_schema import (
    evidence_schema,
    published,
    schema_text,
    schemes_schema,
)
from engine.report.json import evidence_json
from engine.schemes import SCHEMES, Gaussian
from tests.factories import make_evidence, make_predicted


def test_the_published_schema_is_that_of_the_code() -> None:
    assert published().read_text(encoding="utf-8") == schema_text(), (
        "run: certiscope schema > assets/schema/evidence-2.0.json"
    )


def fits(value: Any, schema: dict[str, Any], root: dict[str, Any]) -> bool:
    """As much of JSON Schema as this one uses."""
    if "$ref" in schema:
        return fits(value, root["$defs"][schema["$ref"].rpartition("/")[2]], root)
    for word, needed in (("anyOf", any), ("oneOf", any), ("allOf", all)):
        if word in schema and not needed(fits(value, option, root) for option in schema[word]):
            return False
    if "const" in schema and value != schema["const"]:
        return False
    if "enum" in schema and value not in schema["enum"]:
        return False
    kinds: dict[str, Any] = {
        "object": dict,
        "array": list,
        "string": str,
        "integer": int,
        "number": (int, float),
        "boolean": bool,
        "null": type(None),
    }
    if "type" in schema and not isinstance(value, kinds[schema["type"]]):
        return False
    if isinstance(value, dict):
        return _object(value, schema, root)
    if isinstance(value, list) and "items" in schema:
        return all(fits(item, schema["items"], root) for item in value)
    return True


def _object(value: dict[str, Any], schema: dict[str, Any], root: dict[str, Any]) -> bool:
    known, extra = schema.get("properties", {}), schema.get("additionalProperties", True)
    if not set(schema.get("required", ())) <= set(value):
        return False
    if extra is False and not set(value) <= set(known):
        return False
    return all(
        fits(item, known.get(key, extra), root)
        for key, item in value.items()
        if key in known or isinstance(extra, dict)
    )


def test_exported_evidence_follows_it_and_other_json_does_not() -> None:
    schema = evidence_schema()
    for evidence in (make_evidence(certified_at={"radius=0.1": True}), make_predicted()):
        raw = json.loads(evidence_json(evidence))
        assert fits(raw, schema, schema)
        assert not fits({**raw, "surprise": 1}, schema, schema)
        assert not fits({**raw, "radius": "big"}, schema, schema)
        raw["settings"]["scheme"] = {"sigma": 0.5}
        assert not fits(raw, schema, schema)


class Cauchy(Gaussian):
    """A scheme that nobody has written yet."""

    key: ClassVar[str] = "cauchy"
    shape: float = 1.0


def test_a_new_scheme_leaves_the_schema_of_evidence_as_it_is(monkeypatch: MonkeyPatch) -> None:
    before = schema_text()
    monkeypatch.setattr("engine.evidence.json_schema.SCHEMES", (*SCHEMES, Cauchy))
    monkeypatch.setattr("engine.schemes.SCHEMES", (*SCHEMES, Cauchy))
    schema = evidence_schema()
    assert schema_text(schema) == before
    raw = json.loads(evidence_json(make_evidence()))
    raw["settings"]["scheme"] = Cauchy(shape=2.0).model_dump()
    assert fits(raw, schema, schema)
    *_, listed = schemes_schema()["oneOf"]
    assert fits(raw["settings"]["scheme"], listed, listed)
    assert not fits({"key": "cauchy"}, listed, listed)


def test_every_scheme_is_listed_with_its_parameters() -> None:
    listed = {one["properties"]["key"]["const"]: one for one in schemes_schema()["oneOf"]}
    for scheme in SCHEMES:
        example = scheme().model_dump(mode="json")
        assert fits(example, listed[scheme.key], listed[scheme.key])
        assert not fits({**example, "surprise": 1}, listed[scheme.key], listed[scheme.key])


def test_the_schema_of_1_0_is_still_shipped() -> None:
    old = json.loads((published().parent / "evidence-1.0.json").read_text(encoding="utf-8"))
    for path in sorted((Path(__file__).parents[2] / "golden" / "evidence-1.0").glob("*.json")):
        assert fits(json.loads(path.read_text(encoding="utf-8")), old, old), path.name
