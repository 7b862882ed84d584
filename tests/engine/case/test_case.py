from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from engine.case import Case
from engine.core.errors import UserError
from engine.evidence.attack import AttackRecord
from engine.evidence.settings import CertifySettings, declared, seeded
from engine.schemes import Rotation
from tests.cases import ASKED, PREDICTED, SETTINGS, begun, counted, partly
from tests.factories import make_predicted
from tests.fakes import fitted, identity

ROOT = Path(__file__).parents[3]
ANYTIME = SETTINGS.model_copy(update={"bound": "anytime"})


def test_a_run_is_on_the_disk_before_its_first_vote(case: Case) -> None:
    run = begun(case)
    row = Case.open(case.path).row(run)
    assert (row.state, row.counted, row.settings) == ("counting", 0, seeded(SETTINGS))
    case.release(run)
    assert case.row(run).state == "interrupted"


def test_a_dropped_run_resumes_where_it_was(case: Case) -> None:
    run = begun(case)
    snapshot = partly(case, run, 500)
    again = Case.open(case.path)
    resume = again.resume(run)
    assert resume.blocks == snapshot.blocks and resume.selection == snapshot.selection
    assert resume.run_id == snapshot.run_id == again.row(run).run_id
    assert again.row(run).counted == snapshot.estimation.n


def test_a_run_is_counted_by_one_window(case: Case) -> None:
    run = begun(case)
    other = Case.open(case.path)
    with pytest.raises(UserError, match=r"Run 1 in .* is being counted in another window"):
        other.claim(run)
    case.claim(run)  # twice is no harm
    case.release(run)
    other.claim(run)
    with pytest.raises(UserError, match="being counted in another window"):
        counted(case, run)


def test_a_window_that_lost_its_claim_writes_nothing(case: Case) -> None:
    run = begun(case)
    partly(case, run, 500)
    kept = case.row(run).counted
    with pytest.raises(UserError, match="being counted in another window"):
        case.finish(run, make_predicted())
    assert case.row(run).counted == kept


@pytest.mark.thorough
def test_two_processes_on_one_case_keep_both_runs(case: Case) -> None:
    code = (
        "import sys; from engine.case import Case; from tests.cases import *\n"
        "case = Case.open(sys.argv[1])\n"
        "for seed in range(4):\n"
        "    seed += int(sys.argv[2])\n"
        "    counted(case, begun(case, SETTINGS.model_copy(update={'seed': seed})))"
    )
    processes = [
        subprocess.Popen([sys.executable, "-c", code, str(case.path), str(first)], cwd=ROOT)
        for first in (0, 100)
    ]
    assert [process.wait(timeout=120) for process in processes] == [0, 0]
    again = Case.open(case.path)
    assert (again.damage, again.damaged()) == ("", {})
    assert [row.state for row in again.runs()] == ["finished"] * 8
    assert {row.settings.seed for row in again.runs()} == {*range(4), *range(100, 104)}


