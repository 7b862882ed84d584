"""Small denoisers that tests save: by diffusers, as a plain network, as an ONNX graph."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file

from engine.models.architectures.dncnn import DnCNN
from tests.hostile.onnx import model, node, value_info


def save_diffusion(folder: Path, *, side: int = 16, outputs: int = 1, **scheduler: Any) -> Any:
    """A U-Net with random weights and its scheduler, as diffusers keeps them; the network."""
    from diffusers import DDPMScheduler, UNet2DModel

    torch.manual_seed(0)
    network = UNet2DModel(
        sample_size=side,
        in_channels=1,
        out_channels=outputs,
        layers_per_block=1,
        block_out_channels=(8, 8),
        norm_num_groups=4,
        down_block_types=("DownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "UpBlock2D"),
    )
    network.save_pretrained(folder / "unet")
    told = {"num_train_timesteps": 1000, "beta_schedule": "squaredcos_cap_v2", **scheduler}
    DDPMScheduler(**told).save_pretrained(folder / "scheduler")
    return network.eval()


def save_plain(path: Path, channels: int = 1, **header: str) -> DnCNN:
    """A shallow DnCNN with random weights; the network."""
    torch.manual_seed(0)
    network = DnCNN(depth=4, width=4, channels=channels).eval()
    save_file(network.state_dict(), path, metadata=header or None)
    return network


def save_graph(path: Path, operator: str = "Sigmoid") -> None:
    """An ONNX graph from grey images of 8 by 8: to images, or with ``Flatten`` to rows."""
    shape: list[int | str] = ["n", 1, 8, 8]
    out = ["n", 64] if operator == "Flatten" else shape
    graph = model(
        [node(operator, ["x"], "y")], [], [value_info("x", shape)], [value_info("y", out)]
    )
    path.write_bytes(graph)
