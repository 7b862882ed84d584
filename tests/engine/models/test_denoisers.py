"""Denoisers of every format, the step of diffusion against diffusers' own scheduler."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from engine.models.denoiser_files import open_denoiser
from engine.models.denoisers import Denoiser
from tests.denoisers import save_diffusion

CPU = torch.device("cpu")
GREY = (1, 8, 8)


def opened(spec: Path, shape: tuple[int, ...] = GREY) -> Denoiser:
    found = open_denoiser(str(spec), shape)
    found.prepare(CPU, "fp32")
    return found


@pytest.mark.parametrize("prediction", ["epsilon", "sample", "v_prediction"])
def test_one_step_is_that_of_diffusers(tmp_path: Path, prediction: str) -> None:
    """The prediction of x_0 by the scheduler that diffusers itself would use."""
    from diffusers import DDPMScheduler

    network = save_diffusion(tmp_path, prediction_type=prediction)
    denoiser, step = opened(tmp_path), 289
    assert denoiser.facts.schedule is not None
    assert denoiser.facts.schedule.step(0.25) == step
    x = torch.rand(3, 1, 16, 16) + 0.25 * torch.randn(3, 1, 16, 16)
    scheduler = DDPMScheduler.from_pretrained(tmp_path / "scheduler")
    scaled = scheduler.alphas_cumprod[step].sqrt() * (2 * x - 1)
    with torch.no_grad():
        told = network(scaled, step, return_dict=False)[0]
        wanted = scheduler.step(told, step, scaled).pred_original_sample
        found = denoiser.images(x, step)
    torch.testing.assert_close(2 * found - 1, wanted, atol=1e-4, rtol=0)
    assert float(found.min()) >= 0 and float(found.max()) <= 1


def test_a_predicted_variance_is_left_aside(tmp_path: Path) -> None:
    network = save_diffusion(tmp_path, outputs=2)
    x, kept = torch.rand(2, 1, 16, 16), opened(tmp_path)
    with torch.no_grad():
        a = float(kept.facts.schedule.kept()[100])  # type: ignore[union-attr]
        scaled = a**0.5 * (2 * x - 1)
        noise = network(scaled, 100, return_dict=False)[0][:, :1]
        wanted = ((scaled - (1 - a) ** 0.5 * noise) / a**0.5).clamp(-1, 1)
        torch.testing.assert_close(2 * kept.images(x, 100) - 1, wanted, atol=1e-4, rtol=0)
