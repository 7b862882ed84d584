"""The illustrations of a report as an attachment of it, so that a verifier can set its pages again.

Evidence holds no images. With them at hand a report is a function of its attachments, byte for
byte. The slice is kept as a figure, whose claim is compared with the evidence; examples are kept as
they are drawn, as captions and images that stand in a row.
"""

from __future__ import annotations

import base64
import io
import json
import re
from collections.abc import Mapping
from typing import Any

import numpy as np
from PIL import Image
from pydantic import ValidationError
from pydantic_core import to_json

from engine.core.errors import UserError
from engine.evidence.evidence import Evidence
from engine.figures.images import SliceFigure
from engine.report.plots.base import Drawing
from engine.report.plots.examples import ALT, WIDTH

NAME = "illustrations.json"
LARGEST = 64 << 20
_FILE = re.compile(r"[a-z]{1,20}\d{0,3}(-beside)?\.(png|svg)")
_SVG = re.compile(
    rb'<svg xmlns="http://www\.w3\.org/2000/svg" viewBox="[\d .]+" width="[\d.]+" height="[\d.]+">'
    rb'(<(path|circle)( (d|cx|cy|r|fill|stroke|stroke-width)="[#\w .-]{1,60}")+/>)*</svg>'
)
"""Lines and discs, and nothing that could refer to anything else."""
_MOST_FILES, _MOST_CELLS, _LARGEST_SIDE = 60, 1 << 20, 4096


def drawing_attachment(images: Drawing) -> bytes:
    """A drawing of several images as JSON, such as the rows of a set."""
    found = attachment(None, images)
    assert found is not None
    return found


def attachment(region: SliceFigure | None, examples: Drawing | None) -> bytes | None:
    """Illustrations as JSON; None where there are none."""
    if region is None and examples is None:
        return None
    return to_json(
        {
            "slice": _dumped(region) if region is not None else None,
            "examples": dict(examples.data) if examples is not None else None,
            "images": {name: _text(data) for name, data in (examples or _NONE).files.items()},
        }
    )


_NONE = Drawing(kind="examples", width=WIDTH, height=None, data={}, alt=ALT)


def read(data: bytes, evidence: Evidence) -> tuple[SliceFigure | None, Drawing | None]:
    """The illustrations of an attachment that may be anybody's.

    Raises:
        UserError: it has another form, or its slice is about another run than the evidence.
    """
    region, examples = _read(data, "examples", ALT)
    if region is not None:
        _compare(region, evidence)
    return region, examples


def read_drawing(data: bytes, kind: str, alt: str) -> Drawing | None:
    """The images of an attachment that may be anybody's and has no slice.

    Raises:
        UserError: it has another form.
    """
    region, images = _read(data, kind, alt)
    if region is not None:
        raise UserError(f"its {NAME} holds a slice, and a set has none")
    return images


def _read(data: bytes, kind: str, alt: str) -> tuple[SliceFigure | None, Drawing | None]:
    try:
        if len(data) > LARGEST:
            raise ValueError("too large")
        tree = json.loads(data)
        files = {str(name): _image(str(name), text) for name, text in tree["images"].items()}
        if len(files) > _MOST_FILES:
            raise ValueError("too many images")
        region = _loaded(tree["slice"]) if tree["slice"] is not None else None
        examples = tree["examples"]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, OSError) as error:
        raise UserError(f"its {NAME} cannot be read") from error
    if examples is None:
        return region, None
    return region, Drawing(kind=kind, width=WIDTH, height=None, data=examples, alt=alt, files=files)


def _compare(region: SliceFigure, evidence: Evidence) -> None:
    """A slice claims a radius, a norm and a class."""
    certified = evidence.radius if evidence.radius is not None else 0.0
    if region.radius is not None and region.radius > certified:
        raise UserError("its slice shows a larger radius than the attached evidence")
    if region.class_names != evidence.model.class_names:
        raise UserError("its slice names other classes than the attached evidence")
    norm = getattr(evidence.region, "certified_norm", region.norm)
    if region.radius is not None and norm != region.norm:
        raise UserError("its slice is about another norm than the attached evidence")


def _dumped(figure: SliceFigure) -> dict[str, Any]:
    tree = figure.model_dump(exclude={"attack"})  # the evidence states it
    return {
        name: {"type": value.dtype.str, "shape": value.shape, "data": _text(value.tobytes())}
        if isinstance(value, np.ndarray)
        else value
        for name, value in tree.items()
    }


def _loaded(tree: Mapping[str, Any]) -> SliceFigure:
    values = {
        name: _array(value) if isinstance(value, dict) else value for name, value in tree.items()
    }
    try:
        return SliceFigure.model_validate({**values, "attack": None})
    except ValidationError as error:
        raise ValueError("another form") from error


def _array(stated: Mapping[str, Any]) -> np.ndarray[Any, Any]:
    kind, shape = np.dtype(str(stated["type"])), tuple(map(int, stated["shape"]))
    data = base64.b64decode(stated["data"], validate=True)
    if kind.str not in ("<i2", "<f4") or len(shape) != 2 or len(data) > kind.itemsize * _MOST_CELLS:
        raise ValueError("an array of another kind")
    array = np.frombuffer(data, kind).reshape(shape)
    if kind.kind == "f" and not np.isfinite(array).all():
        raise ValueError("a number that is not finite")
    return array


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _image(name: str, text: str) -> bytes:
    data = base64.b64decode(text, validate=True)
    if not _FILE.fullmatch(name):
        raise ValueError("an image of another name")
    if name.endswith(".svg"):
        if not _SVG.fullmatch(data):
            raise ValueError("a drawing of another form")
        return data
    with Image.open(io.BytesIO(data), formats=["PNG"]) as image:
        if max(image.size) > _LARGEST_SIDE:
            raise ValueError("too large an image")
    return data
