from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from engine.figures.graph_layout import neighbourhood_figure
from engine.inputs import load_input
from gui.jobs.shipped import Example
from gui.pages.gallery import SIDE, GalleryPage
from gui.style import theme as themes
from gui.style.stylesheet import apply_theme
from gui.widgets.section import Words


@pytest.fixture
def page(qtbot, make):
    page = GalleryPage()
    qtbot.addWidget(page)
    pixels, node = make.image("x").pixels, load_input("karate:1")
    around = neighbourhood_figure(node.graph, node.node)
    page.show_examples(
        (
            Example("digits:1", "digit 1", pixels, group="Digits"),
            Example("digits:2", "2", pixels, group="Digits"),
            Example("karate:1", "node 1", None, around, group="Club", kind="graph"),
        )
    )
    return page


def test_examples_stand_in_their_groups_with_an_image_each(page):
    assert {title: group.count() for title, group in page.lists.items()} == {"Digits": 2, "Club": 1}
    for group in page.lists.values():
        assert all(not group.item(row).icon().isNull() for row in range(group.count()))


def test_before_the_engine_is_warm_it_says_that_examples_will_come(qtbot):
    page = GalleryPage()
    qtbot.addWidget(page)
    page.show()
    (said,) = (label for label in page.findChildren(Words) if "as soon as" in label.text())
    assert said.isVisible()
    page.show_examples(())
    assert not said.isVisible()


def test_an_example_is_taken_with_the_keyboard(page, qtbot):
    digits = page.lists["Digits"]
    digits.setCurrentRow(1)
    with qtbot.waitSignal(page.chosen) as chosen:
        qtbot.keyClick(digits, Qt.Key.Key_Return)
    assert chosen.args[0].spec == "digits:2"


def test_a_node_is_taken_with_the_mouse(page, qtbot):
    club = page.lists["Club"]
    with qtbot.waitSignal(page.chosen) as chosen:
        club.itemClicked.emit(club.item(0))
    assert chosen.args[0].kind == "graph"


def test_a_set_of_several_is_offered_whole(page, qtbot):
    (whole,) = [one for one in page.findChildren(QPushButton) if "set" in one.text()]
    assert whole.accessibleName() == "Certify the set digits"  # one node is no set
    with qtbot.waitSignal(page.set_wanted) as wanted:
        whole.click()
    assert wanted.args[0].of == "digits"


def test_no_word_of_a_title_is_cut(qtbot, make):
    page = GalleryPage()
    qtbot.addWidget(page)
    pixels, title = make.image("x").pixels, "an extraordinarily-long-automobile"
    page.show_examples((Example("a:1", title, pixels, group="A"),))
    cell = page.lists["A"].gridSize().width()
    assert cell > page.lists["A"].fontMetrics().horizontalAdvance(title.split()[1])


def test_a_list_is_as_high_as_its_rows(page):
    digits = page.lists["Digits"]
    assert digits.heightForWidth(2000) < digits.heightForWidth(130)


def test_the_page_can_be_emptied(page):
    page.show_examples(())
    assert page.lists == {}


def test_a_title_of_two_lines_has_room_for_both(page, qapp):
    before = themes.current()
    try:
        for scale in (1.0, 1.5, 2.0):
            apply_theme(qapp, "light", scale=scale)
            for group in page.lists.values():
                group.draw()
                metrics, cell = group.fontMetrics(), group.gridSize()
                titles = [group.item(row).text() for row in range(group.count())]
                longest = max(map(metrics.horizontalAdvance, titles))
                lines = 1 if longest <= cell.width() - 12 else 2
                assert cell.height() >= SIDE + lines * metrics.lineSpacing()
    finally:
        apply_theme(qapp, before.name, scale=before.scale)
