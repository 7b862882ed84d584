"""Several smoothed classifiers against one attacker: regions, accuracies, and tables of shares."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.core.rounding import exact
from engine.figures.axes import Axis
from engine.figures.comparison import (
    INTERVALS,
    AccuracyFigure,
    ReachFigure,
    Share,
    ShareFigure,
    TradeOffFigure,
    percent,
)
from engine.report import palette
from engine.report.plots.base import Drawing, hex_rgb, marked

_NORM = "epsilon: {} norm of the whole change, pixels in [0,1]"
_TICKS = 16
_READABLE = {False: 0.8, True: 0.6}
"""From this share on a cell's ink is that of filled bars; below, that of the page."""


def draw(figure: TradeOffFigure, *, dark: bool = False) -> Drawing:
    """Any of the three images of a comparison."""
    if isinstance(figure, ReachFigure):
        return _reach(figure)
    if isinstance(figure, AccuracyFigure):
        return _accuracy(figure)
    return _shares(figure, dark=dark)


def _reach(figure: ReachFigure) -> Drawing:
    columns = len(figure.entities)
    across, up = Axis(0.5, columns + 0.5), Axis(0.0, figure.top)
    every = -(-columns // _TICKS)
    attacker = figure.attacker
    return Drawing(
        kind="reach",
        width=130,
        height=None,
        data={
            "title": "What each scheme certifies of one input",
            "subtitle": figure.input,
            "x-name": "changed pixels, at most",
            "y-name": _NORM.format(figure.attacker.norm),
            "x-ticks": marked((across(r), str(r)) for r in figure.entities[::every]),
            "y-ticks": marked(up.ticks()),
            "attacker": {
                "x": across(attacker.entities),
                "y": min(1.0, up(attacker.epsilon)),
            },
            "candidates": [
                {
                    **_candidate(figure, i),
                    "line": [[across(x), up(y)] for x, y in figure.outline(i)],
                    "marks": [[across(x), up(y)] for x, y in enumerate(figure.heights(i), 1)],
                    "holds": figure.withstands[i],
                }
                for i in range(len(figure.names))
            ],
            "note": _note(figure),
        },
        alt=_told(figure),
    )


def _accuracy(figure: AccuracyFigure) -> Drawing:
    ticks = marked((t / 100, f"{t} %") for t in range(0, 101, 20))
    return Drawing(
        kind="accuracy",
        width=120,
        height=None,
        data={
            "title": "What robustness costs",
            "subtitle": _inputs(figure),
            "x-name": figure.x_name,
            "y-name": "also certified against the attacker",
            "x-ticks": ticks,
            "y-ticks": ticks,
            "limit": [[0.0, 0.0], [1.0, 1.0]],
            "candidates": [
                {
                    **_candidate(figure, i),
                    "place": None if clean is None else [clean.value, _value(figure.certified[i])],
                    "holds": False,
                }
                for i, clean in enumerate(figure.clean)
            ],
            "note": _note(figure),
        },
        alt=_told(figure),
    )


def _shares(figure: ShareFigure, *, dark: bool) -> Drawing:
    framed = figure.framed
    return Drawing(
        kind="shares",
        width=160,
        height=None,
        data={
            "title": figure.title,
            "subtitle": _inputs(figure),
            "axes": f"across: changed pixels, at most · up: {_NORM.format(figure.attacker.norm)}",
            "entities": [str(r) for r in figure.entities],
            "epsilons": [exact(e) for e in figure.epsilons],
            "covering": None if framed is None else list(framed),
            "candidates": [
                {
                    "name": name,
                    "cells": [[_cell(share, dark=dark) for share in row] for row in rows],
                }
                for name, rows in zip(figure.names, figure.shares, strict=True)
            ],
            "note": _note(figure) + ("" if framed is None else " · framed: the attacker"),
        },
        alt=f"{figure.title}, over changed pixels and {figure.attacker.norm} norm, for "
        + ", ".join(figure.names),
    )


def _cell(share: float | None, *, dark: bool) -> dict[str, Any]:
    theme = palette.theme(dark=dark)
    strength = share or 0.0
    pairs = zip(hex_rgb(theme["accent"]), hex_rgb(theme["paper"]), strict=True)
    colour = "#" + "".join(f"{round(strength * a + (1 - strength) * b):02x}" for a, b in pairs)
    return {"text": percent(share), "colour": colour, "strong": strength > _READABLE[dark]}


def _note(figure: TradeOffFigure) -> str:
    said = f"The attacker {figure.attacker.words()} · {figure.note}"
    if isinstance(figure, AccuracyFigure):
        said += f" · {INTERVALS}"
    return f"{said} · {figure.remark}" if figure.remark else said


def _value(share: Share | None) -> float:
    return 0.0 if share is None else share.value


def _inputs(figure: TradeOffFigure) -> str:
    done, planned = figure.inputs
    return (
        f"{done:,} input{'s' * (done != 1)}"
        if done == planned
        else f"{done:,} of {planned:,} inputs"
    )


def _candidate(figure: ReachFigure | AccuracyFigure, i: int) -> dict[str, Any]:
    return {"name": figure.names[i], "noise": figure.noises[i], "result": figure.results[i]}


def _told(figure: ReachFigure | AccuracyFigure) -> str:
    told = zip(figure.names, figure.results, strict=True)
    return f"{figure.attacker.words()}: " + "; ".join(map(": ".join, told))


Rows = list[list[Any]]


def _reach_table(figure: ReachFigure) -> tuple[list[str], Rows]:
    rows = [
        [name, noise, r, "" if norm is None else "any" if unbounded else norm]
        for name, noise, line, unbounded in zip(
            figure.names, figure.noises, figure.reaches, figure.unbounded, strict=True
        )
        for r, norm in zip(figure.entities, line, strict=True)
    ]
    return ["candidate", "noise", "pixels", "certified_epsilon"], rows


def _accuracy_table(figure: AccuracyFigure) -> tuple[list[str], Rows]:
    attacker = figure.attacker
    rows = [
        [name, noise, *_counted(clean), attacker.entities, attacker.epsilon, *_counted(certified)]
        for name, noise, clean, certified in zip(
            figure.names, figure.noises, figure.clean, figure.certified, strict=True
        )
    ]
    ends = ("", "_low", "_high")
    clean, certified = (
        [f"{name}{end}" for end in ends] for name in (figure.x_name, _certified(figure))
    )
    return ["candidate", "noise", *clean, "pixels", "epsilon", *certified], rows


def _certified(figure: AccuracyFigure | ShareFigure) -> str:
    return "certified_accuracy" if figure.labelled else "certified_share"


def _counted(share: Share | None) -> list[float | str]:
    return ["", "", ""] if share is None else [share.value, share.low, share.high]


def _share_table(figure: ShareFigure) -> tuple[list[str], Rows]:
    rows = [
        [name, noise, r, epsilon, _number(share)]
        for name, noise, table in zip(figure.names, figure.noises, figure.shares, strict=True)
        for epsilon, row in zip(figure.epsilons, table, strict=True)
        for r, share in zip(figure.entities, row, strict=True)
    ]
    return ["candidate", "noise", "pixels", "epsilon", _certified(figure)], rows


def _number(value: float | None) -> float | str:
    return "" if value is None else value


TABLES: dict[type, Callable[[Any], tuple[list[str], Rows]]] = {
    ReachFigure: _reach_table,
    AccuracyFigure: _accuracy_table,
    ShareFigure: _share_table,
}
"""The numbers behind each image."""
