from __future__ import annotations

import pytest

from engine.demos.gallery import case_of
from gui.jobs.document_jobs import Checked
from gui.shell.in_sight import OTHER, REPLAYED

OF_SHOWN = {
    "preview",
    "export-pdf",
    "export-html",
    "export-csv",
    "export-json",
    "export-slides",
    "save-case",
    "extend",
    "attack",
}


@pytest.fixture
def certified(loaded, qtbot):
    """A window with a result of its own, which nothing was tried on yet."""
    loaded.session.runs.certify()
    qtbot.waitUntil(lambda: loaded.session.runs.evidence is not None)
    qtbot.waitUntil(lambda: not loaded.session.worker.busy())
    assert enabled(loaded) >= OF_SHOWN
    return loaded


def enabled(window):
    return {name for name, action in window.commands.items() if action.isEnabled()}


def test_no_command_takes_one_s_own_run_for_the_case_in_sight(certified):
    welcoming, top = certified.pages.welcoming, certified.top.buttons["preview"]
    before = enabled(certified)
    welcoming.open(case_of("ring"))
    assert not OF_SHOWN & enabled(certified) and before - enabled(certified) == OF_SHOWN
    for name in OF_SHOWN - {"save-case"}:
        assert certified.commands[name].toolTip().startswith(OTHER)
    assert top.toolTip() == f"{OTHER} (Ctrl+P)" and not top.isEnabled()
    certified.commands["preview"].trigger()
    assert certified.pages.currentWidget() is welcoming.recorded
    assert welcoming.recorded.record.pdf.isEnabled()  # the way to the report of the case
    welcoming.recorded.back.click()
    assert enabled(certified) == before and top.toolTip() == "Report preview (Ctrl+P)"


def test_nor_while_that_case_is_replayed(certified, qtbot):
    certified.pages.welcoming.open(case_of("digit"))
    certified.pages.replaying.replay(30)
    qtbot.waitUntil(lambda: certified.session.playback.active)
    assert certified.pages.currentWidget() is certified.pages.explore
    assert not OF_SHOWN & enabled(certified)
    assert certified.statement.report.toolTip().startswith(REPLAYED)
    certified.pages.show_page(certified.pages.preview)  # there one's own run is in sight
    assert "export-pdf" in enabled(certified)
    certified.session.playback.stop()
    certified.pages.show_explore()
    assert enabled(certified) >= OF_SHOWN


def test_a_replay_of_the_shown_run_is_about_no_other(certified, qtbot):
    certified.pages.replaying.replay(30)
    qtbot.waitUntil(lambda: certified.session.playback.active)
    assert enabled(certified) >= OF_SHOWN
    certified.session.playback.stop()


def test_a_file_that_is_verified_is_another_result(certified, qtbot, tmp_path):
    page, file = certified.pages.verify, case_of("ring").evidence
    page.verify(file)
    qtbot.waitUntil(lambda: page.checked is not None and not certified.session.worker.busy())
    assert isinstance(page.checked, Checked) and not OF_SHOWN & enabled(certified)
    page.back.click()
    assert enabled(certified) >= OF_SHOWN


def test_a_set_is_not_the_shown_run(certified):
    page, shown = certified.pages.audit, certified.session.runs.evidence
    assert not page.shows_other(shown)
    certified.session.audits.view = object()
    assert page.shows_other(shown)
    certified.session.audits.view = None


def test_an_open_case_is_saved_whatever_is_in_sight(certified, qtbot, tmp_path):
    certified.session.case.save_as(tmp_path / "a.certiscope", None, None)
    qtbot.waitUntil(lambda: certified.commands["runs"].isEnabled())
    certified.pages.welcoming.open(case_of("ring"))
    assert "save-case" in enabled(certified) and "export-pdf" not in enabled(certified)


@pytest.mark.parametrize("name", ["votes", "logs", "tradeoff", "pruning"])
def test_a_page_with_results_of_its_own_kind_is_about_none_of_the_plots(certified, name):
    """Whoever saves a report there means the votes, logs or networks that are in sight."""
    page = getattr(certified.pages, name)
    certified.pages.show_page(page)
    assert enabled(certified) >= OF_SHOWN  # nothing is in sight yet
    attribute = "path" if name == "votes" else "shown"
    setattr(page, attribute, object())
    certified.refresh_actions()
    assert not OF_SHOWN & enabled(certified)
    assert certified.commands["export-pdf"].toolTip().startswith(OTHER)
    setattr(page, attribute, None)
    page.back.click()
    assert enabled(certified) >= OF_SHOWN


def test_votes_of_others_are_in_sight_once_they_are_open(certified, qtbot, tmp_path):
    path = tmp_path / "v.csv"
    path.write_text("idx,label,n0_0,n0_1,n_0,n_1\na,0,9,1,990,10\n")
    certified.opening.open_path(path)
    qtbot.waitUntil(lambda: not certified.session.worker.busy())
    assert certified.pages.currentWidget() is certified.pages.votes
    assert not OF_SHOWN & enabled(certified)
