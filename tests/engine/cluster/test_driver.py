"""A set counted by workers in this process, who die: its rows are those of one process."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import pytest

from engine import __version__
from engine.case import Case
from engine.case.sets import CaseSet
from engine.cluster.crew import Setup
from engine.cluster.driver import Told, certify_set_with
from engine.cluster.run_elsewhere import Begin, Procedure
from engine.cluster.staff import MOST_DEATHS
from engine.core.errors import NotAFunction, UserError
from engine.core.generators import result_of
from engine.evidence.evidence import Evidence
from engine.evidence.settings import CertifySettings, Execution, seeded
from engine.inputs.base import FittedInput
from engine.models import load_model
from engine.models.base import Classifier
from engine.models.request import ModelRequest
from engine.procedures.beginning import begin
from engine.procedures.dataset import certify_set
from engine.procedures.set_result import SetResult, Unread
from engine.schemes import TextUniform
from tests.crews import InProcessCrew

REQUEST = ModelRequest("demo:digits-0.25")
SETTINGS = seeded(CertifySettings(n0=30, n=300, seed=1))
EXECUTION = Execution(batch=50, device="cpu")
INPUTS = [f"digits:{place}" for place in (0, 356, 679)]
Kills = Callable[[int, Collection[int]], bool]


@pytest.fixture(autouse=True)
def a_snapshot_each_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a worker comes back within a run."""
    for where in ("sampler", "pack"):
        monkeypatch.setattr(f"engine.sampling.{where}.SNAPSHOT_SECONDS", 0.0)


@pytest.fixture(scope="module")
def model() -> Classifier:
    return load_model(REQUEST)


@pytest.fixture(scope="module")
def alone(model: Classifier) -> SetResult:
    return result_of(certify_set(model, INPUTS, SETTINGS, execution=EXECUTION, at=["radius=0.5"]))


class Counted:
    """A set as a crew counts it.

    Attributes:
        evidence: in the order in which it was told.
        staff: how many workers there were, as that changed.
        crew: as it was at the end.
    """

    def __init__(
        self,
        model: Classifier,
        kills: Kills = lambda call, places: False,
        *,
        case: Case | None = None,
        inputs: list[str] = INPUTS,
        stop_at: int = 10**9,
        settings: CertifySettings = SETTINGS,
    ) -> None:
        self.evidence: list[Evidence] = []
        self.left_out: list[Unread] = []
        self.staff: list[int] = []
        self.warned: list[str] = []
        stop = threading.Event()
        kept = None
        if case is not None:
            kept = CaseSet(
                case,
                model,
                settings,
                request=REQUEST,
                execution=EXECUTION,
                at=["radius=0.5"],
                stop=stop,
            )

        def count(spec: str, given: FittedInput, begin: Begin) -> Procedure:
            if kept is not None:
                return kept.count(spec, given, begin=begin)
            return begin(model, given, settings, execution=EXECUTION, at=["radius=0.5"])

        def dies(call: int, places: Collection[int]) -> bool:
            if call == stop_at:
                stop.set()
            return kills(call, places)

        setup = Setup(REQUEST, model.identity.sha256, str(Path.cwd()), __version__)
        self.crew = InProcessCrew(setup, dies)
        told = Told(
            lambda spec, evidence: self.evidence.append(evidence),
            self.left_out.append,
            self.staff.append,
            self.warned.append,
        )
        counting = certify_set_with(
            self.crew,
            2,
            model,
            inputs,
            settings,
            count=count,
            at=["radius=0.5"],
            stop=stop,
            told=told,
        )
        self.result = result_of(counting)


def votes(evidence: list[Evidence]) -> list[object]:
    return [(one.observations, one.chain, one.noise.key, one.bounds) for one in evidence]


