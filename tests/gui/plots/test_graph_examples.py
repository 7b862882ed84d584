from __future__ import annotations

from PySide6.QtWidgets import QApplication

from engine.figures import NodeTouch
from gui.plots.graph_examples import NodesPlot
from tests.factories import make_nodes_figure

LARGE = {"entities": 2.0, "additions": 2.0, "deletions": 1.0}


def test_the_change_is_drawn_listed_and_answered(shown) -> None:
    plot = shown(NodesPlot(), 420, 420)
    plot.show_figure(make_nodes_figure())
    plot.show_change(LARGE)
    assert plot.changed.drawing.rings.nodes == {0, 1}
    assert plot.changed.caption.text() == "changed: 2 additions and 1 deletion at 2 nodes"
    assert plot.listed.text() == (
        "node 12: +1 feature; node 3: +1 feature, -1. The base model answers Officer."
    )
    assert plot.slider.change() == LARGE
    plot.show_change({**LARGE, "entities": 3.0})
    assert plot.changed.caption.text().startswith("not certified: ")
    assert "answers" not in plot.listed.text()


def test_noisy_copies_point_out_their_nodes(shown) -> None:
    plot, figure = shown(NodesPlot(), 420, 420), make_nodes_figure()
    plot.show_figure(figure)
    assert [view.caption.text() for view in plot.noisy] == ["Mr. Hi", "Mr. Hi", "Officer"]
    assert plot.noisy[0].drawing.rings.nodes == {1, 3}
    assert not plot.noisy[0].drawing.rings.hollow
    assert "2 of 4 nodes noised: +1 features, -2" in plot.noisy[0].accessibleDescription()
    gone = figure.samples[0].model_copy(
        update={"mark": "taken away", "touches": (NodeTouch(position=2),)}
    )
    plot.show_figure(make_nodes_figure(samples=(gone,)))
    assert plot.noisy[0].drawing.rings.hollow
    assert "1 of 4 nodes taken away" in plot.noisy[0].accessibleDescription()
    assert [view.isVisible() for view in plot.noisy] == [True, False, False]


def test_an_abstention_shows_the_input_and_its_answer(shown) -> None:
    plot = shown(NodesPlot(), 420, 420)
    plot.show_figure(make_nodes_figure())
    plot.show_figure(make_nodes_figure(region=None, answers=()))
    assert plot.changed.caption.text() == "without noise: Mr. Hi"
    assert plot.changed.drawing.rings.nodes == frozenset() and not plot.listed.isVisible()


def test_an_attack_that_finds_nothing_says_so(shown) -> None:
    plot = shown(NodesPlot(), 420, 420)
    plot.show_figure(make_nodes_figure())
    plot.show_change({"entities": 1.0, "additions": 0.0, "deletions": 0.0})
    assert plot.listed.text().startswith("No flip within these limits helps the attack.")


def test_long_lists_are_counted_and_in_the_tooltip(shown) -> None:
    figure = make_nodes_figure()
    plot = shown(NodesPlot(), 420, 420)
    plot.show_figure(figure)
    many = tuple(NodeTouch(position=i % 4, added=1) for i in range(9))
    plot.figure = _Many(**dict(figure), many=many)
    plot.show_change(LARGE)
    assert "; 3 more." in plot.listed.text() and plot.listed.toolTip().count("node") == 9


class _Many(type(make_nodes_figure())):
    many: tuple[NodeTouch, ...]

    def touched(self, change):
        return self.many


def test_beside_when_wide_below_when_not(shown) -> None:
    plot = shown(NodesPlot(), 900, 300)
    plot.show_figure(make_nodes_figure())
    QApplication.processEvents()
    assert plot.changed.x() < plot.noisy[0].x() < plot.noisy[1].x()
    assert plot.noisy[0].y() < plot.changed.geometry().bottom()
    plot.resize(300, 420)
    QApplication.processEvents()
    assert plot.changed.y() < plot.heading.y() < plot.noisy[0].y()
    assert all(plot.images.rect().contains(view.geometry()) for view in plot.noisy)


def test_the_summary_tells_answers_and_nodes(shown) -> None:
    plot = shown(NodesPlot(), 420, 420)
    assert plot.summary() == ""
    plot.show_figure(make_nodes_figure())
    plot.show_change(LARGE)
    assert plot.summary() == (
        "changed: 2 additions and 1 deletion at 2 nodes; noisy samples that the base model calls "
        "Mr. Hi, Mr. Hi, Officer. node 12: +1 feature; node 3: +1 feature, -1. The base model "
        "answers Officer."
    )
    assert plot.subtitle.text() == "base model's answers · flips, 0 to 1 with 0.05"


def test_it_can_be_saved(shown, tmp_path) -> None:
    plot = shown(NodesPlot(), 420, 420)
    plot.show_figure(make_nodes_figure())
    for suffix in ("png", "svg", "csv"):
        plot.save(tmp_path / f"nodes.{suffix}")
        assert (tmp_path / f"nodes.{suffix}").stat().st_size > 100
