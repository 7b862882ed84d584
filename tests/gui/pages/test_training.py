from __future__ import annotations

from types import SimpleNamespace

import pytest
from PySide6.QtWidgets import QWidget

from engine.training import making
from engine.training.progress import MEASURING, Epoch, Progress
from gui.jobs.training_jobs import TrainingShown
from gui.pages.training import TrainingPage
from gui.widgets.file_dialogs import FileAsker

PATIENCE = 180_000


@pytest.fixture
def page(session, qtbot, tmp_path):
    page = TrainingPage(session, FileAsker(QWidget()))
    qtbot.addWidget(page)
    page.resize(1200, 760)
    page.show()
    page.form.out.setText(str(tmp_path))
    for name, value in (("epochs", 2), ("check_every", 1), ("draws", 1)):
        page.form.fields[name].set_value(value)
    return page


def test_what_takes_its_time_after_the_last_epoch_is_said(page):
    epoch = Epoch(epoch=1, loss=1.0, accuracy=0.5, learning_rate=0.1)
    page._show(TrainingShown("mine", Progress(epochs=2, history=(epoch,))))
    assert page.said.text() == ""
    page._show(TrainingShown("mine", Progress(epochs=1, history=(epoch,))))
    assert page.said.text() == MEASURING


def test_the_curves_share_the_room_alike(page):
    assert abs(page.loss.width() - page.accuracy.width()) <= 2


@pytest.mark.thorough
def test_a_training_is_stopped_resumed_and_its_result_opened(
    page, session, qtbot, tmp_path, monkeypatch
):
    monkeypatch.setattr(making, "N", 50)
    monkeypatch.setattr(making, "CertifiedLook", lambda *_, **__: lambda network: None)
    for name in ("epochs", "check_every"):
        page.form.fields[name].set_value(400)
    assert not page.open.isEnabled() and not page.halt.isEnabled()
    page.start.click()
    assert page.running and not page.start.isEnabled() and not page.form.method.isEnabled()
    qtbot.waitUntil(
        lambda: page.shown is not None and page.shown.loss is not None, timeout=PATIENCE
    )
    assert page.loss.figure.curves[0].points and page.accuracy.figure.curves
    page.halt.click()
    qtbot.waitUntil(lambda: not page.running, timeout=PATIENCE)
    assert page.said.text().startswith("Stopped; the state after the last whole epoch is kept")
    assert page.shown.path is None and page.start.isEnabled()
    kept = page.shown.progress.history
    page.start.click()  # the same form: it goes on where it was
    qtbot.waitUntil(
        lambda: page.shown is not None and page.shown.progress is not None, timeout=PATIENCE
    )
    assert page.shown.progress.history[: len(kept)] == kept and len(kept) >= 1
    page.halt.click()
    qtbot.waitUntil(lambda: not page.running, timeout=PATIENCE)
    page.form.fields["epochs"].set_value(1)
    page.start.click()
    qtbot.waitUntil(lambda: not page.running, timeout=PATIENCE)
    assert "is of another training: its recipe.epochs is 400, not 1" in page.complaint.text()
    (tmp_path / "digits-gaussian-0.25.training").unlink()
    page.start.click()
    qtbot.waitUntil(lambda: page.open.isEnabled(), timeout=PATIENCE)
    assert page.said.text() == f"Wrote {page.shown.path} and its card."
    heard = []
    monkeypatch.setattr(session.loading, "open_model", heard.append)
    with qtbot.waitSignal(page.left):
        page.open.click()
    assert [request.spec for request in heard] == [str(page.shown.path)]


def test_a_training_that_is_stopped_at_once_keeps_nothing_and_says_so(page):
    shown = SimpleNamespace(path=None, loss=None, accuracy=None)
    page._show = lambda shown: None
    page._end(shown)
    assert page.said.text() == "Stopped before the first epoch had ended: nothing is kept."


def test_what_is_wrong_with_the_form_begins_nothing(page):
    page.form.fields["epochs"].set_value(0)
    page.start.click()
    assert not page.running and page.start.isEnabled()
