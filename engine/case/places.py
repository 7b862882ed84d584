"""Where a case finds its model and its input again, also after the whole folder has moved."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from engine.models.request import REQUEST_FIELDS, ModelRequest
from engine.models.request_fields import RequestField


def relative(spec: str, case: Path) -> str:
    """The file that ``spec`` names as a path from the case file; empty if it names none."""
    place = Path(spec)
    if not spec or not place.exists():
        return ""
    try:
        return Path(os.path.relpath(place.resolve(), case.resolve().parent)).as_posix()
    except ValueError:  # another drive
        return ""


def located(spec: str, path: str, case: Path) -> str:
    """``spec``, or the file beside the case that it stood for."""
    if not path:
        return spec
    place = case.resolve().parent / path
    return str(place) if place.exists() else spec


def request_text(request: ModelRequest, case: Path) -> str:
    """A model request as JSON. Consent to run code is not kept: it is given anew each time.

    Fields that are not given stay out, so that the same model keeps its row in older cases.
    """
    kept: dict[str, Any] = {"spec": request.spec}
    if request.others:
        kept["members"] = [(spec, relative(spec, case)) for spec in request.others]
    for field in REQUEST_FIELDS:
        if not (field.named or field.given(request)):
            continue
        value = getattr(request, field.name)
        kept[field.name] = value if field.kind is int else field.text(value)
        place = relative(field.text(value), case) if field.file else ""
        if place or (field.file and field.named):
            kept[_beside(field)] = place
    return json.dumps(kept, sort_keys=True)


def request_from(text: str, path: str, case: Path) -> ModelRequest:
    """The request that opens the same model again."""
    kept = json.loads(text)
    values = {}
    for field in REQUEST_FIELDS:
        said = str(kept.get(field.name, ""))
        if field.file:
            said = located(said, str(kept.get(_beside(field), "")), case)
        values[field.name] = field.read(said)
    return ModelRequest(
        spec=located(str(kept["spec"]), path, case),
        others=tuple(located(spec, place, case) for spec, place in kept.get("members", ())),
        **values,
    )


def _beside(field: RequestField) -> str:
    """Under which key the place of its file is kept."""
    return f"{field.name}_path"
