"""The light theme for every plot test, and figures to draw."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication, QWidget

from engine.evidence.evidence import TrajectoryPoint
from engine.figures.bounds import BoundsFigure
from engine.figures.images import SliceFigure
from engine.figures.votes import Bar, VotesFigure
from gui.style import theme as themes
from gui.style.stylesheet import apply_theme
from gui.style.theme import Theme

dressed: dict[str, Theme] = {}
DIGITS = tuple(str(digit) for digit in range(10))


@pytest.fixture(autouse=True)
def light(qapp: QApplication) -> None:
    """Start in the light theme; dressing the program anew is slow, so only where needed."""
    if themes.current() is not dressed.get("theme"):
        dressed["theme"] = apply_theme(qapp, "light")


@pytest.fixture
def shown(qtbot) -> Callable[..., Any]:
    """Shows a plot in the size it has in a small window."""

    def show(plot: QWidget, width: int = 330, height: int = 300) -> QWidget:
        qtbot.addWidget(plot)
        plot.resize(width, height)
        plot.show()
        qtbot.waitExposed(plot)
        QApplication.processEvents()
        return plot

    return show


@pytest.fixture
def votes() -> Callable[..., VotesFigure]:
    """Makes a histogram."""

    def make(
        estimation: tuple[int, ...] = (12, 5, 620, 210, 31, 402, 3, 98_403, 214, 100),
        selection: tuple[int, ...] = (0, 0, 2, 0, 0, 1, 0, 97, 0, 0),
        names: tuple[str, ...] = DIGITS,
        **changes: Any,
    ) -> VotesFigure:
        rows = enumerate(zip(names, selection, estimation, strict=True))
        bars = tuple(
            Bar(index=i, name=name, selection=few, estimation=many) for i, (name, few, many) in rows
        )
        facts: dict[str, Any] = {
            "bars": bars,
            "top": 7,
            "n_selection": sum(selection),
            "n_estimation": sum(estimation),
            "n_plan": 200_000,
        }
        return VotesFigure(**{**facts, **changes})

    return make


@pytest.fixture
def bounds() -> Callable[..., BoundsFigure]:
    """Makes bounds that settle at p, over n up to ``n``."""

    def make(
        n: int = 40_000, p: float = 0.9, *, plan: int = 100_000, valid: bool = True, **changes: Any
    ) -> BoundsFigure:
        places = np.unique(np.geomspace(50, n, 200).astype(int)).tolist()
        lower = [max(0.0, p - 2 / at**0.5) for at in places]
        points = tuple(
            TrajectoryPoint(
                n=at,
                k=round(at * p),
                p_lower=low,
                p_upper=1 - low,
                valid=valid or at == plan,
            )
            for at, low in zip(places, lower, strict=True)
        )
        facts = {"points": points, "n_plan": plan, "method": "live", "top_name": "7"}
        return BoundsFigure(**{**facts, **changes})

    return make


@pytest.fixture
def slices() -> Callable[..., SliceFigure]:
    """Makes a plane with 7 in the middle, 2 to the right and 5 below."""

    def make(cells: int = 48, **changes: Any) -> SliceFigure:
        at = (np.arange(cells) + 0.5) / cells * 3 - 1.5
        u, v = np.meshgrid(at, at)
        base = np.full((cells, cells), 7, dtype=np.int16)
        base[u > 0.9] = 2
        base[v < -1.0] = 5
        facts: dict[str, Any] = {
            "extent": 1.5,
            "base": base,
            "smoothed": base[::4, ::4].copy(),
            "smoothed_votes": 100,
            "axes": ("towards digit 2", "random, orthogonal"),
            "radius": 0.63299,
            "class_names": DIGITS,
            "center_class": 7,
            "samples": np.array([[0.1, 0.2], [-0.5, 0.4], [9.0, 0.0]], dtype=np.float32),
        }
        return SliceFigure(**{**facts, **changes})

    return make
