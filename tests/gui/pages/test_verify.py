from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton, QWidget

from engine.evidence.settings import CertifySettings
from engine.verify import Claim, VerificationReport
from gui.jobs.document_jobs import Checked
from gui.pages.verify import VerifyPage
from gui.style.theme import current
from gui.widgets.file_dialogs import FileAsker
from gui.widgets.section import unbroken


@pytest.fixture
def page(idle_session, qtbot):
    page = VerifyPage(idle_session.worker, FileAsker(QWidget()))
    qtbot.addWidget(page)
    page.resize(1000, 640)
    page.show()
    return page


def report(*verdicts):
    claims = tuple(
        Claim(name=f"claim {index}", verdict=verdict, detail="the file is not here")
        for index, verdict in enumerate(verdicts)
    )
    return VerificationReport(file="x.pdf", kind="PDF", claims=claims, notes=("Only bytes.",))


def show(page, tmp_path, evidence, *verdicts):
    broken = evidence is not None and "does not hold" in verdicts
    recomputed = "R = 0.1. Another statement." if broken else ""
    page.show_checked(Checked(tmp_path / "x.pdf", report(*verdicts), evidence, recomputed))


def test_all_claims_hold(page, make, tmp_path):
    evidence = make.evidence(CertifySettings())
    show(page, tmp_path, evidence, "holds", "holds")
    assert page.summary.text() == (
        "Arithmetic holds; votes not re-drawn. All 2 checks of x.pdf passed. "
        "The votes are taken as recorded."
    )
    assert page.summary.property("role") == "certified"
    assert page.notes.text() == "Only bytes."
    assert page.record.title.text() == "As stated in x.pdf"
    assert page.record.evidence == evidence
    assert page.again.isEnabled()


def test_each_verdict_has_a_mark_and_a_colour(page, tmp_path):
    show(page, tmp_path, None, "holds", "does not hold", "cannot be checked")
    cells = [page.model.index(row, 0) for row in range(3)]
    assert [cell.data() for cell in cells] == [
        "✗  does not hold",
        "?  cannot be checked",
        "✓  holds",
    ]
    inks = [cell.data(Qt.ItemDataRole.ForegroundRole).name() for cell in cells]
    theme = current()
    assert inks == [ink.lower() for ink in (theme.danger, theme.warning, theme.certified)]
    assert page.model.index(1, 2).data() == "because the file is not here"
    assert page.summary.property("role") == "danger"
    assert not page.record.isVisible()
    assert not page.again.isEnabled()


def test_failures_come_first_and_nothing_of_the_claim_is_left_standing(page, make, tmp_path):
    verdicts = ("holds",) * 30 + ("cannot be checked", "does not hold")
    evidence = make.evidence(CertifySettings())
    show(page, tmp_path, evidence, *verdicts)
    assert [index.row() for index in page.table.selectionModel().selectedRows()] == [0]
    assert page.model.index(0, 0).data() == "✗  does not hold"
    assert page.table.visualRect(page.model.index(0, 0)).intersects(page.table.viewport().rect())
    record = page.record
    assert record.title.text() == "As stated in x.pdf, which does not hold"
    assert record.outcome.property("role") == "danger"
    assert not record.headline.isVisible() and not record.plots.isVisible()
    assert unbroken(evidence.statement) in record.struck.text()
    assert record.struck.property("role") == "struck"
    assert record.recomputed.text() == "R = 0.1. Another statement."
    assert not record.sentence.isVisible() and not record.pdf.isEnabled()
    show(page, tmp_path, evidence, "holds")
    assert record.headline.isVisible() and record.plots.isVisible()
    assert not record.struck.isVisible() and not record.recomputed_title.isVisible()


def test_blocks_are_drawn_again_by_the_worker(session, qtbot, make, tmp_path, monkeypatch):
    asked = []

    def verified(path, stop, *, rerun):
        asked.append((path, rerun))
        return Checked(path, report("holds"), make.evidence(CertifySettings()))

    monkeypatch.setattr("gui.pages.verify.verified", verified)
    page = VerifyPage(session.worker, FileAsker(QWidget()))
    qtbot.addWidget(page)
    page.verify(tmp_path / "a.json")
    assert page.summary.text() == "Verifying…"
    qtbot.waitUntil(page.again.isEnabled)
    page.again.trigger()
    qtbot.waitUntil(lambda: asked == [(tmp_path / "a.json", 0), (tmp_path / "a.json", 3)])


def test_a_refusal_stands_where_the_outcome_would(session, qtbot, tmp_path):
    page = VerifyPage(session.worker, FileAsker(QWidget()))
    qtbot.addWidget(page)
    (tmp_path / "x.pdf").write_text("no report")
    page.verify(tmp_path / "x.pdf")
    qtbot.waitUntil(lambda: "is neither a report" in page.summary.text(), timeout=20_000)


def test_the_signature_and_its_standing_are_said(page, tmp_path):
    def signature(*claims):
        found = VerificationReport(
            file="x.pdf", kind="PDF", claims=tuple(Claim(name=n, verdict=v) for n, v in claims)
        )
        page.show_checked(Checked(tmp_path / "x.pdf", found, None))
        return page.signature.text(), page.signature.property("role")

    assert signature(("seal", "holds")) == ("Not signed: nothing shows who wrote it.", "small")
    inside, signer = ("signature in the PDF", "holds"), ("signer", "holds")
    assert signature(inside, signer) == ("signature in the PDF: holds\nsigner: holds", "certified")
    assert signature(inside, ("signer", "cannot be checked"))[1] == "abstained"
    assert signature(("signature in the PDF", "does not hold"))[1] == "danger"


def test_the_protocol_is_saved_as_it_was_checked(session, make, qtbot, tmp_path, monkeypatch):
    page = VerifyPage(session.worker, FileAsker(QWidget()))
    qtbot.addWidget(page)
    assert not page.pdf.isEnabled() and not page.json.isEnabled()
    show(page, tmp_path, make.evidence(CertifySettings()), "holds")
    for fmt, button, begins in (("pdf", page.pdf, b"%PDF"), ("json", page.json, b"{")):
        path = tmp_path / f"protocol.{fmt}"
        monkeypatch.setattr(
            page._asker, "save_file", lambda title, name, answer, path=path: answer(path)
        )
        with qtbot.waitSignal(page.written) as heard:
            button.trigger()
        assert heard.args == [path] and path.read_bytes().startswith(begins)


def test_beside_saving_it_is_said_that_protocols_are_not_signed(page):
    said = "Protocols are not signed"
    (button,) = (one for one in page.findChildren(QToolButton) if said in one.toolTip())
    actions = button.menu().actions()
    assert page.pdf in actions and page.json in actions
    assert [one.text() for one in actions if not one.isSeparator()][-1] == said
    assert not actions[-1].isEnabled()


def test_everything_is_drawn_again_where_that_is_asked(page, make, tmp_path, monkeypatch):
    asked = []
    show(page, tmp_path, make.evidence(CertifySettings()), "holds")
    page.path = tmp_path / "x.pdf"
    monkeypatch.setattr(page, "verify", lambda path, rerun: asked.append(rerun))
    page.all.trigger()
    page.again.trigger()
    assert asked == ["all", 3]
