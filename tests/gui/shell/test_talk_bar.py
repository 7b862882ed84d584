from __future__ import annotations

from PySide6.QtWidgets import QWidget

from gui.controllers.talk import Step, Talk, Talks
from gui.shell.talk_bar import Blank, TalkBar


def test_the_bar_says_where_the_talk_is(qtbot) -> None:
    talks = Talks()
    bar = TalkBar(talks)
    qtbot.addWidget(bar)
    assert bar.isHidden()
    talks.begin(Talk("Title", (Step("talk", say="First."), Step("talk"))))
    assert bar.sentence.text() == "Title" and "Page Down next" in bar.place.text()
    talks.next()
    assert (bar.sentence.text(), bar.place.text()) == ("First.", "1 of 2")
    talks.end()
    talks.record(on=True)
    talks.note(Step("talk"))
    assert bar.place.text() == "Recording: 1 step" and not bar.isHidden()


def test_dark_covers_all_of_what_it_is_over(qtbot) -> None:
    over, talks = QWidget(), Talks()
    qtbot.addWidget(over)
    over.resize(300, 200)
    over.setStyleSheet("QWidget { background: white; }")
    blank = Blank(talks, over)
    over.show()
    talks.toggle_blank()
    assert blank.isVisible() and blank.geometry() == over.rect()
    over.resize(500, 400)
    assert blank.geometry() == over.rect()
    assert {over.grab().toImage().pixelColor(x, x).name() for x in (0, 150, 399)} == {"#000000"}
    talks.toggle_blank()
    assert not blank.isVisible()
    assert over.grab().toImage().pixelColor(150, 150).name() == "#ffffff"
