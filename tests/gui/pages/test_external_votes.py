from __future__ import annotations

import pytest
from PySide6.QtWidgets import QWidget

from engine.evidence.settings import CertifySettings
from engine.schemes import Gaussian, HierarchicalGaussian
from gui.pages.external_votes import VotesPage, perturbations
from gui.widgets.file_dialogs import FileAsker

VOTES = "idx,label,n0_0,n0_1,n_0,n_1\na,0,9,1,990,10\nb,1,9,1,950,50\n"


@pytest.fixture
def page(session, qtbot):
    page = VotesPage(session, FileAsker(QWidget()))
    qtbot.addWidget(page)
    page.resize(900, 640)
    page.show()
    return page


@pytest.fixture
def votes(tmp_path):
    path = tmp_path / "v.csv"
    path.write_text(VOTES)
    return path


@pytest.fixture
def replayed(page, votes, qtbot):
    page.open(votes)
    page.agree.click()
    qtbot.waitUntil(lambda: page.result is not None)
    return page


def test_no_number_is_shown_before_somebody_has_said_how_the_votes_were_drawn(page, votes, qtbot):
    page.open(votes)
    qtbot.wait(450)  # longer than the pause after which a change is certified
    assert page.result is None and page.model.rowCount() == 0 and not page.facts.rows
    assert page.question.text() == (
        "Nothing in v.csv says how its votes were drawn. The form on the left says: Gaussian, "
        "sigma 0.25 (pixels in [0,1]), alpha 0.001, anytime bound. If that is true of these votes, "
        "certify them; if not, change the form first."
    )
    page.at.setText("radius=0.25")
    qtbot.wait(450)
    assert page.result is None and page.agree.isVisible()


def test_rows_summary_and_curve(replayed):
    assert replayed.model.rowCount() == 2
    assert replayed.model.index(0, 2).data() == "certified"
    assert dict(replayed.facts.rows)["correct and certified"] == "50.00 %"
    assert replayed.chart.figure.title == "Certified accuracy"
    assert "v.csv · Gaussian" in replayed.subtitle.text()


def test_the_form_decides_under_which_scheme(replayed, session, qtbot):
    session.form.set(CertifySettings(scheme=Gaussian(sigma=0.25), n=77))
    assert replayed.result is not None  # the file has an n of its own
    session.form.set(CertifySettings(scheme=Gaussian(sigma=1.0)))
    assert replayed.result is None and not replayed.facts.rows  # asked anew
    replayed.agree.click()
    qtbot.waitUntil(lambda: "sigma 1 " in replayed.subtitle.text())


def test_whoever_agreed_is_in_the_table_and_not_at_another_button(window, votes, qtbot):
    page = window.pages.votes
    window.pages.show_page(page)
    page.open(votes)
    page.agree.setFocus()
    page.agree.click()
    assert window.focusWidget() is page.table
    qtbot.waitUntil(lambda: page.result is not None)


def test_perturbations_are_answered(replayed, qtbot):
    replayed.at.setText("radius=0.25, radius=9")
    qtbot.waitUntil(lambda: replayed.model.columnCount() == 9)
    assert [replayed.model.index(0, column).data() for column in (7, 8)] == ["yes", "no"]


def test_a_wrong_file_is_refused_in_a_sentence(page, tmp_path, qtbot):
    path = tmp_path / "w.csv"
    path.write_text("a,b\n1,2\n")
    page.open(path)
    page.agree.click()
    qtbot.waitUntil(lambda: page.complaint.isVisible())
    assert str(path) in page.complaint.text()
    assert page.result is None and not page.csv.isEnabled()


def test_without_a_selection_block_one_says_who_chose(page, tmp_path, qtbot):
    path = tmp_path / "e.csv"
    path.write_text("idx,label,n_0,n_1\na,0,990,10\n")
    page.open(path)
    page.agree.click()
    qtbot.waitUntil(lambda: page.complaint.isVisible())
    page.choice.setCurrentText("the same votes (not independent)")
    qtbot.waitUntil(lambda: page.result is not None)
    assert "not valid claims" in page.notes.text()


def test_it_is_saved(replayed, qtbot, tmp_path):
    for button, name in ((replayed.csv, "a.csv"), (replayed.json, "a.json")):
        button.click()
        with qtbot.waitSignal(replayed._session.exports.exported) as heard:
            replayed._asker.current.fileSelected.emit(str(tmp_path / name))
        replayed._asker.current.close()
        assert heard.args == [tmp_path / name]
        assert (tmp_path / name).read_text()


def test_any_scheme_is_asked_in_its_own_terms(replayed, session, qtbot):
    session.form.set(CertifySettings(scheme=HierarchicalGaussian(sigma=0.25, p=0.9)))
    replayed.agree.click()
    assert replayed.at.placeholderText() == "entities=1,epsilon=1"
    replayed.at.setText("entities=1,epsilon=0.1 entities=2, epsilon=9")
    qtbot.waitUntil(lambda: replayed.model.columnCount() == 9)
    assert replayed.model.header[-2:] == ("entities=1,epsilon=0.1", "entities=2,epsilon=9")
    assert replayed.model.index(0, 4).data() == replayed.result.rows[0].region.headline()
    assert replayed.chart.figure.curves[0].name == "1 pixel"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ()),
        ("radius=0.25", ("radius=0.25",)),
        ("radius=1 radius=2;radius=3", ("radius=1", "radius=2", "radius=3")),
        ("additions=1,deletions=2", ("additions=1,deletions=2",)),
        ("a=1, b=2 , a=3, b=4", ("a=1,b=2", "a=3,b=4")),
    ],
)
def test_perturbations_are_told_apart_where_a_term_comes_again(text, found):
    assert perturbations(text) == found
