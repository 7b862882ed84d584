from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from engine.evidence.settings import CertifySettings
from engine.noise.law import NoiseLaw
from engine.procedures import run_noise
from engine.procedures.certify import certify
from engine.procedures.dataset import certify_set
from engine.procedures.prepared import PreparedModel
from engine.procedures.run_noise import Randomness
from engine.sampling.sampler import Sampler
from engine.sampling.trials import Trial
from engine.system.calibrations import Pace
from tests.fakes import HalfSpace, finish, fitted

SETTINGS = CertifySettings(n0=10, n=50)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """How often a batch size is measured and a law is tested."""
    found = {"calibrations": 0, "tests": 0}
    calibrate, check = Sampler.calibrate, run_noise.check_noise

    def calibrated(self: Sampler, *given: Any) -> Pace:
        found["calibrations"] += 1
        return calibrate(self, *given)

    def checked(source: Any, law: NoiseLaw, **rest: Any) -> Any:
        found["tests"] += 1
        return check(source, law, **rest)

    monkeypatch.setattr(Sampler, "calibrate", calibrated)
    monkeypatch.setattr(run_noise, "check_noise", checked)
    return found


def test_nothing_is_measured_or_tested_twice_for_a_set(counted: dict[str, int]) -> None:
    from engine.models import load_model
    from engine.models.request import ModelRequest

    classifier = load_model(ModelRequest("demo:digits-0.25"))
    result = finish(certify_set(classifier, [f"digits:{i}" for i in range(4)], SETTINGS))
    assert len(result.rows) == 4 and counted == {"calibrations": 1, "tests": 1}


def test_the_votes_are_those_of_a_run_of_its_own(counted: dict[str, int]) -> None:
    classifier = HalfSpace(0.2)
    prepared = PreparedModel(classifier)
    alone = finish(certify(classifier, fitted(), SETTINGS))
    runs = [finish(certify(classifier, fitted(), SETTINGS, prepared=prepared)) for _ in range(2)]
    assert [one.votes for one in runs] == [alone.votes, alone.votes]
    assert counted == {"calibrations": 2, "tests": 2}
    first, second = (one.noise.self_test for one in runs)
    assert first == alone.noise.self_test and not first.key
    assert second == first.model_copy(update={"key": alone.noise.key})
    other = Randomness(SETTINGS, key=99, elements=4, device=torch.device("cpu"))
    assert other.self_test != first and other.tested(int(second.key, 16)) == second


def test_another_law_or_another_size_is_measured_anew(counted: dict[str, int]) -> None:
    classifier = HalfSpace(0.2)
    prepared = PreparedModel(classifier)
    for settings in (SETTINGS, SETTINGS.model_copy(update={"noise": "exact"})):
        finish(certify(classifier, fitted(), settings, prepared=prepared))
    assert counted == {"calibrations": 2, "tests": 2}


def test_another_process_tries_the_size_that_was_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    sizes = list[int]()

    def trial(self: Sampler, size: int, *, most: int = 3) -> Trial:
        sizes.append(size)
        seconds = 1e-3 + 1e-5 * size  # a batch's own cost, and a sample's
        return Trial(seconds, seconds)

    monkeypatch.setattr(Sampler, "_trial", trial)
    tried = list[list[int]]()
    for n, precision in ((50_000, "fp32"), (50_000, "fp32"), (300, "fp32"), (50_000, "bf16")):
        settings = SETTINGS.model_copy(update={"n": n, "precision": precision})
        found = finish(certify(HalfSpace(0.2), fitted(), settings))
        tried.append(sizes[:])
        sizes.clear()
        assert found.performance.batch == min(n, 1024)
    assert [len(each) for each in tried] == [12, 1, 1, 12]
