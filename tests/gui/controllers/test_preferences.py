from __future__ import annotations

from PySide6.QtCore import QByteArray

from gui.controllers.preferences import RECENT_LIMIT, Preferences


def test_theme_and_state_are_kept(preferences):
    assert preferences.theme == "light"
    preferences.theme = "dark"
    preferences.save_state("geometry", QByteArray(b"abc"))
    assert preferences.theme == "dark"
    assert preferences.state("geometry") == QByteArray(b"abc")
    assert preferences.state("nothing") is None


def test_the_text_size_is_kept_and_a_damaged_one_is_the_usual_one(preferences):
    assert preferences.text_size == 1.0
    preferences.text_size = 1.3
    preferences._store.sync()
    assert preferences.text_size == 1.3
    preferences._store.setValue("text-size", "large")
    assert preferences.text_size == 1.0


def test_recent_files_newest_first_each_once(preferences):
    for spec in ("a", "b", "a"):
        preferences.remember("models", spec)
    assert preferences.recent("models") == ["a", "b"]
    assert preferences.recent("inputs") == []


def test_a_single_recent_file_survives_the_settings_file(preferences):
    preferences.remember("inputs", "only")
    preferences._store.sync()
    assert preferences.recent("inputs") == ["only"]


def test_the_list_is_short(preferences):
    for number in range(2 * RECENT_LIMIT):
        preferences.remember("models", str(number))
    assert len(preferences.recent("models")) == RECENT_LIMIT


def test_the_usual_place_is_the_users_own(qapp, tmp_path):
    store = Preferences()
    store.theme = "dark"
    store._store.sync()
    assert list((tmp_path / "settings").rglob("*.ini"))


def test_the_welcome_page_comes_until_it_is_left_out(preferences):
    assert preferences.welcome
    preferences.welcome = False
    preferences._store.sync()
    assert not preferences.welcome


def test_what_was_told_is_no_news_even_to_the_next_session(preferences):
    assert preferences.tell_once("One, with a comma.")
    preferences._store.sync()
    assert not preferences.tell_once("One, with a comma.")
    assert preferences.tell_once("Another.") and not preferences.tell_once("One, with a comma.")
