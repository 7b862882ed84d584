from __future__ import annotations

from engine.playground.laws import LAWS
from engine.playground.shifts import SHIFTS
from gui.playground.controls import SHIFTED
from gui.playground.page import PlaygroundPage
from gui.playground.plane_view import PlaneView


def test_the_image_is_shown_as_it_is_moved(qtbot, qapp):
    page = PlaygroundPage()
    qtbot.addWidget(page)
    page.show()
    assert page.images.isHidden()
    page.controls.scene.setCurrentText(SHIFTED)
    one = page.experiment
    one.hold(on=True)
    assert one.plan.law is SHIFTS and one.at == (0.0, 0.0) and not page.controls.law.isEnabled()
    assert page.images.captions[0].text() == "The image, moved by (+0, +0): g says '3'"
    while not one.run.done:
        one.step()
    assert "after every shift by whole pixels of l2 norm below " in page.readout.claim.text()
    one.push((1.3, -0.8))
    assert one.pushed is not None and one.pushed.to == (1.0, -1.0)
    assert page.images.captions[1].text() == "Pushed, moved by (+1, -1): g says '3'"
    first = page.images._pictures[0].pixmap().toImage()
    assert first != page.images._pictures[1].pixmap().toImage()
    page.attack.click()
    assert one.pushed.crossed and not one.pushed.inside
    page.view.grab()
    page.controls.scene.setCurrentText("moons")
    assert page.images.isHidden() and one.plan.law is LAWS[0] and page.controls.law.isEnabled()


def test_arrow_keys_move_by_whole_pixels(qtbot, experiment):
    from PySide6.QtCore import Qt

    view = PlaneView(experiment)
    qtbot.addWidget(view)
    experiment.show_shifts()
    qtbot.keyClick(view, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(view, Qt.Key.Key_Up)
    assert experiment.at == (-1.0, 1.0)
