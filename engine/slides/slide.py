"""One moment of a run as a page of 16 to 9: outcome, claim and plots in large type."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from engine.core.records import InputIdentity
from engine.evidence.evidence import Evidence
from engine.evidence.run_view import RunView
from engine.evidence.statement import headline_of
from engine.evidence.subject import headline_in, noise_of, region_note
from engine.figures.bounds import bounds_figure
from engine.figures.images import SliceFigure, bare_slice
from engine.figures.regions import region_figure
from engine.figures.spread import spread_figure
from engine.figures.votes import votes_figure
from engine.regions import radius_of
from engine.report import palette
from engine.report.content import Tone
from engine.report.enumerated import grows
from engine.report.numbers import count
from engine.report.plots import Drawing, Figure, drawing
from engine.report.summary import content
from engine.report.typeset import Format, typeset
from engine.slides.film import SHOWN, Shown

WIDTH = 1920
"""Pixels across, unless another width is asked for."""
_WIDTHS_MM, _INCH = (192.0, 192.0, 256.0), 25.4
"""Of the page with one, two and three plots; 9 points are 32, 32 and 24 of its 1,080 pixels."""


@dataclass(frozen=True)
class Slide:
    """What stands on one slide.

    Attributes:
        word: the outcome in capitals; ``REPLAY`` on the way to it; empty for a plot alone.
        tone: colour of the word.
        headline: what may be claimed, in numbers; empty for nothing.
        sentence: the statement of a result; on the way to it, norm and noise.
        count: of the votes so far.
        figures: at most three, side by side.
    """

    word: str
    tone: Tone
    headline: str
    sentence: str
    count: str
    figures: tuple[Figure, ...]


def slide_of(
    view: RunView,
    class_names: tuple[str, ...],
    shown: Shown = "all",
    image: SliceFigure | None = None,
    *,
    given: InputIdentity,
) -> Slide:
    """A run as it stands, or its result.

    Args:
        view: a snapshot, or evidence.
        given: the input of the run, whose kind has its own noun for what is certified.
        class_names: of the model.
        shown: which plots; one that this run has not is left out.
        image: the slice through the input that belongs to the run, which its region grows on.
    """
    figures = figures_of(view, class_names, image)
    usual = ("votes", "bounds", "region") if shown == "all" else (shown,)
    chosen = [figures[name] for name in SHOWN if name in figures and name in usual]
    n, planned = view.estimation.n, view.n_plan
    if isinstance(view, Evidence):
        said = content(view)
        headline = "" if view.contradicted else headline_of(view)
        word, tone, sentence = said.verdict, said.tone, f"{said.statement} {said.partial}".strip()
    else:
        word, tone, sentence = "REPLAY", "plain", _conditions(view, given)
        headline = headline_in(view.region, given) if view.region is not None else ""
    votes = f"n = {count(n)}" if n == planned else f"n = {count(n)} of {count(planned)}"
    return Slide(word, tone, headline, sentence, votes, tuple(chosen))


def _conditions(view: RunView, given: InputIdentity) -> str:
    """What a headline on the way leaves open: in which norm, against what noise, among how many."""
    noise = f"{noise_of(view.settings.scheme, given)}."
    if view.region is None:
        return f"{noise[:1].upper()}{noise[1:]}"
    note = region_note(view.region, given)
    return f"{note[:1].upper()}{note[1:]}, under {noise}" if note else noise


def figures_of(
    view: RunView, class_names: tuple[str, ...], image: SliceFigure | None = None
) -> dict[Shown, Figure]:
    """The plots that a run has."""
    found: dict[Shown, Figure] = {}
    if view.settings.kind != "measure":
        found["votes"] = votes_figure(view, class_names)
    if view.trajectory and grows(view):
        found["bounds"] = bounds_figure(view, class_names)
    region = region_figure(view, class_names) if view.settings.kind != "predict" else None
    if region is not None:
        found["region"] = region
    elif image is not None:
        found["region"] = image.beside(view).growing_to(view.region)
    if view.ensemble is not None and view.ensemble.spread is not None:
        found["members"] = spread_figure(view.ensemble.spread)
    return found


def ball_of(evidence: Evidence) -> SliceFigure | None:
    """The certified ball alone, where no slice through the input was kept beside it."""
    radius, scheme = radius_of(evidence.region), evidence.settings.scheme
    if radius is None or scheme.region_type.picture_for(scheme.inputs) != "slice":
        return None
    return bare_slice(evidence, evidence.model.class_names, radius)


def render_slide(slide: Slide, fmt: Format, *, dark: bool = False, width: int = WIDTH) -> bytes:
    """A slide as PNG (``width`` pixels wide), SVG or PDF."""
    drawings = [drawing(figure, dark=dark) for figure in slide.figures]
    wide = _WIDTHS_MM[max(0, len(drawings) - 1)]
    data = {
        "width": wide,
        "word": slide.word,
        "tone": slide.tone,
        "headline": slide.headline,
        "sentence": slide.sentence,
        "count": slide.count,
        "panels": [_panel(each) for each in drawings],
        "theme": palette.theme(dark=dark),
    }
    return typeset("slide.typ", data, _files(drawings), fmt, ppi=width / wide * _INCH)[0]


def render_plot(figure: Figure, fmt: Format, *, dark: bool = False, width: int = WIDTH) -> bytes:
    """One plot alone on a slide."""
    return render_slide(Slide("", "plain", "", "", "", (figure,)), fmt, dark=dark, width=width)


def _panel(ready: Drawing) -> dict[str, Any]:
    tall = ready.height is not None
    return {"kind": ready.kind, "figure": ready.data, "tall": tall, "alt": ready.alt}


def _files(drawings: Sequence[Drawing]) -> dict[str, bytes]:
    return {name: data for ready in drawings for name, data in ready.files.items()}
