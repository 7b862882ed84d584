from __future__ import annotations


def test_recent_files_open_again(window, qtbot):
    window.session.preferences.remember("models", "demo:old")
    window.session.preferences.remember("inputs", "old.png")
    window.recent.fill()
    assert [a.text() for a in window.recent.models.actions()] == ["&1  demo:old"]
    window.recent.models.actions()[0].trigger()
    window.recent.inputs.actions()[0].trigger()
    qtbot.waitUntil(lambda: window.session.runs.ready)
    assert window.session.loading.request.spec == "demo:old"
    assert window.session.loading.given.source == "old.png"


def test_a_name_with_an_ampersand_is_shown_whole(window):
    window.session.preferences.remember("models", "a&b.onnx")
    window.recent.fill()
    assert window.recent.models.actions()[0].text() == "&1  a&&b.onnx"
