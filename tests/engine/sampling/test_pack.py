"""Inputs that share batches: the rows of one by one, whatever the batches and what goes wrong."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch

from engine.core.errors import NotAFunction, NotOneSample, UserError
from engine.evidence.evidence import Evidence
from engine.evidence.settings import CertifySettings, Execution
from engine.inputs.base import FittedInput
from engine.models.base import Classifier
from engine.noise.gaussian import Stream
from engine.procedures import dataset
from engine.procedures.certify import certify
from engine.procedures.dataset import certify_set
from engine.procedures.set_result import SetResult
from engine.sampling import function_check
from engine.sampling.pack import Pack
from tests.engine.sampling.test_function_check import sampler
from tests.fakes import HalfSpace, Misbehaving, finish, fitted

SETTINGS = CertifySettings(n0=20, n=600, seed=1)
INPUTS = [f"{place / 20}" for place in range(12)]


def read(spec: str) -> FittedInput:
    made = fitted(float(spec))
    identity = made.identity.model_copy(update={"pixels_sha256": f"{spec:0>64}"})
    return FittedInput(identity, made.arrays)


def counted(
    model: Classifier, settings: CertifySettings = SETTINGS, *, batch: int = 0, **more: Any
) -> tuple[SetResult, dict[str, Evidence]]:
    found = dict[str, Evidence]()
    execution = Execution(batch=batch)
    told = {"done": found.__setitem__, "read": read, **more}
    return finish(certify_set(model, INPUTS, settings, execution=execution, **told)), found


def votes(found: dict[str, Evidence]) -> list[Any]:
    return [(spec, one.votes, one.chain, one.statement) for spec, one in found.items()]


@pytest.fixture(autouse=True, params=(1, 3))
def threads(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Everything here with batches that are classified one by one, and side by side."""
    usual = torch.get_num_threads()
    torch.set_num_threads(request.param)
    monkeypatch.setattr(HalfSpace, "concurrent", True)
    yield request.param
    assert torch.get_num_threads() == request.param
    torch.set_num_threads(usual)


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[SetResult, dict[str, Evidence]]]:
    """The same without a pack."""

    def one_by_one(*given: Any, **more: Any) -> tuple[SetResult, dict[str, Evidence]]:
        with monkeypatch.context() as patched:
            patched.setattr(dataset, "pack_for", lambda *_: None)
            return counted(*given, **more)

    return one_by_one


@pytest.mark.thorough
def test_rows_are_those_of_one_by_one_for_any_batch(alone: Any) -> None:
    for changes, batches in (
        ({}, (0, 1, 7)),
        ({"n": 30, "n0": 5}, (0, 64)),
        ({"noise": "exact", "n": 50}, (0,)),
        ({"bound": "anytime", "n": 2000, "target": "radius=0.1"}, (0, 64)),
    ):
        settings = SETTINGS.model_copy(update=changes)
        result, evidence = alone(HalfSpace(0.4), settings)
        for batch in batches:
            packed, found = counted(HalfSpace(0.4), settings, batch=batch)
            assert packed == result, (changes, batch)
            assert votes(found) == votes(evidence)
        if settings.target:
            reasons = {one.stop_reason for one in evidence.values()}
            assert {"target certified", "target out of reach"} <= reasons
            for one in evidence.values():
                assert one.estimation.n % 50 == 0  # ended at a block's end


def test_inputs_share_batches() -> None:
    """Twelve runs of 35 samples take one batch of each kind, and not one for each input."""
    sizes = list[int]()

    class Noting(HalfSpace):
        def classify(self, batch: torch.Tensor) -> torch.Tensor:
            sizes.append(len(batch))
            return super().classify(batch)

    settings = SETTINGS.model_copy(update={"n": 30, "n0": 5})
    counted(Noting(0.4), settings, batch=100)
    assert sizes.count(100) >= 4 and max(sizes) == 100


@pytest.mark.thorough
def test_samples_of_every_input_are_asked_again() -> None:
    for changes in ({}, {"n": 60, "n0": 5}, {"bound": "anytime", "target": "radius=0.1"}):
        settings = SETTINGS.model_copy(update=changes)
        _, evidence = counted(HalfSpace(0.4), settings)
        for one in evidence.values():
            record, drawn = one.function_check, one.estimation.n + settings.n0
            assert record is not None and record.samples >= 1
            assert record.contradictions(drawn=drawn, batch=one.performance.batch) == []


class Made(HalfSpace):
    def __init__(self, made: Callable[[torch.Tensor], torch.Tensor]) -> None:
        super().__init__(0.3)
        self.made = made

    def scores(self, batch: torch.Tensor) -> torch.Tensor:
        margin = self.made(self.threshold - batch.flatten(1)[:, 0])
        return torch.stack([margin, -margin], dim=1)


