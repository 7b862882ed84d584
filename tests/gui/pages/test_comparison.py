"""The real window on the real engine: schemes are compared on shipped models."""

from __future__ import annotations

import csv
import json

import pytest
from PySide6.QtCore import Qt

from gui.controllers.session import Session
from gui.shell.window import Window
from gui.style.theme import STAGE


@pytest.fixture
def window(qtbot, preferences, make):
    session = Session(preferences=preferences)
    window = Window(session)
    window.painted.connect(session.start)
    window.show()
    session.loading.open_input("digits:52")
    qtbot.waitUntil(lambda: session.loading.given is not None, timeout=60_000)
    window.commands["compare-schemes"].trigger()
    qtbot.waitUntil(lambda: bool(window.pages.tradeoff.setup.who.known), timeout=60_000)
    two_gaussians(window.pages.tradeoff)
    yield window
    make.destroy(window)


def two_gaussians(page) -> None:
    for one, box in zip(page.setup.who.known, page.setup.who.boxes, strict=True):
        box.setChecked(one.model.spec in ("demo:digits-0.25", "demo:digits-0.50"))
    page.setup.n.setValue(500)
    page.setup.n0.setValue(20)


def finish(page, qtbot) -> None:
    page.start.click()
    assert not page.start.isEnabled() and page.end.isEnabled()
    qtbot.waitUntil(lambda: page.shown is not None and not page.going, timeout=60_000)


@pytest.mark.thorough
def test_one_input_is_one_image_that_follows_the_sliders(window, qtbot):
    page = window.pages.tradeoff
    assert not window.left.isVisible() and not window.statement.isVisible()
    finish(page, qtbot)
    figure = page.reach.figure
    assert page.reach.isVisible() and not page.accuracy.isVisible()
    assert figure.names == ("Gaussian, sigma 0.25", "Gaussian, sigma 0.5")
    assert all(line[0] > 0 and len(set(line)) == 1 for line in figure.reaches)
    page.sliders.put(3, figure.reaches[0][0] / 2)
    assert page.results.texts[0] == "withstands it: stays '7'"
    page.sliders.epsilon.setValue(50.0)
    assert page.results.texts[0] == "predicts '7', not certified against it"
    assert page.doing.text() == "2 runs" and page.bar.value() == page.bar.maximum()


@pytest.mark.thorough
def test_a_click_in_the_image_moves_the_attacker(window, qtbot):
    page = window.pages.tradeoff
    finish(page, qtbot)
    page.reach.pointed.emit(4, 0.25)
    assert (page.sliders.pixels.value(), page.sliders.epsilon.value()) == (4, 0.25)
    assert page.reach.figure.attacker.entities == 4


@pytest.mark.thorough
def test_beside_results_the_attacker_is_limited_in_their_norm(window, qtbot):
    page = window.pages.tradeoff
    finish(page, qtbot)
    page.setup.norm.setCurrentText("linf")
    assert page.earlier.isVisible() and page.shown.land.norm == "l2"
    assert "in l2 norm" in page.sliders.sentence.text()
    page.begin()
    assert "in linf norm" in page.sliders.sentence.text()
    qtbot.waitUntil(lambda: not page.going, timeout=60_000)
    assert page.sliders.attacker.norm == (page.shown.land.norm if page.shown else "linf")


