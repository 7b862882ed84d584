from __future__ import annotations

import pytest

from gui.style.theme import THEMES, current


@pytest.mark.parametrize("name", THEMES)
def test_a_theme_is_put_on_marked_and_remembered(window, name):
    window.appearance.set_theme(name)
    assert current().name == name == window.session.preferences.theme
    assert window.commands[f"theme-{name}"].isChecked()


def test_an_unknown_theme_is_the_light_one(window):
    window.appearance.set_theme("sepia")
    assert current().name == "light"


def test_side_columns_follow_the_page_and_talk_mode(window):
    window.pages.show_page(window.pages.planner)
    assert window.left.isVisible() and not window.statement.isVisible()
    window.pages.show_explore()
    assert window.statement.isVisible()
    window.commands["talk"].trigger()
    assert window.appearance.talks
    assert not window.left.isVisible() and not window.statement.isVisible()
    window.notices.show_notice("info", "Something happened.")
    assert not window.top.isVisible() and not window.notices.isVisible()
    assert window.pages.explore.claim.isVisible()
    window.commands["talk"].trigger()
    assert window.top.isVisible() and window.notices.isVisible()
    assert window.left.isVisible() and window.statement.isVisible()