def test_rows_do_not_depend_on_who_dies_when(model: Classifier, alone: SetResult) -> None:
    whole = Counted(model)
    assert whole.result == alone
    assert [one.input.source for one in whole.evidence] == INPUTS
    assert whole.crew.called > 10  # or no worker comes back within a run
    assert {one.performance.device for one in whole.evidence} == {"cpu"}
    for doomed in (1, 4, 8):  # as it opens the model, and within runs
        broken = Counted(model, lambda call, places, doomed=doomed: call == doomed)
        assert broken.result == alone, doomed
        assert votes(broken.evidence) == votes(whole.evidence), doomed
        assert broken.crew.hired == 3 and broken.warned == ["A worker ended (killed)."]


def test_an_input_that_kills_costs_its_own_row(model: Classifier, alone: SetResult) -> None:
    for place in (0, 2):
        found = Counted(
            model, lambda call, places, place=place: list(places)[-1:] == [place]
        ).result
        assert found.rows == (*alone.rows[:place], *alone.rows[place + 1 :])
        (unread,) = found.unread
        assert unread.input == INPUTS[place] and not found.complete
        assert unread.reason == f"{MOST_DEATHS} workers ended while they counted it."


def test_a_model_that_kills_every_worker_ends_in_a_sentence(model: Classifier) -> None:
    with pytest.raises(UserError, match=r"^5 workers ended one after the other before an input"):
        Counted(model, lambda call, places: bool(places))
    with pytest.raises(UserError, match=r"A worker ended \(killed\). The model may crash them"):
        Counted(model, lambda call, places: True)  # even before they have opened the model


def test_a_case_holds_the_runs_and_goes_on_after_a_stop(
    model: Classifier, alone: SetResult, tmp_path: Path
) -> None:
    path = tmp_path / "a.certiscope"
    with pytest.raises(UserError, match="Stopped before the first input"):
        Counted(model, case=Case.create(path), stop_at=4)
    runs = Case.open(path).runs()
    assert {run.state for run in runs} == {"interrupted"} and sum(run.counted for run in runs) > 50
    then = Counted(model, lambda call, places: call == 5, case=Case.open(path))
    assert then.result.rows == alone.rows
    case = Case.open(path)
    assert len(case.runs()) == 3 and not case.damaged()
    assert [one.tries_known_to for one in then.evidence] == ["case"] * 3
    again = Counted(model, case=case)  # nothing is counted twice
    assert again.result == then.result and again.crew.called <= 2


def test_what_does_not_open_is_a_row_and_what_does_not_fit_ends_the_set(
    model: Classifier, alone: SetResult
) -> None:
    counted = Counted(model, inputs=[INPUTS[0], "digits:-5", *INPUTS[1:]])
    found = counted.result
    assert tuple(counted.left_out) == found.unread
    assert found.rows == alone.rows and [one.input for one in found.unread] == ["digits:-5"]
    with pytest.raises(UserError) as here:
        result_of(certify_set(model, ["digits:-5"], SETTINGS))
    with pytest.raises(UserError) as there:
        Counted(model, inputs=["digits:-5"])
    assert str(here.value) == str(there.value)
    other = CertifySettings(scheme=TextUniform(), n0=30, n=300, seed=1)
    with pytest.raises(UserError) as here:
        result_of(certify_set(model, INPUTS, other, execution=EXECUTION, at=["radius=0.5"]))
    with pytest.raises(UserError) as there:
        Counted(model, settings=other)
    assert str(here.value) == str(there.value)
    with pytest.raises(UserError, match="needs at least one input"):
        Counted(model, inputs=[])


def test_a_model_that_is_refused_late_ends_the_set(
    model: Classifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    began = list[str]()

    def begin_then_refuse(classifier: Classifier, given: FittedInput, *more: Any, **named: Any):
        began.append(given.identity.source)
        if len(began) > 2:
            raise NotAFunction("no function")
        return begin(classifier, given, *more, **named)

    monkeypatch.setattr("engine.cluster.worker.begin", begin_then_refuse)
    with pytest.raises(NotAFunction, match="no function"):
        Counted(model)
    assert len(began) == 3
