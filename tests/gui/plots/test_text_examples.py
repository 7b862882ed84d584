from __future__ import annotations

from PySide6.QtWidgets import QApplication

from gui.plots.text_examples import WordsPlot
from tests.factories import make_words_figure


def test_lines_show_answers_and_what_the_noise_did(shown) -> None:
    plot = shown(WordsPlot(), 360, 340)
    plot.show_figure(make_words_figure())
    assert plot.original.words.caption == "without noise: safe"
    captions = [line.words.caption for line in plot.noisy]
    assert captions == ["noisy: safe (1 masked)", "noisy: safe (4 replaced)", "noisy: safe"]
    assert not plot.original.image.isVisible()


def test_a_pair_has_its_image_beside_every_line(shown) -> None:
    plot = shown(WordsPlot(), 360, 340)
    plot.show_figure(make_words_figure(imaged=True))
    QApplication.processEvents()
    for line in (plot.original, *plot.noisy, plot.perturbed):
        assert line.image.isVisible() and line.image.image is not None
        assert line.image.geometry().right() < line.words.geometry().left()
        assert plot.images.rect().contains(line.geometry())
    plot.show_figure(make_words_figure())
    assert not plot.original.image.isVisible()


def test_the_change_is_shown_with_answer_and_size(shown) -> None:
    plot = shown(WordsPlot(), 360, 340)
    plot.show_figure(make_words_figure())
    plot.show_change({"words": 2.0})
    assert plot.perturbed.words.caption == "changed: unsafe (2 words)"
    assert plot.perturbed.words.wording.words == ("burn", "the", "house", "now")
    assert "greedy: the words with the largest effect first" in plot.perturbed.words.toolTip()
    plot.show_change({"words": 4.0})
    assert plot.perturbed.words.caption == "not certified: 4 words"


def test_clipped_images_say_so(shown) -> None:
    plot = shown(WordsPlot(), 360, 340)
    plot.show_figure(make_words_figure(imaged=True))
    plot.show_change({"words": 1.0, "epsilon": 90.0})
    assert "shown clipped to [0, 1]" in plot.perturbed.words.toolTip()


def test_an_abstention_has_no_change(shown) -> None:
    plot = shown(WordsPlot(), 360, 340)
    plot.show_figure(make_words_figure())
    assert plot.perturbed.isVisible()
    plot.show_figure(make_words_figure(region=None, answers=(), samples=()))
    assert not plot.perturbed.isVisible()
    assert not any(line.isVisible() for line in plot.noisy)


def test_the_summary_is_in_words(shown) -> None:
    plot = shown(WordsPlot(), 360, 340)
    assert plot.summary() == ""
    plot.show_figure(make_words_figure())
    plot.show_change({"words": 1.0})
    assert plot.summary() == (
        "The text 'wash the cup now', and noisy samples that the base model calls safe, safe, "
        "safe; changed: safe (1 word)."
    )
