"""Denoisers of every format, and what is none."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from engine.core.errors import UserError
from engine.models.denoiser_files import open_denoiser
from engine.models.denoisers import Denoiser, NetworkDenoiser
from tests.denoisers import save_graph, save_plain

CPU = torch.device("cpu")
GREY = (1, 8, 8)


def opened(spec: Path) -> Denoiser:
    found = open_denoiser(str(spec), GREY)
    found.prepare(CPU, "fp32")
    return found


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
