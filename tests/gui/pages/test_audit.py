from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from engine.core.records import Votes
from engine.evidence.attack import AttackRecord
from engine.evidence.settings import CertifySettings
from engine.models.request import ModelRequest
from engine.schemes import Gaussian
from gui.pages.audit import _NONE, _UNLABELLED
from gui.pages.audit_model import COLUMNS


@pytest.fixture
def page(window, tmp_path, qtbot):
    """The page of the real window, with a model and a case."""
    session = window.session
    window.left.settings.put(n=1000)
    session.loading.open_model(ModelRequest("demo:digits-0.25"))
    session.case.create(tmp_path / "audit.certiscope")
    qtbot.waitUntil(lambda: session.case.file is not None and not session.worker.busy())
    window.commands["audit"].trigger()
    page = window.pages.audit
    assert window.pages.currentWidget() is page
    return page


@pytest.fixture
def done(page, qtbot):
    """Four rows and one that does not open: two right, by the labels of the light engine."""
    page.setup.put(["few", "x.png"])
    page.start.click()
    qtbot.waitUntil(lambda: page._audits.view is not None and not page._audits.running)
    assert page._audits.view.result is not None, page.complaint.text()
    return page


def facts(page):
    return {name: value.replace("\u00a0", " ") for name, value in page.facts.rows}


def test_rows_sums_and_curve(done):
    assert done.table.model.rowCount() == 5 and done.subtitle.text() == "5 of 5 inputs"
    assert facts(done)["without a run"] == "1"
    own, together = done.chart.figure.curves
    assert own.band and together.dashed
    assert done.of.text().startswith("Rows of digits-0.25 · Gaussian, sigma 0.25")
    assert "x.png is damaged." in done.notes.text()
    assert done.save.isEnabled() and done.start.text() == "Certify the &set"  # nothing is left
    assert done._session.preferences.last_set[0] == ["few", "x.png"]


def test_the_sums_have_room_on_full_hd_at_200_percent(done, window):
    """In less their values broke into more lines: a scroll bar for the last one stood beside."""
    window.resize(960, 540)
    for _ in range(4):
        QApplication.processEvents()
    curve, sums = done.above.widget(0).sizes()
    assert sums >= 0.42 * (curve + sums)


@pytest.mark.parametrize(
    ("rows", "accuracy", "said"), [(0, None, _NONE), (2, None, _UNLABELLED), (2, 0.0, _NONE)]
)
def test_inputs_without_a_run_do_not_make_a_set_one_without_labels(done, rows, accuracy, said):
    """The first image of a labelled set may be damaged."""
    view = done._audits.view
    summary = view.summary.model_copy(update={"rows": rows, "clean_accuracy": accuracy})
    done._audits.view = replace(view, summary=summary, figure=None)
    done._grow()
    assert done.chart.waiting.text() == said


def test_while_it_is_certified_the_form_is_held_and_escape_stops_it(page, window, engine, qtbot):
    engine.pause = 0.02
    page.setup.put([f"s{k}" for k in range(40)])
    page.start.click()
    qtbot.waitUntil(lambda: page.table.model.rowCount() > 0)
    assert not window.left.isEnabled() and not page.start.isEnabled() and page.end.isEnabled()
    assert "inputs" in window.progress.numbers.text() and window.progress.bar.value() > 0
    window.commands["stop"].trigger()
    assert not page.end.isEnabled()
    qtbot.waitUntil(lambda: not page._audits.running)
    assert window.left.isEnabled() and page._audits.view.count < 160
    assert page.start.text() == "&Resume the set"


def test_rows_are_attacked_if_asked_and_a_contradiction_is_a_red_page(page, engine, qtbot):
    column = COLUMNS.index("Attacked")
    assert page.table.view.isColumnHidden(column)
    engine.attack = AttackRecord(
        outcome="found",
        how="x",
        perturbation={"radius": 0.30001},
        found_class=1,
        votes=Votes(counts=(0, 10, *[0] * 8)),
    )
    page.setup.put(["few"])
    page.setup.attack.setChecked(True)
    page.start.click()
    qtbot.waitUntil(lambda: page._audits.view is not None and not page._audits.running)
    rows = page._audits.view.rows
    sizes = {row.outcome for row in rows if row.size > 0.30001}
    assert sizes == {"contradicted"} and {"correct", "wrong"} & {row.outcome for row in rows}
    assert page.table.model.index(0, column).data() == "radius 0.3001"
    assert not page.table.view.isColumnHidden(column)
    assert page.refuted.text().startswith("CONTRADICTED: an attack lies inside what is certified")
    assert page.property("role") == "error"
    page.setup.attack.setChecked(False)
    page.setup.put(["many"])
    page.start.click()
    qtbot.waitUntil(lambda: page._audits.view is not None and not page._audits.running)
    assert page.refuted.isHidden() and page.table.view.isColumnHidden(column)