@pytest.mark.thorough
def test_a_set_is_a_trade_off_and_tables(window, qtbot, tmp_path):
    page = window.pages.tradeoff
    page.setup.choose_set("digits")
    page.setup.limit.setValue(3)
    finish(page, qtbot)
    assert page.accuracy.isVisible() and page.shares.isVisible() and not page.reach.isVisible()
    assert page.accuracy.figure.inputs == (3, 3)
    page.sliders.put(1, 100.0)
    assert [share.count for share in page.accuracy.figure.certified] == [0, 0]
    page.sliders.put(1, 0.01)
    figure = page.accuracy.figure
    for certified, clean in zip(figure.certified, figure.clean, strict=True):
        assert 1 <= certified.count <= clean.count  # a hard digit abstains at n = 500
    assert page.shares.figure.framed == (0, 0)
    page.sliders.put(2, 0.01)
    assert page.shares.figure.framed == (0, 1)  # the frame follows
    for said, shown in zip(page.results.texts, page.accuracy.figure.certified, strict=True):
        assert f"({shown.count} of 3;" in said
    assert page.intervals.isVisible() and "Clopper" in page.intervals.text()
    assert not page.remark.isVisible()
    page.sliders.put(1, 0.01)
    page.csv.click()
    window.asker.current.fileSelected.emit(str(tmp_path / "c.csv"))
    window.asker.current.close()
    page.json.click()
    window.asker.current.fileSelected.emit(str(tmp_path / "c.json"))
    window.asker.current.close()
    qtbot.waitUntil(lambda: (tmp_path / "c.json").exists(), timeout=60_000)
    rows = list(csv.DictReader((tmp_path / "c.csv").read_text().splitlines()))
    assert len(rows) == 6 and {row["epsilon"] for row in rows} == {"0.01"}
    assert json.loads((tmp_path / "c.json").read_text())["n"] == 500


@pytest.mark.thorough
def test_stop_keeps_what_was_compared(window, qtbot):
    page = window.pages.tradeoff
    page.setup.choose_set("digits")
    page.setup.limit.setValue(400)
    page.start.click()
    qtbot.waitUntil(lambda: page.shown is not None and page.shown.runs >= 4, timeout=60_000)
    assert not page.setup.isEnabled()
    qtbot.keyClick(page, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not page.going, timeout=60_000)
    assert window.pages.currentWidget() is page
    done, planned = page.accuracy.figure.inputs
    assert 2 <= done < planned == 400
    assert page.doing.text().startswith("stopped after") and page.csv.isEnabled()
    qtbot.keyClick(page, Qt.Key.Key_Escape)
    assert window.pages.currentWidget() is window.pages.explore


def test_a_bad_model_is_one_sentence_and_nobody_is_lost(window, qtbot, tmp_path):
    page = window.pages.tradeoff
    before = len(page.setup.who.known)
    path = tmp_path / "bad.safetensors"
    path.write_bytes(b"no weights")
    page.setup.who.add.click()
    window.asker.current.fileSelected.emit(str(path))
    window.asker.current.close()
    qtbot.waitUntil(page.complaint.isVisible, timeout=60_000)
    assert "bad.safetensors" in page.complaint.text() and "\n" not in page.complaint.text()
    assert len(page.setup.who.known) == before and page.start.isEnabled()


def test_an_own_model_takes_part(window, qtbot):
    from engine.core.resources import assets

    page = window.pages.tradeoff
    page.add_model(assets() / "models" / "digits-0.25.safetensors")
    before = len(page.setup.who.known)
    qtbot.waitUntil(lambda: len(page.setup.who.known) > before, timeout=60_000)
    assert page.setup.who.known[-1].scheme.sigma == 0.25


def test_of_two_models_asked_for_at_once_neither_is_lost_nor_what_speaks_against_one(
    window, qtbot, tmp_path
):
    from engine.core.resources import assets

    page, bad = window.pages.tradeoff, tmp_path / "bad.safetensors"
    bad.write_bytes(b"no weights")
    before = len(page.setup.who.known)
    page.add_model(bad)
    page.add_model(assets() / "models" / "digits-0.25.safetensors")
    qtbot.waitUntil(lambda: len(page.setup.who.known) > before, timeout=60_000)
    assert "bad.safetensors" in page.complaint.text()


