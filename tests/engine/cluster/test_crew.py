"""What travels between driver and workers: Ray pickles it, and it arrives as it was."""

from __future__ import annotations

import pickle

from engine.cluster.crew import Counted, Done, Event, Failed, Ready, Report, Setup
from engine.cluster.run_elsewhere import RunElsewhere
from engine.core.generators import result_of
from engine.evidence.evidence import Evidence
from engine.evidence.settings import CertifySettings
from engine.evidence.snapshot import Snapshot
from engine.models.request import ModelRequest
from engine.procedures.certify import certify
from tests.fakes import HalfSpace, fitted


def test_messages_arrive_as_they_were_sent() -> None:
    model, given, settings = HalfSpace(0.4), fitted(0.1), CertifySettings(n0=20, n=200, seed=1)
    seen: list[Snapshot] = []
    evidence: Evidence = result_of(certify(model, given, settings), seen.append)
    run = RunElsewhere(3, "flat")
    run.open(lambda spec, given, begin: begin(model, given, settings), given)
    report = Report((Counted(3, seen[-1], 0), Done(3, evidence), Failed(4, "no")), 0.5)
    setup = Setup(ModelRequest("demo:digits-0.25"), "0" * 64, ".", "1.0", 2)
    for sent in (setup, run.task, Event(1, report), Event(1, Ready("here")), Event(1, why="gone")):
        assert pickle.loads(pickle.dumps(sent)) == sent
    assert pickle.loads(pickle.dumps(evidence)).seal == evidence.seal
