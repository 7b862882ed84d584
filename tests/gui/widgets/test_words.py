from __future__ import annotations

import pytest
from PySide6.QtGui import QColor

from engine.figures.media import WordsMedium
from gui.style import theme as themes
from gui.widgets.words import WordsView

LONG = tuple(f"word{i}" for i in range(200))


@pytest.fixture
def view(qtbot):
    view = WordsView()
    qtbot.addWidget(view)
    view.resize(220, 90)
    return view


def marked(at: int, mark: str = "replaced") -> WordsMedium:
    return WordsMedium(words=LONG, marks=tuple(mark if i == at else "" for i in range(len(LONG))))


def test_words_stay_inside_and_do_not_overlap(view):
    view.show_words(marked(2), "noisy: safe")
    placed = view.placed()
    assert [index for index, _ in placed] == list(range(len(placed))) and 4 < len(placed) < 40
    assert all(view.rect().toRectF().adjusted(0, 0, 0, 2).contains(room) for _, room in placed)
    for (_, one), (_, other) in zip(placed, placed[1:], strict=False):
        assert not one.intersects(other)


@pytest.mark.parametrize("at", [0, 30, 150, 199])
def test_the_first_mark_is_always_in_sight(view, at):
    view.show_words(marked(at), "changed")
    indices = [index for index, _ in view.placed()]
    assert at in indices
    assert indices == list(range(indices[0], indices[-1] + 1))


def test_short_texts_are_shown_whole(view):
    view.show_words(WordsMedium(words=("a", "b"), marks=("", "masked")), "x")
    assert [index for index, _ in view.placed()] == [0, 1]


def test_one_word_wider_than_the_card_is_cut_to_it(view):
    view.show_words(WordsMedium(words=("w" * 300,), marks=("replaced",)), "x")
    ((_, room),) = view.placed()
    assert room.right() <= view.width()


def test_masked_words_are_a_bar_and_replaced_ones_framed(view):
    for mark, ink in (("masked", "muted"), ("replaced", "accent")):
        view.show_words(WordsMedium(words=("wash",), marks=(mark,)), "")
        ((_, room),) = view.placed()
        image = view.grab().toImage()
        wanted = QColor(getattr(themes.current(), ink))
        seen = {
            image.pixelColor(x, y).name()
            for x in range(int(room.left()), int(room.right()))
            for y in range(int(room.top()), int(room.bottom()))
        }
        assert wanted.name() in seen
        middle = image.pixelColor(room.center().toPoint())
        assert (middle == wanted) or mark == "replaced"


def test_screen_readers_hear_the_text_and_what_is_marked(view):
    wording = WordsMedium(words=("wash", "the", "house"), marks=("", "masked", "replaced"))
    view.show_words(wording, "noisy: safe", detail="One noisy sample.")
    assert view.accessibleName() == "noisy: safe"
    assert view.accessibleDescription() == (
        "wash the house. 1 replaced, 1 masked: the house. One noisy sample."
    )
    assert view.toolTip() == "noisy: safe\nOne noisy sample.\nwash the house"


def test_nothing_is_painted_before_there_is_a_text(view):
    assert view.placed() == [] and not view.grab().isNull()
    assert view.sizeHint().height() > view.minimumSizeHint().height() > 0
