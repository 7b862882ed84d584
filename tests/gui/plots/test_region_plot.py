"""Regions that answer: hovering, clicking and arrow keys give the inverse view."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QToolTip

from engine import schemes
from engine.evidence.settings import CertifySettings
from engine.figures.regions import region_figure
from engine.schemes import HierarchicalGaussian, parse_scheme
from gui.plots.pictures import PLOTS
from gui.style import theme as themes
from gui.style.stylesheet import apply_theme
from tests.engine.figures.test_attacked import attacked
from tests.factories import make_evidence, make_region_figure
from tests.schemes import Brightness

PICTURES = {"staircase": "map", "count": "bars", "cells": "map", "interval": "terms"}
"""How each kind of region is drawn."""
FACTS = {kind: {"scheme": Brightness()} if kind == "interval" else {} for kind in PICTURES}
INSIDE = {
    "interval": (QPointF(0.4, 0.5), {"brightness": -0.236}),
    "staircase": (QPointF(1.0, 0.2), {"entities": 2.0, "epsilon": 0.2}),
    "count": (QPointF(3.0, 0.6), {"entities": 3.0}),
    "cells": (QPointF(4.0, 2.0), {"additions": 2.0, "deletions": 4.0}),
}


@pytest.fixture(params=PICTURES)
def plot(request, shown):
    found = shown(PLOTS[PICTURES[request.param]](), 420, 360)
    found.show_figure(make_region_figure(request.param, **FACTS[request.param]))
    found.kind = request.param
    return found


def at(plot, place: QPointF) -> QPoint:
    """A place of the view in the plot's own pixels."""
    scene = plot.view.mapViewToScene(place)
    return plot.canvas.mapTo(plot, plot.canvas.mapFromScene(scene))


def near(change: dict[str, float], wanted: dict[str, float]) -> bool:
    return change == pytest.approx(wanted, abs=0.01)


@pytest.mark.thorough
def test_a_click_chooses_and_tells(plot, qtbot) -> None:
    place, change = INSIDE[plot.kind]
    with qtbot.waitSignal(plot.asked) as asked:
        qtbot.mouseClick(plot, Qt.MouseButton.LeftButton, pos=at(plot, place))
    assert near(asked.args[0], change) and plot.chosen == asked.args[0]
    assert plot.answer.isVisible() and plot.answer.text().endswith(": certified")
    assert len(plot.marker.data) == 1


def test_hovering_tells_the_same_and_chooses_nothing(plot) -> None:
    place, _ = INSIDE[plot.kind]
    pos = at(plot, place)
    plot.event(QHelpEvent(QEvent.Type.ToolTip, pos, plot.mapToGlobal(pos)))
    assert QToolTip.text().endswith(": certified")
    assert plot.chosen is None and not plot.answer.isVisible()
    QToolTip.hideText()


def test_beside_the_map_there_is_nothing_to_choose(plot, qtbot) -> None:
    qtbot.mouseClick(plot, Qt.MouseButton.LeftButton, pos=QPoint(3, plot.height() - 3))
    assert plot.chosen is None
    assert plot.change_at(QPointF(-9.0, -9.0)) is None


@pytest.mark.parametrize("key", [Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down])
def test_arrows_move_the_choice_and_stop_at_the_edges(plot, qtbot, key) -> None:
    places = []
    for _ in range(150):
        qtbot.keyClick(plot, key)
        places.append(dict(plot.chosen))
    assert places[-1] == places[-2]
    needs = plot.figure.needs
    assert set(places[-1]) == set(needs.scheme.terms)
    assert plot.answer.text()


def test_the_answer_follows_the_run(plot) -> None:
    _, change = INSIDE[plot.kind]
    plot.choose(change)
    assert plot.answer.text().endswith(": certified")
    plot.show_figure(make_region_figure(plot.kind, share=0.7, n=60, **FACTS[plot.kind]))
    assert ": not certified: takes p_lower above" in plot.answer.text() or (
        ": out of reach: requires p_lower above" in plot.answer.text()
    )


def test_a_choice_in_another_schemes_terms_is_dropped(plot) -> None:
    plot.chosen = {"words": 2.0}
    plot.show_figure(make_region_figure(plot.kind, **FACTS[plot.kind]))
    assert plot.chosen is None and not plot.answer.isVisible()


