"""Runs: iterated, waited for, stopped, interrupted."""

from __future__ import annotations

import signal
from typing import Any

import pytest
import torch
from torch import nn

from engine.api import Smoothed, smooth
from engine.core.errors import UserError
from engine.schemes import Gaussian
from tests.networks import Linear, state_of

X = torch.full((1, 8, 8), 0.5)


class Interrupted(nn.Module):
    """Presses Ctrl+C in the middle of a run, as a terminal does or as plain Python sees it."""

    calls = 0

    def __init__(self, how: Any) -> None:
        super().__init__()
        self.inner = Linear()
        self.how = how

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        Interrupted.calls += 1
        if Interrupted.calls == 60:
            self.how()
        return self.inner(x)


class Even(nn.Module):
    """Just above one half of the noisy samples are of class 0."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        above = x.mean((1, 2, 3)) - 0.5 + 0.003
        return torch.stack([above, -above], 1)


def pressed() -> None:
    signal.raise_signal(signal.SIGINT)


def raised() -> None:
    raise KeyboardInterrupt


def test_a_run_is_iterated_and_has_a_result(model: Smoothed) -> None:
    run = model.certify(X, n=4_000, seed=1)
    done = [snapshot.n_done for snapshot in run]
    assert done == sorted(done) and done[-1] == 4_100
    result = run.result()
    assert result is run.result() and result.complete
    waited = model.certify(X, n=4_000, seed=1).result()
    assert waited.evidence.votes == result.evidence.votes
    assert "<svg" in run._repr_html_()


def test_a_stop_keeps_what_was_counted(model: Smoothed) -> None:
    run = model.certify(X, n=50_000_000, bound="anytime")
    for snapshot in run:
        if snapshot.estimation.n:
            run.stop()
    result = run.result()
    assert not result.complete and result.evidence.stop_reason == "stopped"
    assert "Stopped after" in result.statement and result.p_lower is not None


def test_ctrl_c_keeps_what_was_counted_and_the_module_as_it_was() -> None:
    before = signal.getsignal(signal.SIGINT)
    for how in (pressed, raised):
        Interrupted.calls = 0
        module = Interrupted(how).train()
        state = state_of(module)
        model = smooth(module, Gaussian(sigma=0.25), device="cpu", batch=50)
        partial = model.certify(X, n=1_000_000, bound="anytime").result()
        votes = partial.evidence.votes
        assert 0 < sum(votes.estimation) < 10_000 and not votes.estimation_failures
        assert not partial.complete and "Stopped after" in partial.statement
        Interrupted.calls = 0
        fixed = model.certify(X, n=1_000_000, bound="clopper-pearson").result()
        assert fixed.abstained and fixed.p_lower is None and fixed.radius is None
        assert state_of(module) == state
    assert signal.getsignal(signal.SIGINT) is before


def test_a_run_that_failed_says_so(model: Smoothed) -> None:
    run = model.certify(X, n=100, noise="exact", target="radius=0.1", bound="clopper-pearson")
    with pytest.raises(UserError, match="stops early"):
        run.result()
    with pytest.raises(UserError, match="begin a new one"):
        run.result()


def test_a_run_is_extended_as_one_that_was_longer_from_the_start(model: Smoothed) -> None:
    short = model.certify(X, n=400, n0=50, target="radius=9")
    longer = short.extend(3_000).result().evidence
    whole = model.certify(X, n=3_000, n0=50, seed=longer.settings.seed).result().evidence
    assert longer.votes == whole.votes and longer.run_id == short.result().evidence.run_id
    assert (longer.settings.n, longer.settings.target, longer.complete) == (3_000, "", True)
    again = short.extend(3_000).extend(5_000).result().evidence
    assert again.votes.estimation > longer.votes.estimation


def test_an_abstention_names_the_n_to_extend_to() -> None:
    torch.manual_seed(0)
    even = smooth(Even(), Gaussian(sigma=0.25), device="cpu").certify(X, n=300, seed=1)
    advice = even.result().evidence.abstention
    assert advice is not None and advice.reason == "too-few-samples"
    assert even.extend().result().evidence.settings.n == advice.n_needed


@pytest.mark.parametrize(
    ("asked", "n", "sentence"),
    [
        ({}, None, "No larger n is advised for this result"),
        ({}, 200, "holds 300 votes; n must be larger"),
        ({"bound": "live"}, 900, r"bound \(live\) holds for its n alone; .* a new try"),
    ],
)
def test_an_extension_that_cannot_be(
    model: Smoothed, asked: Any, n: int | None, sentence: str
) -> None:
    run = model.certify(X, n=300, **asked)
    with pytest.raises(UserError, match=sentence):
        run.extend(n)
