"""A result for the stage, in whatever the ending of a file asks for."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import cast

from engine.core.errors import UserError
from engine.core.files import write_atomically
from engine.evidence.evidence import Evidence
from engine.figures.images import SliceFigure
from engine.report.typeset import Format
from engine.slides.film import ENDINGS, PAGE, STILLS, Film
from engine.slides.page import write_page
from engine.slides.replay import write_replay
from engine.slides.slide import ball_of, render_slide, slide_of


def write_slides(
    evidence: Evidence,
    path: Path,
    film: Film | None = None,
    *,
    image: SliceFigure | None = None,
    progress: Callable[[int, int], None] | None = None,
    stop: threading.Event | None = None,
) -> None:
    """Write a result as a slide, its replay as a film or frames, or a page that moves.

    Args:
        evidence: of the run.
        path: .png, .svg and .pdf are one slide with the result, .html a page for any browser,
            .gif, .mp4 and .webm a film, and a folder the frames of one.
        film: plots, size and pace; the page takes none of it.
        image: the slice through the input that belongs to the run; without one a certified ball
            stands in a plane of its own.
        progress: told of frames that are drawn, and of all.
        stop: when set, nothing is written.

    Raises:
        UserError: the ending is another one, a film is asked of a run without recorded blocks, a
            library is missing, or the file cannot be written.
    """
    film, suffix = film or Film(), path.suffix.lower()
    image = image or ball_of(evidence)
    film.check()
    if suffix and suffix not in ENDINGS:
        raise UserError(
            f"Cannot write {path.name}: its ending must be one of {', '.join(ENDINGS)}, or none "
            "for a folder of PNG files."
        )
    if suffix == PAGE:
        write_page(evidence, path)
    elif suffix in STILLS:
        slide = slide_of(
            evidence, evidence.model.class_names, film.shown, image, given=evidence.input
        )
        fmt = cast("Format", suffix.removeprefix("."))
        write_atomically(path, render_slide(slide, fmt, dark=film.dark, width=film.width))
    else:
        write_replay(evidence, path, film, image=image, progress=progress, stop=stop)
