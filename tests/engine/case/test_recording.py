from __future__ import annotations

import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from engine.case import Case
from engine.case.counting import open_run
from engine.case.recording import Commits, recorded
from engine.core.errors import NotAFunction, NotOneSample, UserError
from engine.evidence.evidence import Evidence
from engine.evidence.settings import CertifySettings, Execution
from engine.evidence.snapshot import Snapshot
from engine.models.request import ModelRequest
from engine.procedures.certify import certify
from engine.procedures.predict import predict
from tests.cases import ASKED, EXECUTION, PREDICTED, SETTINGS, Slow, begun, counted, partly
from tests.fakes import HalfSpace, finish, fitted, identity


def procedure(case: Case, run: int, **more: Any) -> Generator[Snapshot, None, Evidence]:
    run_of = certify(Slow(0.3), fitted(), SETTINGS, execution=EXECUTION, resume=case.resume(run))
    return recorded(case, run, run_of, **more)


def test_recording_changes_no_number(case: Case) -> None:
    run = begun(case)
    kept = finish(procedure(case, run))
    plain = finish(certify(HalfSpace(0.3), fitted(), SETTINGS))
    assert (kept.votes, kept.chain, kept.radius) == (plain.votes, plain.chain, plain.radius)
    assert kept.run_number == 1
    assert case.evidence(run) == kept


