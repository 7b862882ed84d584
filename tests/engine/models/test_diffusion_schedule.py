"""Time steps against those of a published program (golden numbers of its own functions)."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from engine.core.errors import UserError
from engine.models.diffusion_schedule import Schedule

GOLDEN = Path(__file__).parents[2] / "golden" / "ddpm_timesteps.json"
"""Of ethz-spylab/diffusion_denoised_smoothing, its schedules and its search for the step."""
NAMES = {"cosine": "squaredcos_cap_v2", "linear": "linear"}


@pytest.mark.parametrize("row", json.loads(GOLDEN.read_text())["rows"], ids=str)
def test_the_published_steps_are_found_exactly(row: dict[str, object]) -> None:
    steps, sigma, found = row["steps"], row["sigma"], row["effective_sigma_01_scale"]
    assert isinstance(steps, int) and isinstance(sigma, float) and isinstance(found, float)
    schedule = Schedule(steps=steps, betas=NAMES[str(row["schedule"])])  # type: ignore[arg-type]
    assert schedule.step(sigma) == row["t"]
    assert schedule.levels()[schedule.step(sigma)] == pytest.approx(found, abs=1e-9)


@pytest.mark.parametrize("betas", ["linear", "scaled_linear", "squaredcos_cap_v2"])
def test_diffusers_has_the_same_schedules(betas: str) -> None:
    from diffusers import DDPMScheduler

    theirs = DDPMScheduler(num_train_timesteps=200, beta_schedule=betas).alphas_cumprod
    ours = Schedule(steps=200, betas=betas).kept()  # type: ignore[arg-type]
    np.testing.assert_allclose(ours, theirs.numpy(), rtol=2e-4, atol=1e-6)  # theirs in float32


def test_a_sigma_beyond_the_schedule_is_a_sentence() -> None:
    schedule = Schedule(steps=10, first=1e-4, last=2e-2)
    with pytest.raises(UserError, match=r"ends at noise of sigma 0\.1\d+ .* draws sigma 0\.5;"):
        schedule.step(0.5)
    assert schedule.step(1e-9) == 0
