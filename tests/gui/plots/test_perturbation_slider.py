from __future__ import annotations

import pytest

from engine.regions import Count
from gui.plots.graph_examples import NodesPlot
from gui.plots.perturbation_slider import change_caption
from gui.plots.text_examples import WordsPlot
from tests.factories import make_nodes_figure, make_words_figure

COUNT = Count(term="words", most=2, unit="words")


@pytest.mark.parametrize(
    ("words", "answer", "caption"),
    [
        (2.0, "", "changed: 2 words"),
        (3.0, "", "not certified: 3 words"),
        (1.0, "safe", "changed: safe (1 word)"),
        (9.0, "safe", "not certified: safe (9 words)"),
    ],
)
def test_captions_say_whether_a_change_is_certified(words, answer, caption) -> None:
    assert change_caption(COUNT, {"words": words}, answer) == caption


@pytest.mark.parametrize(
    ("plot", "make"), [(NodesPlot, make_nodes_figure), (WordsPlot, make_words_figure)]
)
def test_the_slider_goes_through_what_is_certified_and_tells_others(
    shown, qtbot, plot, make
) -> None:
    card, figure = shown(plot(), 420, 420), make()
    assert card.change is None
    card.show_figure(figure)
    assert card.slider.isVisible() and figure.region.contains(card.change)
    with qtbot.waitSignal(card.asked) as asked:
        card.slider.slider.setValue(0)
    assert asked.args[0] == card.change == card.slider.changes[0]


@pytest.mark.parametrize(
    ("plot", "make"), [(NodesPlot, make_nodes_figure), (WordsPlot, make_words_figure)]
)
def test_without_an_attack_or_a_region_there_is_no_slider(shown, plot, make) -> None:
    card = shown(plot(), 420, 420)
    card.show_figure(make())
    for missing in ({"attack": None}, {"region": None, "answers": ()}):
        card.show_figure(make(**missing))
        assert not card.slider.isVisible() and card.change is None
        card.show_change({"words": 1.0, "entities": 1.0, "additions": 1.0, "deletions": 0.0})
        assert not card.slider.isVisible()