def test_commits_come_about_once_a_second(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    run, clock, commits = begun(case), [0.0], []
    record = case.record
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(
        case, "record", lambda *a: (commits.append((clock[0], a[1].n_done)), record(*a))
    )
    for _ in procedure(case, run):
        clock[0] += 0.4
    # due at 1.2 s, 2.4 s, ...: the third of every three snapshots
    assert [moment for moment, _ in commits] == pytest.approx(
        [1.2 * (i + 1) for i in range(len(commits))]
    )
    assert len(commits) >= 1


@pytest.mark.thorough
def test_runs_that_are_counted_together_are_committed_together(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One commit a second for all of them; where it fails each is kept that can be."""
    runs, clock, commits, warned = (
        [begun(case, new_run=True) for _ in range(3)],
        [0.0],
        [],
        list[str](),
    )
    record_all = case.record_all
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(
        case,
        "record_all",
        lambda all_, *_: (commits.append((clock[0], len(all_))), record_all(all_)),
    )
    shared = Commits()
    running = [procedure(case, run, seconds=shared, warn=warned.append) for run in runs]
    for one in running:
        next(one)
    clock[0] = 1.5
    next(running[1])
    assert commits == [(1.5, 3)] and not warned
    token = case._tokens.pop(runs[0])  # as if another window had taken it over
    clock[0] = 3.0
    for one in running:
        next(one)
    clock[0] = 4.5
    next(running[2])
    alone = [(4.5, 1)] * 3
    assert commits[1:] == [(3.0, 1), (4.5, 3), *alone]
    assert len(warned) == 1 and "being counted in another window" in warned[0]
    case._tokens[runs[0]] = token
    for one in running:
        one.close()
    assert all(case.resume(run).selection.n > 0 for run in runs)


def test_a_generator_that_is_closed_keeps_its_votes(case: Case) -> None:
    run = begun(case)
    running = procedure(case, run, seconds=1e9)
    last = next(running)
    while last.estimation.n < 400:
        last = next(running)
    assert case.row(run).counted == 0
    running.close()
    assert case.row(run).counted == last.estimation.n
    assert case.row(run).state == "interrupted"


def test_an_error_in_the_run_keeps_its_votes(case: Case) -> None:
    run = begun(case)

    def failing() -> Generator[Snapshot, None, Evidence]:
        inner = certify(Slow(0.3), fitted(), SETTINGS, execution=EXECUTION, resume=case.resume(run))
        for snapshot in inner:
            yield snapshot
            if snapshot.estimation.n > 400:
                raise RuntimeError("the cable came out")
        raise AssertionError

    with pytest.raises(RuntimeError):
        finish(recorded(case, run, failing(), seconds=1e9))
    assert case.row(run).counted > 400
    assert counted(case, run).complete


def test_a_disk_that_fails_for_a_while_costs_nothing(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, said, tries = begun(case), [], []
    record = case.record

    def sometimes(*arguments: Any) -> None:
        tries.append(1)
        if len(tries) < 3:
            raise UserError("The disk is full.")
        record(*arguments)

    monkeypatch.setattr(case, "record", sometimes)
    evidence = finish(procedure(case, run, seconds=0.0, warn=said.append))
    assert said == ["The disk is full. The run goes on in memory."]
    assert not any("case file" in warning for warning in evidence.warnings)
    assert case.evidence(run) == evidence


def test_a_result_that_cannot_be_kept_says_so(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    run = begun(case)

    def refuse(*_: Any) -> None:
        raise UserError("The disk is full.")

    monkeypatch.setattr(case, "finish", refuse)
    evidence = finish(procedure(case, run))
    assert evidence.complete
    assert evidence.warnings[-1] == ("This run's result is not in its case file: The disk is full.")


def test_a_case_that_is_deleted_meanwhile_costs_only_the_record(case: Case) -> None:
    run, said = begun(case), []
    running = procedure(case, run, seconds=0.0, warn=said.append)
    next(running)
    Path(case.path).unlink()
    evidence = finish(running)
    assert evidence.complete and len(said) == 1
    assert "not in its case file" in evidence.warnings[-1]
    assert not case.path.exists()


def test_a_run_that_is_counted_elsewhere_is_refused(case: Case) -> None:
    run = begun(case)
    other = Case.open(case.path)
    with pytest.raises(UserError, match="being counted in another window"):
        next(procedure(other, run))


def test_a_prediction_carries_the_run_of_its_case(case: Case) -> None:
    run = case.begin(identity(), fitted().identity, PREDICTED, **ASKED)
    evidence = finish(recorded(case, run, predict(HalfSpace(0.3), fitted(), PREDICTED)))
    assert (evidence.run_id, evidence.run_number) == (case.row(run).run_id, 1)
    assert case.evidence(run) == evidence


@pytest.mark.thorough
def test_a_model_that_is_refused_late_has_no_results_any_more(case: Case) -> None:
    """Nor runs to resume; another model's stand, and those of one sample a call where these do."""
    first = begun(case)
    counted(case, first)
    half = begun(case, SETTINGS.model_copy(update={"seed": 3}))
    partly(case, half, 500)
    alone, _ = open_run(
        case,
        HalfSpace(0.3),
        fitted(),
        CertifySettings(n0=60, n=1000, seed=5),
        request=ModelRequest("fake"),
        input_spec="flat",
        execution=Execution(batch=1, device="cpu"),
    )
    counted(case, alone)
    other = case.begin(
        identity().model_copy(update={"sha256": "e" * 64}), fitted().identity, SETTINGS, **ASKED
    )
    refused = begun(case, SETTINGS.model_copy(update={"seed": 4}))

    def refusing(wrong: type[UserError]) -> Generator[Snapshot, None, Evidence]:
        yield next(certify(HalfSpace(0.3), fitted(), SETTINGS))
        raise wrong("no function")

    with pytest.raises(NotOneSample, match="no function"):
        finish(recorded(case, refused, refusing(NotOneSample)))
    for seen in (case, Case.open(case.path)):
        rows = {row.id: row for row in seen.runs()}
        for run in (first, half, refused):
            by = "" if run == refused else f" in run {refused}"
            why = f"Run {run} does not count: its model was found to depend on its batch or on "
            assert rows[run].damage == seen.row(run).damage == f"{why}chance{by}."
            assert rows[run].outcome == "" and seen.damaged()[run] == rows[run].damage
            for work in (seen.evidence, seen.resume, seen.claim):
                with pytest.raises(UserError, match="does not count: its model was found"):
                    work(run)
        assert rows[alone].outcome == "certified" and not rows[other].damage
        assert not seen.damage and seen.evidence(alone) is not None
    anew = begun(case)  # which stands on what it finds itself
    assert anew not in (first, half, refused) and counted(case, anew).outcome == "certified"
    with pytest.raises(NotAFunction):
        finish(recorded(case, begun(case, new_run=True), refusing(NotAFunction)))
    assert [row.id for row in case.runs() if not row.damage] == [other]
