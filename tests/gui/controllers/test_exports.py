from __future__ import annotations

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
