from __future__ import annotations

import threading
from threading import Event

from engine.evidence.evidence import Evidence
from engine.evidence.settings import CertifySettings


def test_a_result_that_is_looked_at_is_written(session, make, qtbot, tmp_path):
    evidence = make.evidence(CertifySettings(seed=5))
    path = tmp_path / "x.json"
    with qtbot.waitSignal(session.exports.exported) as heard:
        session.exports.export(evidence, "json", path)
    assert heard.args == [path]
    assert Evidence.model_validate_json(path.read_text()) == evidence
    assert session.runs.evidence is None


def test_the_pages_of_an_earlier_result_are_not_shown(session, make, qtbot):
    evidence, heard = make.evidence(CertifySettings()), []
    session.exports.preview_ready.connect(heard.append)
    session.exports.preview(evidence, session.illustrator.illustrations)
    session.runs.cleared.emit()
    session.exports.preview(evidence, session.illustrator.illustrations)
    qtbot.waitUntil(lambda: not session.worker.busy())
    assert [len(pages) for pages in heard] == [2]


def test_what_was_to_be_saved_is_written_though_the_window_closes(session, make, tmp_path):
    """A report waits while a region is drawn, for seconds: nobody is told that it never came."""
    evidence, path, begun = make.evidence(CertifySettings(seed=5)), tmp_path / "x.json", Event()

    def draw(stop):
        begun.set()
        stop.wait(20)

    session.worker.submit(draw, "drawing the region")
    session.exports.export(evidence, "json", path)
    session.case.create(tmp_path / "new.certiscope")
    assert begun.wait(20) and not path.exists()
    assert session.shutdown()
    assert Evidence.model_validate_json(path.read_text()) == evidence
    assert (tmp_path / "new.certiscope").exists()


def test_a_film_that_is_drawn_is_asked_about(session, make, qtbot, tmp_path, monkeypatch):
    """Its frames take a while, and nothing is written before the last one."""
    begun = threading.Event()

    def draw(*given):
        begun.set()
        given[-1].wait(20)

    monkeypatch.setattr("gui.jobs.document_jobs.slides", draw)
    evidence, film = make.evidence(CertifySettings(seed=5)), None
    session.exports.slides(evidence, tmp_path / "x.zip", None, film)
    assert session.worker.asks == "Stop drawing x.zip and close? The file is not written then."
    assert begun.wait(20)  # what has not begun when the thread is closed never ends
    session.worker.shutdown()
    assert not session.worker.asks
