"""A slide of two methods side by side: smoothing certificates over the exact map of an image."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

from engine.core.errors import UserError
from engine.core.files import write_atomically
from engine.evidence.evidence import Evidence
from engine.figures.light_together import Named, lights_together
from engine.report.typeset import Format
from engine.slides.film import STILLS, Film
from engine.slides.slide import render_slide, slide_of


def write_together(
    evidence: Evidence, beside: Sequence[Named], path: Path, film: Film | None = None
) -> None:
    """Write an exact map with what sampling proves, and what attacks found, drawn over it.

    Args:
        evidence: of the map; its statement stands on the slide.
        beside: results of smoothing by ``contrast-brightness``, by name.
        path: .png, .svg or .pdf.
        film: width and theme.

    Raises:
        UserError: another ending, or results that are not of one image and one model.
    """
    film, suffix = film or Film(), path.suffix.lower()
    if suffix not in STILLS:
        raise UserError(
            f"Cannot write {path.name}: results side by side are one slide, as .png, .svg or .pdf."
        )
    figure = lights_together([("map", evidence), *beside])
    first = figure is not None and figure.region == evidence.region
    if figure is None or not first or len(figure.beside) < len(beside):
        raise UserError(
            "Nothing can be drawn side by side: take the result of an exact map (--scheme "
            "exact-map) first, and beside it certified results of contrast-brightness on the same "
            "image and model."
        )
    slide = replace(
        slide_of(evidence, evidence.model.class_names, given=evidence.input), figures=(figure,)
    )
    fmt = cast("Format", suffix.removeprefix("."))
    write_atomically(path, render_slide(slide, fmt, dark=film.dark, width=film.width))
