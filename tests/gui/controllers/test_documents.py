from __future__ import annotations

from engine.core.errors import UserError
from engine.evidence.settings import CertifySettings
from engine.planning import Pilot
from gui.jobs.document_jobs import PlanWish, ReplayWish


def test_a_plan_comes_from_the_worker(session, qtbot):
    with qtbot.waitSignal(session.desk.planned) as heard:
        session.desk.plan(
            PlanWish(CertifySettings(n=1000), pilot=Pilot(k=97, n0=100), target="radius=0.3")
        )
    assert heard.args[0].needed.n_stay > 0
    assert heard.args[0].pilot.k == 97


def test_a_wish_that_cannot_be_is_refused_in_a_sentence(session, qtbot):
    with qtbot.waitSignal(session.desk.failed) as heard:
        session.desk.plan(PlanWish(CertifySettings(n=1000), p=0.9, power=1.0))
    assert heard.args == ["plan", "The power must be between 0 and 1, without both (it was 1)."]


def test_votes_are_certified_and_written(session, qtbot, tmp_path):
    votes = tmp_path / "v.csv"
    votes.write_text("idx,label,n0_0,n0_1,n_0,n_1\n1,0,9,1,990,10\n2,1,8,2,600,400\n")
    with qtbot.waitSignal(session.desk.replayed) as heard:
        session.desk.replay(ReplayWish(votes, CertifySettings(), at=("radius=0.1",)))
    result = heard.args[0]
    assert [row.predicted_class for row in result.rows] == [0, 0]
    for name in ("out.json", "out.csv"):
        with qtbot.waitSignal(session.desk.written):
            session.desk.write_replay(result, tmp_path / name)
        assert (tmp_path / name).read_text()


def test_other_failures_are_not_the_desks(session, backend, qtbot):
    heard = []
    session.desk.failed.connect(lambda kind, sentence: heard.append(kind))
    backend.fail["open_input"] = UserError("No.")
    with qtbot.waitSignal(session.notice):
        session.open_input("x.png")
    assert heard == []