@pytest.mark.thorough
def test_the_open_model_takes_part_as_it_is_read_and_smoothed(window, qtbot):
    from engine.models.request import ModelRequest
    from engine.schemes import Gaussian

    page, session = window.pages.tradeoff, window.session
    page.setup.who.add_open.click()
    assert page.complaint.text() == "Open a model of images first."
    names = [f"demo:digits-0.50-adv-{name}" for name in "abc"]
    trio = ModelRequest(names[0], others=tuple(names[1:]), combine="votes", consensus=2)
    denoised = ModelRequest("demo:digits-clean", denoiser="demo:digits-denoiser")
    for request, sigma in ((trio, 0.5), (denoised, 0.25)):
        session.loading.open_model(request)
        qtbot.waitUntil(lambda r=request: session.loading.request == r, timeout=60_000)
        settings = session.form.settings.model_copy(update={"scheme": Gaussian(sigma=sigma)})
        session.form.set(settings)
        page.setup.who.leave()
        page.setup.who.add_open.click()
        assert page.setup.who.known[-1].model == request
        assert page.setup.who.known[-1].scheme == Gaussian(sigma=sigma)
    assert not page.complaint.isVisible()
    for one, box in zip(page.setup.who.known, page.setup.who.boxes, strict=True):
        box.setChecked(one.model in (trio, denoised) or one.model.spec == "demo:digits-0.50")
    page.setup.n.setValue(300)
    finish(page, qtbot)
    assert page.reach.figure.names[1].startswith("Gaussian, sigma 0.5, ensemble of 3")
    assert page.remark.isVisible()  # 8 by 8 beside 16 by 16 pixels


def test_an_input_that_does_not_open_is_one_sentence(window, qtbot):
    page = window.pages.tradeoff
    page.setup.choose_set("digits:99999")
    page.start.click()
    qtbot.waitUntil(page.complaint.isVisible, timeout=60_000)
    assert page.complaint.text().startswith("There is no digit '99999'")
    assert page.start.isEnabled() and page.shown is None


def test_what_is_missing_is_said_at_once(window):
    page = window.pages.tradeoff
    page.setup.choose_set("")
    page.begin()
    assert page.complaint.text() == "Name the set, e.g. digits, or choose a folder of images."


@pytest.mark.thorough
def test_in_talk_mode_only_attacker_and_images_are_left(window, qtbot):
    from PySide6.QtWidgets import QApplication

    from gui.style.stylesheet import apply_theme

    page = window.pages.tradeoff
    apply_theme(QApplication.instance(), "light", stage=STAGE)
    assert not page.setup.isVisible() and page.sliders.isVisible() and page.start.isVisible()
    apply_theme(QApplication.instance(), "light")
    assert page.setup.isVisible()


def test_whatever_else_somebody_waits_for_comes_first(window, qtbot):
    page = window.pages.tradeoff
    page.setup.choose_set("digits")
    page.setup.limit.setValue(400)
    page.start.click()
    qtbot.waitUntil(lambda: page.shown is not None, timeout=60_000)
    window.session.loading.open_input("digits:7")
    qtbot.waitUntil(lambda: window.session.loading.given.source == "digits:7", timeout=60_000)
    assert page.shown.runs < page.shown.total and not page.going
    told = [notice.sentence for notice in window.notices.notices]
    assert any(sentence.startswith("The comparison was stopped") for sentence in told)


@pytest.mark.thorough
def test_results_of_an_earlier_choice_are_marked(window, qtbot):
    page = window.pages.tradeoff
    finish(page, qtbot)
    assert not page.earlier.isVisible()
    for change, back in (
        (lambda: page.setup.n.setValue(600), lambda: page.setup.n.setValue(500)),
        (page.setup.who.boxes[0].click, page.setup.who.boxes[0].click),
    ):
        change()
        assert page.earlier.isVisible() and page.earlier.text().startswith("Of an earlier choice")
        back()
        assert not page.earlier.isVisible()
    window.session.loading.open_input("digits:7")
    qtbot.waitUntil(page.earlier.isVisible)


def test_what_was_compared_is_asked_about_until_it_is_saved(window, qtbot, tmp_path):
    page, keeping = window.pages.tradeoff, window.session.keeping
    finish(page, qtbot)
    assert keeping.tables == {"comparison": page.shown.land.result}
    page.json.click()
    window.asker.current.fileSelected.emit(str(tmp_path / "c.json"))
    window.asker.current.close()
    qtbot.waitUntil(lambda: not keeping.tables, timeout=60_000)
    finish(page, qtbot)
    assert keeping.tables
    page.start.click()
    assert not keeping.tables  # it is gone from the page: another one takes its place
    qtbot.waitUntil(lambda: not page.going, timeout=60_000)
