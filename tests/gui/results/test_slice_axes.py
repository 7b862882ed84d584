from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QFileDialog, QPushButton

from gui.jobs.shipped import Example
from gui.jobs.sketches import AxesChoice
from gui.results.slice_axes import AxesChooser
from gui.widgets.card import Card


@pytest.fixture
def chooser(qtbot, make):
    chooser = AxesChooser()
    chooser.offer((Example("digits:3", "digit 3", make.image("x").pixels),))
    qtbot.addWidget(chooser)
    return chooser


def pick(chooser, qtbot, kind):
    index = chooser.kind.findData(kind)
    with qtbot.waitSignal(chooser.chosen) as chosen:
        chooser.kind.setCurrentIndex(index)
        chooser.kind.activated.emit(index)
    return chosen.args[0]


@pytest.mark.parametrize("kind", ["adversarial", "random", "pixels"])
def test_a_kind_of_axes(chooser, qtbot, kind):
    assert pick(chooser, qtbot, kind) == AxesChoice(kind)
    assert chooser.other.isHidden()


def test_towards_a_shipped_image(chooser, qtbot):
    assert pick(chooser, qtbot, "towards") == AxesChoice("towards", "digits:3")
    assert not chooser.other.isHidden()


def test_towards_an_image_of_ones_own(chooser, qtbot):
    pick(chooser, qtbot, "towards")
    with qtbot.waitSignal(chooser.chosen) as chosen:
        chooser.point_to("/some/where/cat.png")
    assert chosen.args == [AxesChoice("towards", "/some/where/cat.png")]
    assert chooser.other.currentText() == "cat.png"


def test_an_image_of_ones_own_is_asked_for_among_images(chooser, qtbot):
    pick(chooser, qtbot, "towards")
    index = chooser.other.count() - 1
    chooser.other.setCurrentIndex(index)
    chooser.other.activated.emit(index)
    dialog = chooser.findChild(QFileDialog)
    assert dialog.nameFilters()[0].startswith("Images (*.")
    with qtbot.waitSignal(chooser.chosen) as chosen:
        dialog.fileSelected.emit("/some/where/cat.png")
    assert chosen.args == [AxesChoice("towards", "/some/where/cat.png")]
    dialog.close()


def test_in_a_narrow_card_they_leave_the_title_its_line(qtbot):
    card, axes = Card("Certified region"), AxesChooser()
    card.header.addWidget(QPushButton("…"))
    qtbot.addWidget(card)
    card.resize(240, 200)
    card.show()
    axes.stand_in(card)
    QApplication.processEvents()
    assert card.title.shown() == "Certified region"
    assert card.content.indexOf(axes) == 1
    card.resize(500, 200)
    QApplication.processEvents()
    assert card.header.indexOf(axes) == 1 and card.content.indexOf(axes) < 0


def test_the_box_names_the_plane_that_is_drawn(chooser):
    for axes, kind in (
        (("random direction", "random direction"), "random"),
        (("towards digit 3", "random direction"), "towards"),
        (("one number of the image", "another"), "pixels"),
        (("adversarial direction", "random direction"), "adversarial"),
    ):
        chooser.agree(axes)
        assert chooser.kind.currentData() == kind and not chooser.isHidden()
        assert chooser.other.isHidden() == (kind != "towards")
    chooser.agree(("one coordinate", "another"))  # a ball alone, over no map
    assert chooser.isHidden()
    chooser.agree(None)
    assert not chooser.isHidden() and chooser.kind.currentData() == "adversarial"
