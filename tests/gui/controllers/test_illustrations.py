from __future__ import annotations

from gui.jobs.engine_jobs import AxesChoice


def test_nothing_is_drawn_without_a_result(idle_session, backend):
    idle_session.pictures.choose_axes(AxesChoice("random"))
    assert not idle_session.worker.busy()
    assert idle_session.pictures.illustrations.region is None


def test_figures_go_beside_the_evidence(idle_session, make):
    from engine.evidence.settings import RunSettings

    pictures = idle_session.pictures
    figure = make.slice(RunSettings())
    pictures._take("slice", figure)
    pictures._take("meaning", make.meaning())
    pictures._take("run", object())
    assert pictures.illustrations.region is figure
    assert pictures.illustrations.meaning is not None
    pictures.clear()
    assert pictures.illustrations.region is None