def test_the_view_shows_what_is_expected_and_stays_while_that_holds(shown) -> None:
    plot = shown(PLOTS["map"](), 420, 360)
    plot.show_figure(make_region_figure("cells", share=0.9, n=2000))
    before = plot.view.viewRange()
    needs = plot.figure.needs
    assert before[0][1] < needs.wide - 0.5
    plot.show_figure(make_region_figure("cells", share=0.9, n=2600))
    assert plot.view.viewRange() == before
    wide = plot.figure.region.most()[1]
    assert wide < before[0][1] < 3 * wide


def test_every_theme_and_large_type(plot, qapp) -> None:
    for name, scale in (("dark", 1.0), ("high-contrast", 1.0), ("light", 1.6)):
        theme = apply_theme(qapp, name, scale=scale)
        assert plot.canvas.backgroundBrush().color().name().upper() == theme.surface.upper()


def test_a_preview_has_a_map_and_no_claim(plot) -> None:
    figure = plot.figure.model_copy(update={"region": None, "standing": None})
    plot.show_figure(figure)
    assert plot.summary().startswith("Nothing is certified yet; the ")
    assert not any("certified" in entry.text for entry in plot.legend.entries)


def test_the_region_is_certified_now_only_while_it_may_grow(shown) -> None:
    plot = shown(PLOTS["map"]())
    for n_plan, words in ((10_000, "certified now"), (2_000, "certified")):
        figure = make_region_figure("staircase", n=2_000)
        standing = figure.standing.model_copy(update={"n": 2_000, "n_plan": n_plan})
        plot.show_figure(figure.model_copy(update={"standing": standing}))
        assert plot.legend.entries[0].text == words


def test_a_provisional_bound_is_dotted_and_no_claim(shown) -> None:
    for kind in ("staircase", "cells"):
        plot = shown(PLOTS["map"]())
        plot.show_figure(make_region_figure(kind, bound="clopper-pearson"))
        entries = {entry.text: entry.mark for entry in plot.legend.entries}
        assert entries["provisional, no claim"] == "dots"
        assert entries["the votes to come could reach"] == "dash"
        assert len(plot.provisional.points[0])
        assert not len(plot.steps.points[0])


def test_another_scheme_draws_another_map(shown) -> None:
    plot = shown(PLOTS["map"]())
    plot.show_figure(make_region_figure("staircase"))
    first = plot.image.image
    plot.show_figure(make_region_figure("staircase", n=4500))
    assert plot.image.image is first
    other = parse_scheme({"key": "hierarchical-gaussian", "sigma": 0.5, "p": 0.9})
    plot.show_figure(make_region_figure("staircase", scheme=other))
    assert plot.image.image is not first


def test_the_legend_has_room_for_all_its_rows_in_every_type(plot, qapp) -> None:
    for scale in (1.0, 1.6, 1.0):
        apply_theme(qapp, "light", scale=scale)
        rows = plot.legend.height_for(plot.width() - 30)
        assert plot.legend.height() == rows
    plot.resize(240, 500)
    assert plot.legend.height() == plot.legend.height_for(max(200, plot.width() - 30))


@pytest.mark.parametrize("scheme", [schemes.Brightness(sigma_b=0.2), HierarchicalGaussian(p=0.8)])
def test_what_an_attack_refutes_is_red_with_a_cross(qtbot, scheme):
    evidence = make_evidence(settings=CertifySettings(scheme=scheme))
    evidence = evidence.model_copy(update={"region": scheme.region(evidence.bounds)})
    change = dict.fromkeys(scheme.terms, 0.001)
    change |= {"entities": 1.0} if len(change) > 1 else {}
    sound = region_figure(evidence, evidence.model.class_names)
    refuted = region_figure(attacked(evidence, **change), evidence.model.class_names)
    plot, theme = PLOTS[sound.picture](), themes.current()
    qtbot.addWidget(plot)

    def ink():
        steps = getattr(plot, "steps", None)
        return (plot.strips[0].ends.opts["pen"] if steps is None else steps.pen()).color()

    plot.show_figure(sound)
    assert ink().name() == theme.certified.lower() and not len(plot.attack.points())
    plot.show_figure(refuted)
    assert ink().name() == theme.danger.lower() and len(plot.attack.points()) == 1
    assert [one.text for one in plot.legend.entries][:1] == ["refuted"]
    assert plot.summary().startswith("What is stated is REFUTED by ")
    plot.retheme()
    assert ink().name() == theme.danger.lower()
    plot.show_figure(sound)
    assert ink().name() == theme.certified.lower() and not len(plot.attack.points())
