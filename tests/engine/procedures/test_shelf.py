"""Runs that are put away come back as they were, and take little room."""

from __future__ import annotations

from engine.evidence.evidence import Evidence
from engine.evidence.settings import CertifySettings
from engine.inputs.base import FittedInput
from engine.procedures.dataset import certify_set
from engine.procedures.set_result import slim
from engine.procedures.shelf import Runs, Shelf
from tests.fakes import HalfSpace, finish, fitted

SETTINGS = CertifySettings(n0=50, n=1000, bound="anytime", seed=3)


def read(spec: str) -> FittedInput:
    made = fitted(float(spec))
    known = {"label": 0, "pixels_sha256": spec}
    return FittedInput(made.identity.model_copy(update=known), made.arrays)


def test_runs_come_back_as_they_were_without_their_votes_over_n() -> None:
    shelf, whole = Shelf(), dict[str, Evidence]()

    def keep(spec: str, evidence: Evidence) -> None:
        whole[spec] = evidence
        shelf.add(spec, evidence)

    specs = [f"{value / 100}" for value in range(40)]
    finish(certify_set(HalfSpace(0.5), specs, SETTINGS, at=["radius=0.1"], done=keep, read=read))
    assert len(shelf) == 40 and [spec for spec, _ in shelf] == specs
    for spec, found in shelf:
        assert found == slim(whole[spec]) and found.seal == slim(whole[spec]).seal
    text = len(slim(whole["0.1"]).model_dump_json())
    assert sum(map(len, shelf._runs._rows)) < 40 * text / 4
    runs = Runs()
    for evidence in whole.values():
        runs.add(evidence)
    assert list(runs) == [*whole.values()] and runs[-1] == whole[specs[-1]]
    assert [run.chain for run in runs[3:5]] == [whole[spec].chain for spec in specs[3:5]]