def test_what_depends_on_other_inputs_of_its_batch_certifies_no_row() -> None:
    for made in (
        lambda margin: margin.mean().expand(len(margin)),
        lambda margin: margin - margin.mean(),
        lambda margin: margin + 0.3 * margin.max(),
    ):
        with pytest.raises(NotOneSample):
            counted(Made(made), batch=200)
    for made in (lambda margin: margin * torch.where(torch.rand(len(margin)) < 0.2, -1.0, 1.0),):
        with pytest.raises(UserError, match="draws at random or remembers"):
            counted(Made(made), batch=200)


class Turning(HalfSpace):
    """Another function from some call on, so that only inputs asked later show it."""

    def __init__(self, after: int) -> None:
        super().__init__(0.3)
        self.after = after

    def scores(self, batch: torch.Tensor) -> torch.Tensor:
        self.after -= 1
        scores = super().scores(batch)
        return scores if self.after > 0 else scores.mean(0).expand(len(batch), 2)


@pytest.mark.thorough
def test_a_dependence_that_begins_later_touches_no_row() -> None:
    """A row is told when its model was asked again after it had answered everything."""
    settings = SETTINGS.model_copy(update={"n": 2000})
    whole = counted(HalfSpace(0.3), settings)[1]
    for after in (5, 40, 90, 120):
        told = dict[str, Evidence]()
        try:
            result, _ = counted(Turning(after), settings, batch=200, done=told.__setitem__)
            assert len(result.rows) + len(result.unread) == len(INPUTS) > len(told)
        except UserError as error:
            assert "depends on" in str(error) or "again" in str(error)
        for spec, one in told.items():
            assert one.votes == whole[spec].votes


@pytest.mark.thorough
def test_a_model_that_is_refused_late_takes_its_earlier_rows_with_it() -> None:
    def refusing(wrong: type[UserError]) -> SetResult:
        def count(spec: str, given: FittedInput, prepared: Any) -> Any:
            if spec == INPUTS[3]:
                raise wrong("no function")
            return (yield from certify(HalfSpace(0.4), given, SETTINGS))

        return counted(HalfSpace(0.4), count=count)[0]

    assert len(refusing(UserError).rows) == len(INPUTS) - 1  # this input alone does not fit
    for wrong in (NotAFunction, NotOneSample):
        with pytest.raises(wrong, match="no function"):
            refusing(wrong)


def test_near_ties_count_against_their_own_top_class(monkeypatch: pytest.MonkeyPatch) -> None:
    """Within rounding by the size of the batch: such samples are failures of their own input."""
    monkeypatch.setattr(function_check, "SHARE", 1e6)

    def rounding(margin: torch.Tensor) -> torch.Tensor:
        near = (margin * 1e4).long() % 500 == 0
        tie = 1e-6 if len(margin) % 2 else -1e-6
        return torch.where(near, torch.full_like(margin, tie), margin)

    ties = 0
    for seed in range(40):  # which samples are asked about is by lot: two of three find one
        settings = SETTINGS.model_copy(update={"n": 8000, "seed": seed})
        _, evidence = counted(Made(rounding), settings, batch=999)
        for one in evidence.values():
            assert one.function_check is not None
            assert one.votes.estimation_failures <= one.function_check.near_ties
            ties += one.function_check.near_ties
        if ties:
            break
    assert ties


def test_samples_without_a_class_count_against_their_own_input(alone: Any) -> None:
    class Nameless(HalfSpace):
        def scores(self, batch: torch.Tensor) -> torch.Tensor:
            odd = batch.flatten(1)[:, 1] > 0.5
            return torch.where(odd[:, None], float("nan"), super().scores(batch))

    found, expected = counted(Nameless(0.4), batch=50)[1], alone(Nameless(0.4))[1]
    assert votes(found) == votes(expected)
    failures = [one.votes.estimation_failures for one in found.values()]
    assert failures[0] < failures[-1]


def test_a_model_that_always_fails_has_rows_that_claim_nothing() -> None:
    for what in ("crash", "twice"):
        result, found = counted(Misbehaving(what, after=3), batch=50)
        assert len(result.rows) == len(INPUTS) and result.complete
        for one in found.values():
            assert one.votes.estimation_failures == SETTINGS.n and one.outcome == "abstained"
            assert any("Batches that failed count" in warning for warning in one.warnings)


class Picky(HalfSpace):
    """Fails on a batch that holds samples of one input."""

    def scores(self, batch: torch.Tensor) -> torch.Tensor:
        if (batch.flatten(1).mean(1) > 5).any():
            raise RuntimeError("out of range")
        return super().scores(batch)