def test_threads_of_one_window_may_share_a_case(case: Case) -> None:
    runs = [begun(case, SETTINGS.model_copy(update={"seed": seed})) for seed in range(3)]
    threads = [threading.Thread(target=counted, args=(case, run)) for run in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [row.state for row in case.runs()] == ["finished"] * 3
    assert Case.open(case.path).damaged() == {}


def test_notes_and_pins_stay_and_the_log_keeps_all(case: Case) -> None:
    run = begun(case)
    case.note(run, "first")
    case.note(run, "second\nline")
    case.pin(run)
    row = Case.open(case.path).row(run)
    assert (row.note, row.pinned) == ("second\nline", True)
    case.unpin(run)
    assert not case.row(run).pinned
    kinds = [event.kind for event in case.events()]
    assert kinds == ["created", "began", "noted", "noted", "pinned", "unpinned"]
    with pytest.raises(UserError, match="has no run 9"):
        case.note(9, "x")


def test_an_anytime_run_is_extended_past_its_n(case: Case) -> None:
    run = begun(case, ANYTIME)
    short = counted(case, run)
    longer = case.extend(run, 2500)
    assert longer.n == 2500 and case.row(run).state == "counting"
    extended = counted(case, run)
    fresh = begun(Case.create(case.path.with_name("b")), longer, new_run=True)
    assert extended.complete and extended.settings.n == 2500
    assert extended.chain is not None and short.chain is not None
    assert extended.chain.blocks[: len(short.chain.blocks)] == short.chain.blocks
    assert (case.row(run).number, case.row(run).of, fresh) == (1, 1, 1)
    again = Case.open(case.path)
    assert again.damaged() == {} and again.evidence(run) == extended


def test_a_target_that_ended_a_run_is_dropped_when_it_is_extended(case: Case) -> None:
    run = begun(case, ANYTIME.model_copy(update={"target": "radius=0.01"}))
    assert counted(case, run).stop_reason == "target certified"
    assert case.row(run).state == "finished"
    assert case.extend(run, 3000).target == ""
    assert counted(case, run).complete


@pytest.mark.parametrize(
    ("settings", "n", "words"),
    [
        (
            SETTINGS.model_copy(update={"bound": "live"}),
            5000,
            "The live bound of run 1 was declared for n = 1,000",
        ),
        (ANYTIME, 900, "Run 1 holds 1,000 votes already; n must be larger"),
        (ANYTIME, 10**12, "n must be less than or equal to 1000000000"),
    ],
)
def test_extensions_that_cannot_be(
    case: Case, settings: CertifySettings, n: int, words: str
) -> None:
    run = begun(case, settings)
    counted(case, run)
    with pytest.raises(UserError, match=words):
        case.extend(run, n)


def test_a_prediction_of_a_program_that_kept_no_votes_is_read(case: Case) -> None:
    run = case.begin(identity(), fitted().identity, PREDICTED, **ASKED)
    evidence = make_predicted()
    case.finish(run, evidence)
    assert case.evidence(run) == evidence and not Case.open(case.path).damaged()
    row = case.row(run)
    assert (row.state, row.outcome, row.resumable) == ("finished", "predicted", False)
    assert case.resume(run).blocks == ()
    with pytest.raises(UserError, match="The outcome of run 1 was declared for n = 1,000"):
        case.extend(run, 2000)


def test_an_attack_is_kept_and_a_contradicted_run_is_not_extended(case: Case) -> None:
    run = begun(case, ANYTIME)
    evidence = counted(case, run)
    record = AttackRecord(outcome="found", how="x", perturbation={"radius": 2.0})
    case.attacked(run, evidence.model_copy(update={"attack": record}))
    kept = case.evidence(run)
    assert kept is not None and kept.attack == record and kept.votes == evidence.votes
    assert not case.row(run).contradicted
    inside = record.model_copy(update={"perturbation": {"radius": 0.001}})
    case.attacked(run, evidence.model_copy(update={"attack": inside}))
    assert case.row(run).contradicted and case.row(run).state == "finished"
    with pytest.raises(UserError, match="An attack contradicts run 1; it is not extended"):
        case.extend(run, 10**6)
    with pytest.raises(UserError, match="other votes than those attacked"):
        case.attacked(run, make_predicted())


def test_a_stopped_result_is_kept_beside_the_final_one(case: Case) -> None:
    run, stop = begun(case), threading.Event()
    stop.set()
    stopped = counted(case, run, stop=stop)
    assert case.row(run).state == "stopped" and case.row(run).resumable
    final = counted(case, run)
    assert final.complete and not stopped.complete
    assert case.evidence(run) == final
    reasons = [event.detail["stop_reason"] for event in case.events() if event.kind == "ended"]
    assert reasons == ["stopped", "planned n reached"]


def test_a_range_is_not_extended(case: Case) -> None:
    run = begun(case, declared("certify", Rotation(degrees=5.0), {"n0": 5, "n": 50, "seed": 1}))
    with pytest.raises(UserError, match="for n = 50; at each anchor of its range"):
        case.extend(run, 100)
