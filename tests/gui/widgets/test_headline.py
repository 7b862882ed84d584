from __future__ import annotations

import pytest

from gui.style import theme as themes
from gui.style.stylesheet import apply_theme
from gui.widgets.headline import Headline


@pytest.fixture
def headline(qtbot):
    label = Headline()
    qtbot.addWidget(label)
    label.resize(240, 40)
    return label


def test_several_numbers_stand_below_each_other_and_smaller(headline):
    headline.show_number("R = 0.470")
    assert headline.property("role") == "headline" and headline.text() == "R = 0.470"
    headline.show_number("0 words: 0.522, 2 words: 0.281")
    assert headline.property("role") == "headlines"
    assert headline.text() == "0 words: 0.522\n2 words: 0.281"
    headline.show_number("")
    assert headline.isHidden()


@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_a_radius_stands_in_one_line_of_a_column_in_large_type_too(qapp, headline, scale):
    before = themes.current()
    try:
        apply_theme(qapp, "light", scale=scale)
        headline.show()
        headline.show_number("R = 0.619")
        for width in (300, 190):
            headline.resize(width, 200)
            line = headline.fontMetrics().height()
            assert headline.heightForWidth(width) < 2 * line
        assert headline.property("role") == "headlines" or scale == 1.0
        headline.resize(400, 200)
        assert headline.property("role") == "headline"
    finally:
        apply_theme(qapp, before.name, scale=before.scale)


def test_a_line_without_room_goes_on_after_its_first_word(headline):
    for width, shown in ((700, "gain 0.367 to 2.970\nbrightness up to 1.139"),
                         (230, "gain 0.367 to 2.970\nbrightness\nup to 1.139")):  # fmt: skip
        headline.resize(width, 200)
        headline.show_number("gain 0.367 to 2.970, brightness up to 1.139")
        assert headline.text() == shown
    headline.resize(700, 200)  # its lines are not parted for ever
    headline.fit()
    assert headline.text().count("\n") == 1