def test_an_input_on_which_a_model_fails_costs_no_other(alone: Any) -> None:
    def far(spec: str) -> FittedInput:
        given = read(spec)
        return given if spec != INPUTS[4] else FittedInput(given.identity, (given.arrays[0] + 9,))

    found = counted(Picky(0.4), batch=64, read=far)[1]
    whole = counted(HalfSpace(0.4), batch=64)[1]
    assert found[INPUTS[4]].votes.estimation_failures == SETTINGS.n
    for spec in INPUTS:
        if spec != INPUTS[4]:
            assert found[spec].votes == whole[spec].votes, spec


@pytest.mark.thorough
def test_short_memory_makes_the_batch_smaller_or_keeps_what_was_counted() -> None:
    whole = counted(HalfSpace(10.0))[1]
    result, found = counted(Misbehaving("memory", after=12, largest=40), batch=200)
    assert [one.votes for one in found.values()] == [one.votes for one in whole.values()]
    assert any("smaller" in w for one in found.values() for w in one.warnings)
    result, found = counted(Misbehaving("memory", after=12, largest=0), batch=200)
    assert {one.stop_reason for one in found.values()} <= {"out of memory", "planned n reached"}
    short = sum(one.stop_reason == "out of memory" for one in found.values())
    assert short and not result.complete and not result.summary.population
    assert any(note.startswith(f"{short:,} rows rest on fewer votes") for note in result.notes)


def test_a_stop_ends_all_inputs_and_keeps_rows_in_order() -> None:
    stop, told = threading.Event(), list[str]()

    def done(spec: str, evidence: Evidence) -> None:
        told.append(spec)
        if len(told) == 3:
            stop.set()

    result, _ = counted(HalfSpace(0.4), done=done, stop=stop)
    assert told == INPUTS[:3] == [row.idx for row in result.rows] and not result.complete


def test_ctrl_c_in_a_batch_ends_the_set() -> None:
    class Interrupted(HalfSpace):
        calls = 0

        def scores(self, batch: torch.Tensor) -> torch.Tensor:
            self.calls += 1
            if self.calls == 40:
                raise KeyboardInterrupt
            return super().scores(batch)

    result, found = counted(Interrupted(0.4), batch=64)
    whole = counted(HalfSpace(0.4))[1]
    assert 0 < len(found) < len(INPUTS)
    assert all(one.votes == whole[spec].votes for spec, one in found.items())


def test_ctrl_c_in_a_question_gives_out_nothing_that_waits_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def interrupted(self: Pack) -> None:
        assert any(lane.held for lane in self._lanes)
        raise KeyboardInterrupt

    monkeypatch.setattr(Pack, "_ask", interrupted)
    with pytest.raises(UserError, match="Stopped before the first input of the set was counted"):
        counted(HalfSpace(0.4), batch=64)


def test_ctrl_c_in_the_first_look_gives_out_nothing() -> None:
    class Interrupted(HalfSpace):
        asked = False

        def scores(self, batch: torch.Tensor) -> torch.Tensor:
            if self.asked:
                raise KeyboardInterrupt
            return super().scores(batch)

    model = Interrupted(0.4)
    stop = threading.Event()
    pack = Pack(model, device=torch.device("cpu"), precision="fp32", stop=stop, planned=600)
    one = sampler(model, batch=64)
    pack.takes(one)
    one.joint = pack
    rows = one.rows(Stream.SELECTION, 0, 600, block=600)
    assert next(rows) == {}
    look = pack.check.look

    def looked(*given: Any, **more: Any) -> None:
        model.asked = True
        look(*given, **more)

    pack.check.look = looked  # type: ignore[method-assign]
    pack.step(last=True)
    assert stop.is_set() and not any(rows)
    pack.close()


@pytest.mark.thorough
def test_inputs_of_another_shape_are_counted_by_themselves(alone: Any) -> None:
    class AnySize(HalfSpace):
        def __init__(self) -> None:
            super().__init__(0.4)
            self.identity = self.identity.model_copy(update={"input_shape": (0, 0, 0)})

    def odd(spec: str) -> FittedInput:
        given = read(spec)
        if spec not in INPUTS[1::3]:
            return given
        identity = given.identity.model_copy(update={"shape": (1, 4, 4)})
        return FittedInput(identity, (given.arrays[0][:, :4, :4].copy(),))

    try:
        single = alone(AnySize(), read=odd)[1]
    except UserError:
        pytest.skip("no fake takes two shapes")
    assert votes(counted(AnySize(), read=odd)[1]) == votes(single)
