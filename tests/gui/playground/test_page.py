from __future__ import annotations

import statistics
import time

import pytest
from PySide6.QtCore import Qt

from gui.playground.page import PlaygroundPage


@pytest.fixture
def page(qtbot) -> PlaygroundPage:
    page = PlaygroundPage()
    qtbot.addWidget(page)
    page.resize(1100, 640)
    page.show()
    page.experiment.hold(on=True)
    return page


def test_points_of_ones_own_are_learnt_as_they_are_set(page, qtbot):
    page.controls.scene.setCurrentText("points of my own")
    assert page.view.task == "draw" and page.brush.isVisible()
    page.view.set_at.emit(-1.0, 0.0)
    assert "two classes" in page.told.text()
    page.brush.setCurrentIndex(1)
    page.view.set_at.emit(1.0, 0.0)
    assert len(page.experiment.points.labels) == 2
    assert page.experiment.plane.names == ("blue", "orange")
    page.clear.click()
    page.view.set_at.emit(1.0, 0.0)
    assert "two classes" in page.told.text()
    page.controls.scene.setCurrentText("blobs")
    assert page.experiment.plane.names == ("blue", "orange", "green")
    assert page.view.task == "move" and not page.brush.isVisible()


def test_the_adversary_has_the_mouse_while_it_is_asked_for(page, qtbot):
    page.experiment.step()
    page.controls.adversary.setChecked(True)
    at = page.view._pixel((1.0, -1.0)).toPoint()
    qtbot.mouseClick(page.view, Qt.MouseButton.LeftButton, pos=at)
    assert page.experiment.pushed is not None and page.experiment.at == (-0.9, 0.9)
    assert "place tried" in page.readout.attack.text()
    page.controls.adversary.setChecked(False)
    qtbot.mouseClick(page.view, Qt.MouseButton.LeftButton, pos=at)
    assert page.experiment.at != (-0.9, 0.9)


def test_the_buttons_attack_and_draw_anew(page, qtbot):
    page.experiment.step()
    page.attack.click()
    assert page.experiment.pushed is not None and page.experiment.pushed.crossed
    tries = page.experiment.runs
    page.again.click()
    assert page.experiment.runs == tries + 1 and page.readout.attack.isHidden()


def test_votes_come_only_while_the_page_is_seen(page, qtbot):
    page.experiment.hold(on=False)
    qtbot.waitUntil(lambda: page.experiment.steps > 0)
    page.hide()
    assert not page.experiment._timer.isActive()


def test_it_opens_by_its_command_before_the_engine_is_warm(qtbot, preferences, make):
    from gui.controllers.session import Session
    from gui.shell.window import Window

    window = Window(Session(preferences=preferences))
    window.show()
    window.commands["playground"].trigger()
    page = window.pages.playground
    assert window.pages.currentWidget() is page and not window.session.worker.is_warm
    assert not window.left.isVisible() and not window.statement.isVisible()
    page.left.emit()
    assert window.pages.currentWidget() is window.pages.explore
    make.destroy(window)


@pytest.mark.bench
def test_a_frame_with_a_thousand_votes_takes_less_than_33_ms(page, qapp):
    """Must hold while dragging: move, draw 1,000 votes, bound them, paint."""
    spent = []
    for step in range(200):
        start = time.thread_time()
        page.experiment.move((-1.0 + step / 200, 0.8))
        page.experiment.step()
        page.repaint()
        qapp.processEvents()
        spent.append(time.thread_time() - start)
    assert statistics.median(spent) < 0.033
