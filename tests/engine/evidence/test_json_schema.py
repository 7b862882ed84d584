from __future__ import annotations

import json
from typing import Any

from engine.evidence.json_schema import evidence_schema, published, schema_text
from engine.report.json import evidence_json
from engine.schemes import SCHEMES
from tests.factories import make_evidence, make_predicted


def test_the_published_schema_is_that_of_the_code() -> None:
    assert published().read_text(encoding="utf-8") == schema_text(), (
        "run: certiscope schema > assets/schema/evidence-1.0.json"
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
        raw["settings"]["scheme"] = {"key": "unknown", "sigma": 0.5}
        assert not fits(raw, schema, schema)


def test_every_scheme_is_in_it() -> None:
    definitions = evidence_schema()["$defs"]
    assert len(definitions["Scheme"]["oneOf"]) == len(SCHEMES)
    for scheme in SCHEMES:
        assert definitions[scheme.__name__]["properties"]["key"]["const"] == scheme.key
