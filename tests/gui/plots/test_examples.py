from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from engine.figures.media import GraphMedium, NodeTouch
from gui.plots.example_table import CHANGED
from gui.plots.examples import ExamplesPlot
from tests.factories import (
    make_graph_examples,
    make_image_examples,
    make_pixel_examples,
    make_row_examples,
    make_text_examples,
)

EVERY = [make_graph_examples, make_text_examples, make_row_examples]
LARGE = {"entities": 2.0, "additions": 2.0, "deletions": 1.0}


@pytest.fixture
def plot(shown) -> ExamplesPlot:
    return shown(ExamplesPlot(), 420, 420)


def test_every_kind_is_shown_in_its_own_way_one_after_another(plot) -> None:
    for make in (make_image_examples, *EVERY, make_image_examples):
        plot.show_figure(make())
        QApplication.processEvents()
        tabled = make is make_row_examples
        assert plot.table.isVisible() == tabled and plot.boxes.isVisible() != tabled
        assert plot.view.changed is not None
        short = make().noise_in_words.partition(" (")[0]
        assert plot.subtitle.text() == f"base model's classes · {short}"
        assert "; classes on this card are the base model's" in plot.subtitle.toolTip()


@pytest.mark.parametrize("make", EVERY)
def test_the_slider_goes_through_what_is_certified_and_tells_others(plot, qtbot, make) -> None:
    figure = make()
    assert plot.change is None
    plot.show_figure(figure)
    assert plot.slider.isVisible() and figure.region.contains(plot.change)
    with qtbot.waitSignal(plot.asked) as asked:
        plot.slider.slider.setValue(0)
    assert asked.args[0] == plot.change == plot.slider.changes[0]
    assert plot.view.changed.caption == figure.changed(plot.change).caption


@pytest.mark.parametrize("kind", ["staircase", "count", "cells"])
def test_a_slider_goes_through_changes_of_an_image(plot, kind) -> None:
    figure = make_pixel_examples(kind)
    plot.show_figure(figure)
    assert plot.slider.isVisible() and plot.boxes.perturbed.isVisible()
    seen = []
    for place in range(len(plot.slider.changes)):
        plot.slider.slider.setValue(place)
        assert plot.boxes.perturbed.caption.startswith("changed: ")
        assert figure.region.contains(plot.change)
        seen.append(plot.boxes.perturbed.views[0].mark.places.sum())
    assert len(set(seen)) > 1


@pytest.mark.parametrize("make", EVERY)
def test_without_an_attack_or_a_region_there_is_no_slider(plot, make) -> None:
    plot.show_figure(make())
    for missing in ({"attack": None}, {"region": None, "changes": (), "answers": ()}):
        plot.show_figure(make(**missing))
        assert not plot.slider.isVisible() and plot.change is None
        plot.show_change({"words": 1.0, **LARGE})
        assert plot.view.changed is None and not plot.listed.isVisible()


def test_a_ball_has_one_change_and_no_slider(plot) -> None:
    plot.show_figure(make_pixel_examples("count"))
    plot.show_figure(make_image_examples())
    assert not plot.slider.isVisible() and plot.change == {"radius": 0.5}
    assert plot.boxes.perturbed.caption == "changed: 7 (l2 norm 0.500)"


@pytest.mark.parametrize("make", [make_image_examples, make_text_examples])
def test_the_input_too_says_under_the_pointer_what_it_is(plot, make) -> None:
    figure = make()
    plot.show_figure(figure)
    boxes = (plot.boxes.original, *plot.boxes.noisy, plot.boxes.perturbed)
    for box in boxes:
        assert box.caption in box.views[-1].toolTip()
    assert "the input as the model takes it, before noise" in boxes[0].views[-1].toolTip()
    assert "before noise" not in boxes[1].views[-1].toolTip()


def test_nothing_certified_shows_no_change(plot) -> None:
    plot.show_figure(make_pixel_examples("staircase", share=0.4))
    assert not plot.boxes.perturbed.isVisible() and not plot.slider.isVisible()


def test_a_change_chosen_elsewhere_is_shown_and_followed(plot) -> None:
    plot.show_figure(make_pixel_examples("staircase"))
    plot.show_change({"entities": 3.0, "epsilon": 5.0})
    assert plot.boxes.perturbed.caption == "not certified: 3 pixels, l2 norm 5.000"
    assert plot.boxes.perturbed.views[0].toolTip().endswith("greedy; shown clipped to [0, 1]")
    assert plot.slider.slider.value() == 2
    plot.show_figure(make_text_examples(imaged=True))
    plot.show_change({"words": 1.0, "epsilon": 90.0})
    assert "shown clipped to [0, 1]" in plot.boxes.perturbed.views[1].toolTip()


def test_nodes_that_a_change_touches_are_listed(plot) -> None:
    figure = make_graph_examples()
    plot.show_figure(figure)
    plot.show_change(LARGE)
    assert plot.boxes.perturbed.views[0].drawing.rings.nodes == {0, 1}
    assert plot.boxes.perturbed.caption == (
        "changed: Officer (2 additions and 1 deletion at 2 nodes)"
    )
    assert plot.listed.text() == "node 12: +1 feature; node 3: +1 feature, -1"
    assert plot.slider.change() == LARGE
    plot.show_change({**LARGE, "additions": 0.0, "deletions": 0.0})
    assert plot.listed.text() == "no flip within these limits helps the attack"
    around = figure.original.media[0].around
    many = tuple(NodeTouch(position=i % 4, added=1) for i in range(9))
    media = (GraphMedium(around=around, touches=many, touch="changed"),)
    plot._show_changed(figure.changed(LARGE).model_copy(update={"media": media}))
    assert plot.listed.text().endswith("; 3 more") and plot.listed.text().count("node") == 6


def test_the_size_of_a_rows_change_stands_below_the_table(plot) -> None:
    plot.show_figure(make_row_examples())
    assert plot.listed.text() == "changed: sound (1 field, l2 norm 0.499)"
    plot.show_change({"words": 2.0, "epsilon": 0.1})
    assert plot.listed.text() == "not certified: 2 fields, l2 norm 0.100"
    assert "greedy" in plot.listed.toolTip() and not plot.table.isColumnHidden(CHANGED)


def test_the_summary_is_in_words(plot) -> None:
    assert plot.summary() == ""
    for figure, words in (
        (
            make_image_examples(),
            "The input, which the base model calls 7, and noisy samples: 7, 7, 2; "
            "changed: 7 (l2 norm 0.500).",
        ),
        (
            make_text_examples(),
            "The text 'wash the cup now', which the base model calls safe, and noisy samples: "
            "safe (1 masked), safe (4 replaced), safe; changed: unsafe (2 words).",
        ),
        (
            make_row_examples(),
            "The input, which the base model calls worn, and noisy samples: worn (2 numbers moved, "
            "1 field replaced), sound (2 numbers moved), worn; "
            "changed: sound (1 field, l2 norm 0.499).",
        ),
    ):
        plot.show_figure(figure)
        assert plot.summary() == words
    plot.show_figure(make_graph_examples())
    assert plot.summary().endswith(
        "; changed: Mr. Hi (1 addition and 0 deletions at 1 node); node 3: +1 feature."
    )


def test_it_can_be_saved(plot, tmp_path) -> None:
    plot.show_figure(make_graph_examples())
    for suffix in ("png", "svg", "csv"):
        plot.save(tmp_path / f"examples.{suffix}")
        assert (tmp_path / f"examples.{suffix}").stat().st_size > 100
