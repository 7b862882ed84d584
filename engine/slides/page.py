"""A run as one HTML file with a plot that moves: it opens in any browser, without this program.

The page holds the recorded votes block by block, the claim as it grew, and the whole evidence. It
loads nothing and sends nothing: its policy allows the one script that stands in it, by its digest.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
from pathlib import Path
from typing import Any

from engine.core.files import write_atomically
from engine.core.resources import assets
from engine.core.rounding import round_down, round_up
from engine.core.text import visible
from engine.evidence.evidence import Evidence
from engine.evidence.run_view import RunView
from engine.evidence.statement import headline_of
from engine.evidence.subject import headline_in
from engine.figures.regions import region_figure
from engine.figures.votes import OTHER, VotesFigure, votes_figure
from engine.procedures.playback import played
from engine.regions import radius_of
from engine.report.drawing import render_figure
from engine.report.html import embedded, escape
from engine.report.json import evidence_json
from engine.report.summary import content
from engine.schemes.ranked import threshold_mark

_MOST_FRAMES = 240
_DIGITS, _RADIUS_DIGITS = 5, 3


def write_page(evidence: Evidence, path: Path) -> None:
    """Write the page.

    Raises:
        UserError: the file cannot be written.
    """
    write_atomically(path, page_text(evidence).encode())


def page_text(evidence: Evidence) -> str:
    """The page; a run without recorded blocks has its result as the one moment."""
    folder = assets() / "slides"
    script = (folder / "page.js").read_text(encoding="utf-8")
    style = (folder / "page.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    said = content(evidence)
    figure = region_figure(evidence, evidence.model.class_names)
    headline = "" if evidence.contradicted else headline_of(evidence)
    drawn = "" if figure is None else render_figure(figure, "svg").decode()
    shown = f'<figure id="region" aria-label="Certified region">{drawn}</figure>' if drawn else ""
    return "\n".join(
        [
            "<!DOCTYPE html>",
            '<html lang="en"><head><meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{escape(said.title)}</title><style>{style}</style></head><body><main>",
            f'<header><h1><span id="word" class="{said.tone}">{said.verdict}</span> '
            f'<span id="headline">{escape(headline)}</span></h1>',
            f'<p id="statement">{escape(said.statement)} {escape(said.partial)}</p></header>',
            f'<div id="plots">{shown}</div>',
            '<p class="bar"><button id="play" type="button">Play</button>'
            '<input id="moment" type="range" min="0" max="0" value="0" step="1" '
            'aria-label="Moment of the run"><output id="count"></output></p>',
            '<p class="keys">Space plays and pauses; the arrow keys step; the pointer reads values '
            "off the bound. The evidence stands in the page whole, as JSON in its element "
            f"'evidence'. Certiscope {escape(evidence.software.certiscope)}.</p>",
            "<noscript>The plot that moves needs scripts; the statement above stands without."
            "</noscript></main>",
            embedded(json.dumps(_data(evidence), ensure_ascii=True), "run"),
            embedded(evidence_json(evidence), "evidence"),
            f"<script>{script}</script></body></html>\n",
        ]
    )


def _data(evidence: Evidence) -> dict[str, Any]:
    """What the script draws: classes once, and for every moment its counts and its claim."""
    names = evidence.model.class_names
    last = votes_figure(evidence, names)
    snapshots = _thinned(played(evidence))
    said = content(evidence)
    headline = "" if evidence.contradicted else headline_of(evidence)
    return {
        "classes": [visible(bar.name) for bar in last.bars],
        "top": next((i for i, bar in enumerate(last.bars) if bar.index == last.top), -1),
        "selection": [bar.selection for bar in last.bars],
        "plan": evidence.n_plan,
        "threshold": last.threshold,
        "mark": threshold_mark(last.threshold),
        "radius": None if evidence.contradicted else _radius(evidence),
        "frames": [
            *(
                _moment(view, last, _headline(view, evidence), "REPLAY", "plain")
                for view in snapshots
            ),
            _moment(evidence, last, headline, said.verdict, said.tone),
        ],
    }


def _thinned(snapshots: tuple[RunView, ...]) -> list[RunView]:
    """At most so many moments, early ones closer together."""
    if len(snapshots) <= _MOST_FRAMES:
        return list(snapshots)
    places = {int((i / _MOST_FRAMES) ** 2 * len(snapshots)) for i in range(_MOST_FRAMES)}
    return [snapshots[place] for place in sorted(places)]


def _headline(view: RunView, evidence: Evidence) -> str:
    return headline_in(view.region, evidence.input) if view.region is not None else ""


def _moment(
    view: RunView, last: VotesFigure, headline: str, word: str, tone: str
) -> dict[str, Any]:
    counts, bounds = view.estimation.counts, view.bounds
    kept = [counts[bar.index] if bar.index != OTHER else 0 for bar in last.bars]
    rest = sum(counts) - sum(kept)
    return {
        "n": view.estimation.n,
        "c": [kept[i] if bar.index != OTHER else rest for i, bar in enumerate(last.bars)],
        "f": view.estimation.failures,
        "lo": float(round_down(bounds.p_lower, _DIGITS)) if bounds is not None else None,
        "hi": float(round_up(bounds.p_upper, _DIGITS)) if bounds is not None else None,
        "ok": bounds is not None and bounds.valid,
        "r": _radius(view),
        "claim": headline,
        "word": word,
        "tone": tone,
    }


def _radius(view: RunView) -> float | None:
    radius = radius_of(view.region)
    finite = radius is not None and math.isfinite(radius)
    return float(round_down(radius, _RADIUS_DIGITS)) if radius is not None and finite else None
