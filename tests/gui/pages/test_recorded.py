from __future__ import annotations

import dataclasses

import pytest

from engine.core.errors import UserError
from engine.demos.gallery import CASES, GalleryCase, case_of, recorded_evidence
from gui.pages.recorded import RecordedPage
from gui.plots.region_plot import RegionPlot

RUNS = [case for case in CASES if case.command]


@pytest.fixture
def page(qtbot, window):
    page = RecordedPage(window.commands)
    qtbot.addWidget(page)
    page.resize(1200, 700)
    page.show()
    return page


@pytest.mark.walk
@pytest.mark.parametrize("case", RUNS, ids=lambda case: case.key)
def test_every_case_is_drawn_as_it_was_recorded(page, case):
    page.open(case)
    evidence = recorded_evidence(case)
    assert page.record.evidence == evidence and page.case is case
    assert page.region.plot is not None and page.region.plot.figure is not None
    assert page.title.text() == case.title
    assert evidence.created[:10] in page.record.title.text()


def test_an_image_is_shown_as_an_attacker_would_leave_it(page):
    page.open(case_of("light"))
    assert isinstance(page.region.plot, RegionPlot) and page.region.plot.pixels is not None
    assert page.region.plot.pixels.shape == (1, 8, 8)
    page.open(case_of("graph"))
    assert isinstance(page.region.plot, RegionPlot) and page.region.plot.pixels is None


def test_another_case_takes_the_place_of_the_first(page):
    page.open(case_of("ring"))
    first = page.region.plot
    page.open(case_of("digit"))
    plot = page.region.plot
    assert plot is not first and plot.isVisible() and not first.isVisible()


def test_a_map_has_no_plots_of_votes(page):
    page.open(case_of("aircraft"))
    assert not page.record.plots.isVisible()
    page.open(case_of("digit"))
    assert page.record.plots.isVisible()


def test_it_asks_for_its_run_and_for_its_verification(page, qtbot):
    page.open(case_of("digit"))
    with qtbot.waitSignal(page.run_wanted) as wanted:
        page.again.click()
    assert wanted.args == [case_of("digit")]
    with qtbot.waitSignal(page.verify_wanted) as wanted:
        page._verify()
    assert wanted.args == [case_of("digit").evidence]


def test_a_damaged_file_is_said_in_a_sentence(tmp_path, monkeypatch):
    broken = tmp_path / "digit.json"
    monkeypatch.setattr(GalleryCase, "evidence", property(lambda case: broken))
    for content, sentence in (
        (None, r"cannot be read\."),
        ("{}", "is not the one that is shipped"),
    ):
        if content is not None:
            broken.write_text(content)
        with pytest.raises(UserError, match=f"The recorded case digit.json {sentence}"):
            recorded_evidence(dataclasses.replace(case_of("digit")))
