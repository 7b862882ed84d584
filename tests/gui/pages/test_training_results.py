from __future__ import annotations

from pathlib import Path

import pytest

from engine.training.progress import Epoch, Look, Progress
from gui.jobs.training_jobs import EPOCHS, TrainingShown
from gui.pages.training_results import KEPT, WAITING, TrainingResults
from gui.style.stylesheet import apply_theme

LOOK = Look(images=20, n=1000, alpha=0.001, right=0.6499, acr=0.12399)
FIRST = Epoch(epoch=1, loss=1.23456, accuracy=0.6666, learning_rate=0.002)
SECOND = FIRST.model_copy(update={"epoch": 2, "validation": 0.7, "certified": LOOK})


@pytest.fixture
def results(qtbot, qapp):
    results = TrainingResults()
    qtbot.addWidget(results)
    results.resize(1000, 300)
    results.show()
    return results


def shown(*history: Epoch, **more) -> TrainingShown:
    return TrainingShown("mine", Progress(epochs=5, history=history), **more)


def texts(results: TrainingResults) -> list[list[str]]:
    model = results.model
    return [
        [model.data(model.index(row, column)) for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def test_before_the_first_epoch_it_says_what_will_stand_there(results):
    assert not results.epochs.isVisible() and not results.card.isVisible()
    assert WAITING in [label.text() for label in results.findChildren(type(results.said))]


def test_a_row_for_each_epoch_the_newest_first_rounded_down(results):
    results.show_training(shown(FIRST, SECOND))
    assert results.epochs.isVisible()
    assert texts(results) == [
        ["2", "1.235", "66.6 %", "70.0 %", "64.9 %", "0.123", "0.002"],
        ["1", "1.235", "66.6 %", "", "", "", "0.002"],
    ]
    results.clear()
    assert not texts(results) and not results.epochs.isVisible() and not results.facts.rows


def test_the_card_of_the_result_is_read_beside_them(results):
    results.show_training(shown(FIRST, path=Path("mine.safetensors"), card="# mine\n\nA *card*."))
    assert results.card.isVisible() and results.card.toPlainText() == "A card."
    results.show_training(shown(FIRST))
    assert not results.card.isVisible()


def test_what_an_earlier_training_left_stands_there_first(results):
    results.show_kept([("mine", "after epoch 1 of 3, to be resumed")])
    assert results.said.text() == KEPT and results.facts.rows[0][0] == "mine"
    results.show_kept([])
    assert not results.said.text() and not results.facts.rows


def test_words_take_the_whole_width_while_there_are_no_numbers(results, qtbot):
    waiting = next(
        label for label in results.findChildren(type(results.said)) if label.text() == WAITING
    )
    qtbot.waitUntil(lambda: waiting.mapTo(results, waiting.rect().topLeft()).x() == 0)
    results.show_training(shown(FIRST))
    assert results.facts.isVisible()
    results.clear()
    assert not results.facts.isVisible()


@pytest.mark.parametrize("scale", [1.0, 1.3])
@pytest.mark.parametrize("card", ["", "# mine\n\nA card of some words.\n\n" * 20])
def test_epochs_are_read_whole_beside_all_else(results, qtbot, qapp, card, scale):
    """In the room that there is for them in a window of 1280 by 800."""
    history = [SECOND.model_copy(update={"epoch": n, "loss": 0.0012345}) for n in range(1, 200)]
    more = {"path": Path("mine.safetensors"), "card": card} if card else {}
    try:
        apply_theme(qapp, "light", scale=scale)
        results.resize(844, 230)
        results.show_training(shown(*history, **more))
        header, view = results.epochs.horizontalHeader(), results.epochs.viewport()
        qtbot.wait(60)  # columns are fitted once, after all that a layout tries
        assert 0 < header.length() <= view.width()
        assert results.card.isVisible() == bool(card) and (card or results.facts.isVisible())
        assert results.epochs.verticalScrollBar().isVisible()
        for column in range(len(EPOCHS)):
            assert results.epochs.columnWidth(column) >= results.epochs.sizeHintForColumn(column)
    finally:
        apply_theme(qapp, "light")
