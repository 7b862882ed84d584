from __future__ import annotations

from gui.jobs.engine_jobs import AxesChoice


def test_nothing_is_drawn_without_a_result(idle_session, backend):
    idle_session.images.choose_axes(AxesChoice("random"))
    assert not idle_session.worker.busy()
    assert idle_session.images.illustrations.region is None


def test_figures_go_beside_the_evidence(idle_session, make):
    from engine.evidence.settings import CertifySettings

    images = idle_session.images
    figure = make.slice(CertifySettings())
    images._take("slice", figure)
    images._take("examples", make.examples())
    images._take("run", object())
    assert images.illustrations.region is figure
    assert images.illustrations.examples is not None
    images.clear()
    assert images.illustrations.region is None
