from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from engine.comparison.landscape import landscape, reach_figure
from engine.schemes.attacker import Attacker
from gui.plots.comparison import ReachPlot
from gui.plots.labels import Box
from tests.engine.comparison.test_records import ONE, tradeoff

LAND = landscape(ONE)


@pytest.fixture
def plot(shown) -> ReachPlot:
    plot = shown(ReachPlot(), 760, 420)
    plot.show_figure(reach_figure(LAND, Attacker(entities=1, epsilon=0.7)))
    return plot


def test_every_region_is_a_step_line(plot) -> None:
    ball, pixels, stairs = (line.getData() for line in plot.lines)
    assert ball[0].tolist()[-1] == 6.5 and set(ball[1].round(6)) == {0.5}
    assert pixels[0].max() == 3.5 and pixels[1][-1] == 0.0
    assert pixels[1][0] == plot.figure.top  # any strength
    assert stairs[1].round(6).tolist() == [0.9, 0.9, 0.4, 0.4, 0.0]
    assert len({line.opts["pen"].style() for line in plot.lines}) == 3


def test_the_attacker_stands_where_it_is_described(plot) -> None:
    assert [list(axis) for axis in plot.attacker.getData()] == [[1], [0.7]]
    plot.show_figure(reach_figure(LAND, Attacker(entities=2, epsilon=0.2)))
    assert [list(axis) for axis in plot.attacker.getData()] == [[2], [0.2]]


def test_a_click_puts_it_elsewhere(plot, qtbot: QtBot) -> None:
    scene = plot.view.mapViewToScene(QPointF(3.2, 0.25))
    at = plot.canvas.mapTo(plot, plot.canvas.mapFromScene(scene))
    with qtbot.waitSignal(plot.pointed) as heard:
        qtbot.mouseClick(plot, Qt.MouseButton.LeftButton, pos=at)
    entities, epsilon = heard.args
    assert entities == 3 and epsilon == pytest.approx(0.25, abs=0.01)


def test_hovering_tells_who_certifies_what(plot) -> None:
    told = plot.told(2, 0.3).splitlines()
    assert told[0] == "2 pixels, epsilon 0.3"
    assert told[1].endswith(": certified, up to 0.499")
    assert told[2].endswith(": certified, any strength")
    assert plot.told(2, 0.45).splitlines()[3].endswith(": only up to 0.399")
    assert plot.told(5, 0.45).splitlines()[3].endswith(": nothing certified")


def test_names_do_not_cover_one_another(plot) -> None:
    texts = [text for text in (plot.attacker_name, *plot.names) if text.isVisible()]
    assert len(texts) == 4
    boxes = []
    for text in texts:
        at = text.mapRectToScene(text.boundingRect())
        boxes.append(Box(at.x() + 2, at.y() + 2, at.width() - 4, at.height() - 4))
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])


def test_fewer_candidates_leave_nothing_behind(plot) -> None:
    alone = landscape(tradeoff(ONE.outcomes[0]))
    plot.show_figure(reach_figure(alone, Attacker()))
    assert [len(line.getData()[0]) for line in plot.lines[1:]] == [0, 0]
    assert not any(name.isVisible() for name in plot.names[1:])


def test_without_a_certificate_there_are_axes_only(shown) -> None:
    plot = shown(ReachPlot(), 500, 300)
    plot.show_figure(reach_figure(landscape(tradeoff((), ())), Attacker()))
    assert "not asked yet" in plot.summary()
    assert not any(name.isVisible() for name in plot.names)


def test_it_is_said_and_saved(plot, tmp_path) -> None:
    assert plot.summary().startswith("The attacker changes up to 1 pixel, together by at most 0.7")
    assert "withstands it" in plot.summary()
    for suffix, start in (("svg", b"<svg"), ("png", b"\x89PNG"), ("pdf", b"%PDF")):
        plot.save(tmp_path / f"a.{suffix}")
        assert (tmp_path / f"a.{suffix}").read_bytes().startswith(start)
    plot.save(tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_text().startswith("candidate,noise,pixels")
