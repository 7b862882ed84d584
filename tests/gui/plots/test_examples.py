"""What does it mean: the images, their captions, and the size rounded down."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from engine.figures import Attack
from gui.plots.examples import MeaningPlot
from gui.widgets.image import to_image
from tests.factories import make_region_run


def test_images_and_captions(shown, meaning) -> None:
    plot, figure = shown(MeaningPlot()), meaning()
    plot.show_figure(figure)
    assert plot.original.image == to_image(figure.original)
    assert [view.image for view in plot.noisy] == [to_image(pixels) for pixels in figure.noisy]
    assert [view.caption for view in plot.noisy] == ["noisy: 7", "noisy: 7", "noisy: 2"]
    assert plot.perturbed.image == to_image(figure.perturbed)
    assert plot.subtitle.text() == "base model's answers · Gaussian, sigma 0.25"
    told = plot.subtitle.toolTip()
    assert told.startswith("Gaussian, sigma 0.25 (pixels in [0,1]); answers on this card are the")


def test_the_size_of_the_change_is_rounded_down_and_its_way_told(shown, meaning) -> None:
    plot = shown(MeaningPlot())
    plot.show_figure(meaning(perturbed_norm=0.63299))
    assert plot.perturbed.caption == "changed by 0.632"
    assert plot.perturbed.toolTip().endswith(
        "towards the nearest other answer; shown clipped to [0, 1]"
    )
    assert plot.summary() == (
        "The input, and noisy samples that the base model calls 7, 7, 2; "
        "the input changed by 0.632."
    )


def test_an_abstention_has_no_changed_image(shown, meaning) -> None:
    plot = shown(MeaningPlot())
    plot.show_figure(meaning(perturbed=None, perturbed_norm=None))
    QApplication.processEvents()
    assert not plot.perturbed.isVisible()
    assert plot.original.isVisible() and all(view.isVisible() for view in plot.noisy)
    assert plot.summary().endswith("calls 7, 7, 2.")
    plot.show_figure(meaning())
    QApplication.processEvents()
    assert plot.perturbed.isVisible()


def test_one_row_when_wide_two_when_square_three_when_high(shown, meaning) -> None:
    plot = shown(MeaningPlot(), 900, 220)
    plot.show_figure(meaning())
    QApplication.processEvents()
    assert len({view.y() for view in (plot.original, *plot.noisy, plot.perturbed)}) == 1
    plot.resize(300, 330)
    QApplication.processEvents()
    assert plot.original.y() == plot.perturbed.y() < plot.noisy[0].y()
    assert len({view.y() for view in plot.noisy}) == 1
    plot.resize(240, 500)
    QApplication.processEvents()
    assert plot.original.y() < plot.noisy[0].y() < plot.perturbed.y()
    body = plot.body.rect()
    assert all(body.contains(view.geometry()) for view in (plot.original, *plot.noisy))


def test_fewer_copies_leave_no_old_image(shown, meaning) -> None:
    plot, figure = shown(MeaningPlot()), meaning()
    plot.show_figure(figure)
    plot.show_figure(meaning(noisy=figure.noisy[:1], noisy_answers=("2",)))
    assert [view.isVisible() for view in plot.noisy] == [True, False, False]


def test_colour_images(shown, meaning) -> None:
    colour = np.zeros((3, 6, 6), dtype=np.float32)
    colour[1] = 1.0
    plot = shown(MeaningPlot())
    plot.show_figure(meaning(original=colour))
    assert plot.original.image.pixelColor(3, 3).green() == 255


ATTACK = Attack(
    original=np.full((1, 8, 8), 0.5, dtype=np.float32),
    direction=np.ones((1, 8, 8), dtype=np.float32),
    order=np.arange(64),
    how="greedy: largest effect on the answer first",
)


def structured(meaning, kind: str, **facts):
    region = make_region_run(kind, **facts).region
    return meaning(
        perturbed=None, perturbed_norm=None, attack=ATTACK, region=region, original=ATTACK.original
    )


@pytest.mark.parametrize("kind", ["staircase", "count", "cells"])
def test_a_slider_goes_through_changes_that_are_certified(shown, meaning, qtbot, kind) -> None:
    plot, figure = shown(MeaningPlot(), 420, 420), structured(meaning, kind)
    plot.show_figure(figure)
    assert plot.slider.isVisible() and plot.perturbed.isVisible()
    seen = []
    for place in range(len(plot.slider.changes)):
        plot.slider.slider.setValue(place)
        assert plot.perturbed.caption.startswith("changed: ")
        assert figure.region.contains(plot.change)
        seen.append(plot.perturbed.mark.places.sum())
    assert len(set(seen)) > 1


def test_the_slider_tells_others_and_follows_them(shown, meaning, qtbot) -> None:
    plot = shown(MeaningPlot(), 420, 420)
    plot.show_figure(structured(meaning, "staircase"))
    with qtbot.waitSignal(plot.asked) as asked:
        plot.slider.slider.setValue(0)
    assert asked.args[0] == plot.change and asked.args[0]["entities"] == 1.0
    plot.show_change({"entities": 3.0, "epsilon": 5.0})
    assert plot.perturbed.caption == "not certified: 3 pixels, l2 norm 5.000"
    assert plot.perturbed.toolTip().endswith("first; shown clipped to [0, 1]")
    assert plot.slider.slider.value() == 2


def test_a_ball_has_no_slider(shown, meaning) -> None:
    plot = shown(MeaningPlot(), 420, 420)
    plot.show_figure(structured(meaning, "count"))
    plot.show_figure(meaning())
    assert not plot.slider.isVisible() and plot.change is None
    assert plot.perturbed.caption.startswith("changed by ")
    plot.show_change({"entities": 1.0})
    assert plot.perturbed.caption.startswith("changed by ")


def test_nothing_certified_shows_no_change(shown, meaning) -> None:
    plot = shown(MeaningPlot(), 420, 420)
    plot.show_figure(structured(meaning, "staircase", share=0.4))
    assert not plot.perturbed.isVisible() and not plot.slider.isVisible()


def test_what_the_noise_touched_is_pointed_out(shown, meaning, qapp) -> None:
    places = np.eye(8, dtype=bool)
    plot = shown(MeaningPlot(), 420, 420)
    plot.show_figure(meaning(noisy_places=(places,) * 3, noisy_mark="noised"))
    assert all(not view.mark.hatched for view in plot.noisy)
    assert "Outlined pixels were noised." in plot.noisy[0].toolTip()
    plot.show_figure(meaning(noisy_places=(places,) * 3, noisy_mark="taken away"))
    assert all(view.mark.hatched for view in plot.noisy)
    assert "Hatched pixels were taken away." in plot.noisy[0].toolTip()
    plot.show_figure(meaning())
    assert plot.noisy[0].mark is None
