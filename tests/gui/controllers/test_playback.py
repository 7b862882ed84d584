from __future__ import annotations

from engine.evidence.settings import CertifySettings


def frames_of(make, *ns):
    return tuple(make.snapshot(CertifySettings(), n) for n in ns)


def test_a_run_is_replayed_and_its_result_stays(qtbot, session, make, monkeypatch):
    frames, evidence = frames_of(make, 100, 1000, 5000), make.evidence(CertifySettings())
    monkeypatch.setattr(type(session.engine), "played", lambda self, one: frames)
    seen = []
    session.playback.changed.connect(lambda: seen.append(session.playback.snapshot))
    session.playback.play(evidence, 0.6)
    qtbot.waitUntil(lambda: session.playback.active)
    assert session.playback.evidence is evidence
    qtbot.waitUntil(lambda: not session.playback.active, timeout=5000)
    assert seen[-1] is None and [one for one in frames if one in seen] == list(frames)
    assert session.runs.evidence is None


def test_a_replay_ends_when_it_is_stopped_and_before_a_run(qtbot, session, make, monkeypatch):
    monkeypatch.setattr(
        type(session.engine), "played", lambda self, one: frames_of(make, 100, 1000)
    )
    for end in (session.stop, session.runs.cleared.emit):
        session.playback.play(make.evidence(CertifySettings()), 60)
        qtbot.waitUntil(lambda: session.playback.active)
        end()
        assert not session.playback.active and session.playback.evidence is None


def test_a_run_without_blocks_is_not_replayed(qtbot, session, make, monkeypatch):
    monkeypatch.setattr(type(session.engine), "played", lambda self, one: ())
    session.playback.play(make.evidence(CertifySettings()), 1)
    qtbot.waitUntil(lambda: not session.worker.busy())
    assert not session.playback.active
