"""Where a case finds its model and its input again, also after the whole folder has moved."""

from __future__ import annotations

import json
import os
from pathlib import Path

from engine.models.request import ModelRequest, member_parts, oracle_part


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
    """A model request as JSON. Consent to run code is not kept: it is given anew each time."""
    names = "" if request.class_names is None else str(request.class_names)
    oracle = "" if request.oracle is None else str(request.oracle)
    # Only where it is given, so that the same model keeps its row in older cases.
    written = {
        "oracle": oracle,
        "oracle_path": relative(oracle, case),
        "prompt": request.prompt,
        "max_new_tokens": request.max_new_tokens,
        "output": request.output,
        "threshold": "" if request.threshold is None else repr(request.threshold),
        "tolerance": "" if request.tolerance is None else repr(request.tolerance),
        "members": [(spec, relative(spec, case)) for spec in request.members[1:]],
        "combine": request.combine if request.members else "",
        "consensus": request.consensus,
    }
    return json.dumps(
        {
            "spec": request.spec,
            "arch": request.arch,
            "normalize": request.normalize,
            "encoding": request.encoding,
            "class_names": names,
            "class_names_path": relative(names, case),
            **{name: value for name, value in written.items() if value},
        },
        sort_keys=True,
    )


def request_from(text: str, path: str, case: Path) -> ModelRequest:
    """The request that opens the same model again."""
    kept = json.loads(text)
    names = located(str(kept["class_names"]), str(kept["class_names_path"]), case)
    oracle = located(str(kept.get("oracle", "")), str(kept.get("oracle_path", "")), case)
    members = [located(spec, place, case) for spec, place in kept.get("members", ())]
    return ModelRequest(
        spec=located(str(kept["spec"]), path, case),
        arch=str(kept["arch"]),
        normalize=str(kept["normalize"]),
        encoding=str(kept.get("encoding", "auto")),
        class_names=Path(names) if names else None,
        parts=(*oracle_part(oracle or None), *member_parts(members)),
        prompt=str(kept.get("prompt", "")),
        max_new_tokens=int(kept.get("max_new_tokens", 0)),
        output=str(kept.get("output", "")),
        threshold=float(kept["threshold"]) if kept.get("threshold") else None,
        tolerance=float(kept["tolerance"]) if kept.get("tolerance") else None,
        combine=str(kept.get("combine", "logits")),
        consensus=int(kept.get("consensus", 0)),
    )
