from __future__ import annotations

from PySide6.QtCore import Qt

from gui.shell.tour import PLACES, STOPS, around_parts, photograph


def test_five_stops_stay_inside_the_window_and_come_to_an_end(window, qtbot):
    assert len(STOPS) == 5 and window.tour.stop is None and window.tour.isHidden()
    window.commands["tour"].trigger()
    tour = window.tour
    for number, stop in enumerate(STOPS, 1):
        assert tour.stop is stop and tour.isVisible() and tour.hasFocus() is False
        assert tour.number.text() == f"{number} of 5"
        assert window.central.rect().contains(tour.geometry())
        assert tour.next.geometry().bottom() < tour.height()
        qtbot.mouseClick(tour.next, Qt.MouseButton.LeftButton)
    assert tour.stop is None and not tour.isVisible()


def test_it_is_left_by_escape_by_its_button_and_by_another_page(window, qtbot):
    tour = window.tour
    leave = (
        lambda: qtbot.keyClick(tour.next, Qt.Key.Key_Escape),
        lambda: qtbot.mouseClick(tour.leave, Qt.MouseButton.LeftButton),
        window.commands["gallery"].trigger,
    )
    for way in leave:
        window.commands["tour"].trigger()
        assert tour.isVisible() and window.pages.currentWidget() is window.pages.explore
        way()
        assert tour.stop is None and not tour.isVisible()


def test_it_follows_the_size_of_the_window(window):
    window.commands["tour"].trigger()
    for size in ((1600, 1000), (1024, 700)):
        window.resize(*size)
        assert window.central.rect().contains(window.tour.geometry())


def test_its_frame_follows_parts_that_grow(window, qtbot):
    window.commands["tour"].trigger()
    tour, part = window.tour, window._parts()["model"]
    frame, before = tour._frame, tour._frame.geometry()
    part.setMinimumHeight(part.height() + 100)
    qtbot.waitUntil(lambda: frame.geometry().bottom() >= before.bottom() + 80)
    assert frame.geometry().contains(around_parts([part], window.central))


def test_frames_of_the_picture_leave_the_words_of_their_parts_free(loaded):
    """Titles of the form begin at the edge of their part, where the frame was drawn."""
    parts = loaded._parts()
    picture, marks = photograph({**parts}, loaded.central)
    ratio = loaded.central.devicePixelRatioF()
    rects = {mark.title: mark.rect for mark in marks}
    for place in PLACES[:2]:
        around = around_parts([parts[name] for name in place.parts], loaded.central)
        assert rects[place.title].left() <= ratio * (around.left() - 3)
    assert all(picture.rect().contains(mark.rect) for mark in marks)


def test_the_picture_has_no_notice_and_the_notice_stays(loaded):
    bare, _ = loaded._photograph()
    loaded.notices.tell("error", "A file could not be read.")
    assert loaded.notices.isVisible()
    picture, _ = loaded._photograph()
    assert picture.toImage() == bare.toImage()
    assert loaded.notices.isVisible()


def test_it_names_only_parts_that_the_window_has(window):
    named = {part for place in (*PLACES, *STOPS) for part in place.parts}
    assert named == set(window._parts())


def test_no_window_of_a_test_or_of_the_demonstration_starts_it(window):
    assert window.tour.isHidden() and not window.session.preferences.toured