def test_a_row_is_looked_at_and_left_with_escape(done, qtbot):
    done.table.view.selectRow(1)
    qtbot.waitUntil(lambda: done.record.evidence is not None)
    assert done.record.isVisible() and done.record.evidence.input.source == "few:1"
    qtbot.keyClick(done, Qt.Key.Key_Escape)
    assert not done.record.isVisible() and done.table.row is None
    done.table.view.selectRow(4)
    assert done.record.sentence.text() == "x.png is damaged."
    done.whole.click()
    assert done.chart.isVisible()


def test_rows_keep_their_settings_and_what_changed_is_said(done, window):
    assert done.earlier.isHidden()
    window.session.form.set(CertifySettings(scheme=Gaussian(sigma=0.5), n=1000, seed=None))
    assert done.earlier.text().endswith("differs from these rows: sigma.")
    done.setup.limit.setValue(3)
    assert done.earlier.text().endswith("rows: set, sigma.")
    assert done.start.text() == "Certify the &set"  # what is described now, not those rows
    done.setup.limit.setValue(0)
    done.setup.at.setText("radius=0.1")
    assert done.earlier.text().endswith("rows: set, sigma.")
    done.setup.at.setText("")
    done.adopt.click()
    assert done.earlier.isHidden() and window.session.form.settings.scheme == Gaussian(sigma=0.25)
    assert window.session.form.settings.seed == done._audits.view.settings.seed
    assert "sigma 0.25" in done.of.text() and done.table.model.rowCount() == 5


def test_the_same_weights_behind_another_normalisation_are_another_model(
    done, window, engine, qtbot
):
    rows = done._audits.view.model
    engine.models["demo:half"] = rows.model_copy(update={"normalization": "half"})
    window.session.loading.open_model(ModelRequest("demo:half"))
    qtbot.waitUntil(lambda: window.session.loading.model.normalization == "half")
    assert done.start.text() == "Certify the &set"
    assert done.earlier.text().endswith("differs from these rows: model.")


def test_what_cannot_be_asked_or_done_is_said(page, engine, qtbot):
    page.setup.put([])
    assert not page.start.isEnabled()
    page.setup.put(["few"])
    page.setup.at.setText("words=1")
    page.start.click()
    assert page.complaint.isVisible() and "words" in page.complaint.text()
    assert page._audits.view is None
    page.setup.at.setText("")
    engine.fail["audit"] = page_error = RuntimeError("broken")
    page.start.click()
    qtbot.waitUntil(lambda: "unexpected" in page.complaint.text())
    assert str(page_error) not in page.complaint.text()


def test_inputs_that_are_dropped_on_it_are_its_set(page, window, tmp_path):
    paths = [tmp_path / "a.png", tmp_path / "b.png"]
    window.opening.open_paths(paths)
    assert page.setup.sources == tuple(map(str, paths)) and window.session.loading.given is None
    window.pages.show_explore()
    window.opening.open_paths([Path("c.png"), Path("d.png")])
    question = window.notices.front
    audit = [
        button for button in question.findChildren(type(page.start)) if "Audit" in button.text()
    ]
    audit[0].click()
    assert window.pages.currentWidget() is page and page.setup.sources == ("c.png", "d.png")


def test_it_is_saved(done, tmp_path, qtbot):
    done.json.trigger()
    with qtbot.waitSignal(done._session.exports.exported):
        done._asker.current.fileSelected.emit(str(tmp_path / "a.json"))
    done._asker.current.close()
    assert '"rows"' in (tmp_path / "a.json").read_text()


def test_in_talk_mode_curve_sums_and_rows_are_left(done, window):
    window.commands["talk"].trigger()
    assert done.isVisible() and done.setup.isHidden() and done.table.line.isHidden()
    assert done.chart.isVisible() and not window.session.playback.active
    window.commands["talk"].trigger()
    assert done.setup.isVisible()


def test_the_set_of_a_case_brings_its_model_and_settings(done, window, engine, make, qtbot):
    """As at the next start: another model is open, and the form holds what that proposes."""
    engine.models["demo:other"] = make.model("other", sha256="ef" * 32, training_sigma=1.0)
    window.session.loading.open_model(ModelRequest("demo:other"))
    qtbot.waitUntil(lambda: window.session.loading.model.name == "other")
    assert "these rows: model, sigma" in done.earlier.text()
    done._audits.forget()
    done._audits.watch()
    qtbot.waitUntil(lambda: done._audits.view is not None and done._audits.view.count == 4)
    assert done.start.text() == "Certify the &set"  # nobody knows which inputs it was to have
    done.adopt.click()
    qtbot.waitUntil(lambda: done.earlier.isHidden())
    assert window.session.loading.model.name == "digits-0.25"
    assert window.session.form.settings.scheme == Gaussian(sigma=0.25)
