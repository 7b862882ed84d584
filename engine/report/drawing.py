"""Any figure as PNG, SVG, PDF or CSV: the image is drawn by the code that draws the report's."""

from __future__ import annotations

from engine.report import palette
from engine.report.plots import Drawing, Figure, drawing
from engine.report.tables import figure_csv
from engine.report.typeset import Format, typeset

_PPI = 220.0


def render_figure(figure: Figure, fmt: Format, *, dark: bool = False) -> bytes:
    """A figure on its own page.

    Args:
        figure: the data; see :mod:`engine.figures`.
        fmt: ``png`` (220 pixels per inch), ``svg`` or ``pdf``.
        dark: light ink on a dark page, for slides.
    """
    return render_drawing(drawing(figure, dark=dark), fmt, dark=dark)


def render_drawing(ready: Drawing, fmt: Format, *, dark: bool = False) -> bytes:
    """The same of a figure that is placed in its frame."""
    data = {
        "kind": ready.kind,
        "width": ready.width,
        "height": ready.height,
        "figure": ready.data,
        "theme": palette.theme(dark=dark),
        "alt": ready.alt,
    }
    return typeset("figure.typ", data, ready.files, fmt, ppi=_PPI)[0]


__all__ = ["figure_csv", "render_drawing", "render_figure"]
