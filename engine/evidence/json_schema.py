"""The JSON Schema of evidence, made from the code; ``assets/schema`` holds the published copy."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from engine.core.resources import assets
from engine.evidence.evidence import SCHEMA_VERSION, Evidence
from engine.regions.region import shipped_kinds
from engine.schemes import SCHEMES, Scheme

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def published() -> Path:
    """Where the schema of this version is shipped."""
    return assets() / "schema" / f"evidence-{SCHEMA_VERSION}.json"


def evidence_schema() -> dict[str, Any]:
    """What every exported JSON follows.

    A scheme is an object with a ``key`` here, so that a scheme that joins the catalogue leaves the
    schema of evidence as it is; :func:`schemes_schema` has the parameters of each.
    """
    regions = {
        kind.__name__: kind.model_json_schema(mode="serialization") for kind in shipped_kinds()
    }
    schema = _referring(Evidence.model_json_schema(mode="serialization"), regions)
    definitions = dict(sorted((schema["$defs"] | regions).items()))
    definitions["Scheme"] = {
        "type": "object",
        "description": "a scheme of the catalogue: its key and its parameters",
        "properties": {"key": {"type": "string"}},
        "required": ["key"],
    }
    schema["$defs"] = definitions
    return {"$schema": DIALECT, "$id": f"urn:certiscope:evidence:{SCHEMA_VERSION}", **schema}


def schemes_schema() -> dict[str, Any]:
    """The schemes of the catalogue as they stand in evidence, each with its own parameters."""
    return {
        "$schema": DIALECT,
        "$id": "urn:certiscope:schemes",
        "oneOf": [_scheme(scheme) for scheme in SCHEMES],
    }


def schema_text(schema: dict[str, Any] | None = None) -> str:
    """A schema as it is published; that of evidence unless another is given."""
    return json.dumps(schema or evidence_schema(), indent=2, ensure_ascii=False) + "\n"


def _referring(node: Any, regions: dict[str, Any]) -> Any:
    """A schema that names every kind of region where it was spelled out."""
    for name, region in regions.items():
        if node == region:
            return {"$ref": f"#/$defs/{name}"}
    if isinstance(node, dict):
        return {key: _referring(value, regions) for key, value in node.items()}
    return [_referring(value, regions) for value in node] if isinstance(node, list) else node


def _scheme(scheme: type[Scheme]) -> dict[str, Any]:
    """A scheme with the key that names it, which is written but is no field."""
    own = scheme.model_json_schema(mode="validation")
    properties = {"key": {"const": scheme.key, "type": "string"}, **own.get("properties", {})}
    return {
        "type": "object",
        "title": scheme.title,
        "properties": properties,
        "required": [name for name in properties if name not in scheme.unwritten],
        "additionalProperties": False,
    }
