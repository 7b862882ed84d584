"""Denoisers of every format, the step of diffusion against diffusers' own scheduler."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from engine.core.errors import UserError
from engine.models.denoisers import Denoiser, NetworkDenoiser, open_denoiser
from tests.denoisers import save_diffusion, save_graph, save_plain

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


def test_a_plain_network_of_any_size_takes_that_of_the_classifier(tmp_path: Path) -> None:
    path = tmp_path / "m.safetensors"
    network, x = save_plain(path, training_sigma="0.5"), torch.rand(2, *GREY)
    found = opened(path)
    assert found.facts.input_shape == GREY and found.facts.architecture == "dncnn4"
    assert found.facts.training_sigma == 0.5 and found.facts.schedule is None
    with torch.no_grad():
        torch.testing.assert_close(found.images(x, 0), x - network.dncnn(x))
    torch.save({"arch": "cifar_dncnn", "state_dict": network.state_dict()}, tmp_path / "c.pth.tar")
    again = opened(tmp_path / "c.pth.tar")
    assert isinstance(again, NetworkDenoiser)
    torch.testing.assert_close(again.images(x, 0), found.images(x, 0))


def test_an_onnx_graph_gives_images(tmp_path: Path) -> None:
    save_graph(tmp_path / "g.onnx")
    found, x = opened(tmp_path / "g.onnx"), 3 * torch.randn(3, *GREY)
    torch.testing.assert_close(found.images(x, 0), x.sigmoid())
    with pytest.raises(UserError, match="Precision bf16 does not work"):
        found.prepare(CPU, "bf16")


def test_what_is_no_denoiser_is_a_sentence(tmp_path: Path) -> None:
    flat, colour = tmp_path / "flat.onnx", tmp_path / "colour.safetensors"
    save_graph(flat, "Flatten")
    save_plain(colour, channels=3)
    (tmp_path / "empty").mkdir()
    (tmp_path / "text.txt").write_text("no model")
    for spec, said in (
        (str(flat), "it gives 64 for an image of 1x8x8, instead of an image"),
        (str(tmp_path / "empty"), "a folder without a denoiser"),
        (str(tmp_path / "gone.onnx"), "There is no folder"),
        (str(tmp_path / "text.txt"), "not a model that opens here"),
        ("demo:none", "There is no shipped denoiser demo:none"),
        ("assets/models/digits-0.25.safetensors", "holds no denoiser known here"),
    ):
        with pytest.raises(UserError, match=said):
            open_denoiser(spec, GREY)
