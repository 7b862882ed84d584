from __future__ import annotations

from gui.jobs.sketches import AxesChoice


def test_nothing_is_drawn_without_a_result(idle_session, engine):
    idle_session.illustrator.choose_axes(AxesChoice("random"))
    assert not idle_session.worker.busy()
    assert idle_session.illustrator.illustrations.region is None


def test_figures_go_beside_the_evidence(idle_session, make):
    from engine.evidence.settings import CertifySettings

    images = idle_session.illustrator
    figure = make.slice(CertifySettings())
    images._show_slice(figure)
    images._show_examples(make.examples())
    assert images.illustrations.region is figure
    assert images.illustrations.examples is not None
    images.clear()
    assert images.illustrations.region is None
