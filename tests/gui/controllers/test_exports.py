from __future__ import annotations

from engine.evidence.evidence import Evidence
from engine.evidence.settings import CertifySettings


def test_a_result_that_is_looked_at_is_written(session, make, qtbot, tmp_path):
    evidence = make.evidence(CertifySettings(seed=5))
    path = tmp_path / "x.json"
    with qtbot.waitSignal(session.exported) as heard:
        session.export_record(evidence, "json", path)
    assert heard.args == [path]
    assert Evidence.model_validate_json(path.read_text()) == evidence
    assert session.evidence is None


def test_the_machine_is_looked_at(session, qtbot):
    with qtbot.waitSignal(session.examined) as heard:
        session.request_examination()
    assert heard.args == ["ok    python 3"]
