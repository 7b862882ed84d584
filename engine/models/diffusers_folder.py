"""A U-Net of diffusers and its scheduler, from a folder or a hub id; safetensors only.

The network is built by diffusers from its own classes and filled from safetensors, no code of the
folder is run. Of the scheduler only its numbers are read.
"""

from __future__ import annotations

import importlib.util
import logging
from pathlib import Path
from typing import Any

import torch
from torch import nn

from engine.core.errors import UserError, quoted
from engine.models.denoisers import Denoiser, DenoiserFacts, NetworkDenoiser, check_images
from engine.models.diffusers_config import (
    CONFIG,
    NETWORK,
    WEIGHTS,
    places,
    read_schedule,
    shape_of,
)
from engine.models.pretrained import (
    GrowthError,
    bounded,
    local_folder,
    reason,
    refuse_code,
)
from engine.models.pretrained_files import DENOISING, folder_digest, read_json

_NEEDED = (
    "Denoisers of diffusers need a package that is not installed: pip install "
    "'certiscope[denoise]'."
)


class _Sample(nn.Module):
    """The network's prediction alone."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, x: torch.Tensor, step: torch.Tensor) -> torch.Tensor:
        """What is predicted for images at steps."""
        found: torch.Tensor = self.network(x, step, return_dict=False)[0]
        return found


def open_folder(spec: str) -> Denoiser:
    """The diffusion model of a folder or a hub id: ``unet`` and ``scheduler``, or both in one.

    Raises:
        UserError: there is none, no diffusers to open it, no safetensors, no unconditional U-Net,
            or a schedule that is not known here.
    """
    folder = local_folder(spec, DENOISING)
    network, scheduler = places(folder)
    config = read_json(network / CONFIG)
    refuse_code(folder, config)
    if config.get("_class_name") != NETWORK:
        named = quoted(config.get("_class_name", "no network of diffusers"), 60)
        raise UserError(
            f"{folder} holds {named}; a denoiser is a {NETWORK}, which takes an image and a time "
            "step alone."
        )
    if config.get("num_class_embeds") or config.get("class_embed_type"):
        raise UserError(
            f"{folder} holds a diffusion model that is told the class; a denoiser must not be."
        )
    schedule = read_schedule(scheduler)
    unet = _opened(network, folder)
    facts = DenoiserFacts(
        folder.name if Path(spec).is_dir() else spec,
        spec,
        folder_digest(folder, DENOISING),
        NETWORK,
        shape_of(folder, config),
        schedule,
    )
    denoiser = NetworkDenoiser(_Sample(unet), facts)
    _check_variance(folder, config)
    check_images(denoiser, folder)
    return denoiser


def _opened(network: Path, folder: Path) -> Any:
    if importlib.util.find_spec("diffusers") is None:
        raise UserError(_NEEDED)
    from diffusers import UNet2DModel

    logging.getLogger("diffusers").setLevel(logging.ERROR)
    try:
        with bounded(sum(file.stat().st_size for file in network.glob(WEIGHTS))):
            return UNet2DModel.from_pretrained(  # type: ignore[no-untyped-call]
                str(network.absolute()),
                use_safetensors=True,
                local_files_only=True,
                low_cpu_mem_usage=False,
                torch_dtype=torch.float32,
            )
    except GrowthError as error:
        raise UserError(
            f"{folder}: its config.json describes a model much larger than its weights ({error})."
        ) from error
    except Exception as error:  # diffusers raises OSError, ValueError, RuntimeError, ...
        raise UserError(f"{folder} cannot be opened by diffusers: {reason(error)}.") from error


def _check_variance(folder: Path, config: dict[str, Any]) -> None:
    given, taken = config.get("out_channels", 3), config.get("in_channels", 3)
    if given not in (taken, 2 * taken):
        raise UserError(
            f"{folder} gives {given} channels for images of {taken}, which are neither a "
            "prediction nor one with its variance."
        )
