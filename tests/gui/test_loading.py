from __future__ import annotations

from engine.models.request import ModelRequest


def test_the_row_of_pictures_is_kept_while_one_of_it_is_opened(session, qtbot):
    session.open_input("some/folder")
    qtbot.waitUntil(lambda: session.image is not None)
    assert session.position == 0
    session.step_input(-1)
    qtbot.waitUntil(lambda: session.position == 2)
    assert session.specs == [f"some/folder/{k}.png" for k in range(3)]
    assert session.has_labelled_pictures


def test_what_was_asked_for_last_is_known(session, qtbot):
    session.open_model(ModelRequest("demo:digits-0.25"))
    assert session.asked == ModelRequest("demo:digits-0.25")
    assert session.loading
    qtbot.waitUntil(lambda: session.model is not None)
    assert session.fitted is None
