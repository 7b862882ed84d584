"""Runs that are driven together end as they would have by themselves."""

from __future__ import annotations

import threading
from collections.abc import Generator
from itertools import chain, repeat

import pytest
import torch

from engine.core.errors import UserError
from engine.evidence.evidence import Evidence
from engine.evidence.settings import CertifySettings, Counting, ExactSettings, Execution
from engine.evidence.snapshot import Snapshot
from engine.procedures.certify import certify
from engine.procedures.prepared import PreparedModel
from engine.procedures.together import Outcome, Run, Together, pack_for
from engine.sampling.pack import Pack
from engine.schemes import DssnL1
from tests.fakes import HalfSpace, finish, fitted

SETTINGS = CertifySettings(n0=20, n=300, seed=1)
CPU = Execution(device="cpu", batch=40)


def a_pack(
    settings: Counting = SETTINGS, execution: Execution = CPU, model: HalfSpace | None = None
) -> Pack | None:
    return pack_for(model or HalfSpace(0.3), settings, execution, threading.Event(), 3)


def test_what_counts_several_inputs() -> None:
    found = a_pack()
    assert found is not None and found.planned == 3 * 320
    assert a_pack(execution=Execution(device="cpu", batch=1)) is None
    assert a_pack(ExactSettings(scheme=DssnL1(lam=0.1))) is None


class Driven:
    """Some runs, each with an input of its own."""

    def __init__(self, model: HalfSpace, pack: Pack | None, values: list[float]) -> None:
        self.prepared = PreparedModel(model, pack)
        self.model, self.left = model, list(enumerate(values))
        self.ended: dict[int, Outcome] = {}
        self.together = Together(
            pack,
            more=lambda: bool(self.left),
            opened=self.open,
            settled=self.ended.__setitem__,
        )

    def open(self) -> tuple[int, Run] | None:
        place, value = self.left.pop(0)
        if value < 0:
            self.ended[place] = UserError("It does not open.")
            return None
        return place, self.run(value)

    def run(self, value: float) -> Run:
        return certify(self.model, fitted(value), SETTINGS, execution=CPU, prepared=self.prepared)


@pytest.mark.parametrize("packed", [False, True])
def test_runs_end_as_they_would_alone(monkeypatch: pytest.MonkeyPatch, packed: bool) -> None:
    monkeypatch.setattr("engine.sampling.pack.SNAPSHOT_SECONDS", 0.0)
    values = [0.0, -1.0, 0.1, 0.2]
    model = HalfSpace(0.3)
    driven = Driven(model, a_pack(model=model) if packed else None, values)
    places = [place for place, _ in driven.together.snapshots()]
    assert sorted(driven.ended) == [0, 1, 2, 3]
    assert (places == sorted(places)) is not packed
    for place in (0, 2, 3):
        alone = finish(certify(HalfSpace(0.3), fitted(values[place]), SETTINGS, execution=CPU))
        found = driven.ended[place]
        assert isinstance(found, Evidence)
        assert (found.observations, found.chain) == (alone.observations, alone.chain)
    driven.left = [(4, 0.05)]
    assert {place for place, _ in driven.together.snapshots()} == {4}  # it may go on
    driven.together.close()


def test_a_refusal_of_one_run_is_its_own_and_one_of_the_model_everybodys() -> None:
    class Broken(HalfSpace):
        calls = 0

        def scores(self, batch: torch.Tensor) -> torch.Tensor:
            self.calls += 1
            found = super().scores(batch)
            return found if self.calls < 12 else found.flip(1) * (1 + self.calls % 2)

    def refused() -> Generator[Snapshot, None, Evidence]:
        raise UserError("It does not fit.")
        yield

    driven = Driven(HalfSpace(0.3), None, [0.0])
    runs = chain([(7, refused())], repeat(None))
    driven.together = Together(
        None,
        more=lambda: 7 not in driven.ended,
        opened=lambda: next(runs),
        settled=driven.ended.__setitem__,
    )
    assert list(driven.together.snapshots()) == []
    assert str(driven.ended[7]) == "It does not fit."
    model = Broken(0.3)
    both = Driven(model, a_pack(model=model), [0.0, 0.1])
    list(both.together.snapshots())
    assert all(isinstance(one, UserError) for one in both.ended.values())
    assert set(both.ended) == {0, 1}
