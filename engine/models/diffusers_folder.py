"""A U-Net of diffusers and its scheduler, from a folder or a hub id; safetensors only.

The network is built by diffusers from its own classes and filled from safetensors, no code of the
folder is run. Of the scheduler only its numbers are read.
"""

from __future__ import annotations

import importlib.util
import logging
from pathlib import Path
from typing import Any, get_args

import torch
from pydantic import ValidationError
from torch import nn

from engine.core.errors import UserError, quoted
from engine.models.denoisers import Denoiser, DenoiserFacts, NetworkDenoiser, check_images
from engine.models.diffusion_schedule import Betas, Prediction, Schedule
from engine.models.pretrained import (
    GrowthError,
    bounded,
    local_folder,
    read_json,
    reason,
    refuse_code,
)
from engine.models.pretrained_files import DENOISING, folder_digest
from engine.models.shapes import reasonable

_NETWORK = "UNet2DModel"
_NEEDED = (
    "Denoisers of diffusers need a package that is not installed: pip install "
    "'certiscope[denoise]'."
)
_CONFIG, _WEIGHTS = "config.json", "diffusion_pytorch_model*.safetensors"


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
    network, scheduler = _places(folder)
    config = read_json(network / _CONFIG)
    refuse_code(folder, config)
    if config.get("_class_name") != _NETWORK:
        named = quoted(config.get("_class_name", "no network of diffusers"), 60)
        raise UserError(
            f"{folder} holds {named}; a denoiser is a {_NETWORK}, which takes an image and a time "
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
        _NETWORK,
        _shape(folder, config),
        schedule,
    )
    denoiser = NetworkDenoiser(_Sample(unet), facts)
    _check_variance(folder, config)
    check_images(denoiser, folder)
    return denoiser


def _places(folder: Path) -> tuple[Path, Path]:
    """The folder of the network, and the file of the scheduler."""
    network = folder / "unet" if (folder / "unet").is_dir() else folder
    beside = (folder / "scheduler", folder)
    scheduler = next(
        (at / "scheduler_config.json" for at in beside if (at / "scheduler_config.json").is_file()),
        None,
    )
    if not (network / _CONFIG).is_file():
        raise UserError(
            f"{folder} is a folder without a denoiser; a diffusion model has unet/config.json and "
            "safetensors in it."
        )
    if scheduler is None:
        raise UserError(
            f"{folder} has no scheduler_config.json, which says how noisy each time step is; save "
            "the scheduler beside the network."
        )
    if not list(network.glob(_WEIGHTS)):
        raise UserError(
            f"{folder} has no safetensors file; weights in other formats can hold code and are "
            "not opened (convert them with save_pretrained)."
        )
    return network, scheduler


def read_schedule(path: Path) -> Schedule:
    """The schedule that a scheduler's file states.

    Raises:
        UserError: it states one that is not known here.
    """
    found = read_json(path)
    betas = found.get("beta_schedule", "linear")
    prediction = found.get("prediction_type", "epsilon")
    if betas not in get_args(Betas) or prediction not in get_args(Prediction):
        raise UserError(
            f"{path}: the schedule {quoted(betas, 40)}, prediction {quoted(prediction, 40)}, "
            f"is not known here; there are {', '.join(get_args(Betas))} and "
            f"{', '.join(get_args(Prediction))}."
        )
    if found.get("trained_betas") or found.get("rescale_betas_zero_snr"):
        raise UserError(f"{path}: schedules with numbers of their own are not known here.")
    try:
        return Schedule(
            steps=found.get("num_train_timesteps", 1000),
            betas=betas,
            first=found.get("beta_start", 1e-4),
            last=found.get("beta_end", 0.02),
            prediction=prediction,
            clip=bool(found.get("clip_sample", True)),
        )
    except ValidationError as error:
        raise UserError(f"{path} describes no schedule: its numbers are out of range.") from error


def _opened(network: Path, folder: Path) -> Any:
    if importlib.util.find_spec("diffusers") is None:
        raise UserError(_NEEDED)
    from diffusers import UNet2DModel

    logging.getLogger("diffusers").setLevel(logging.ERROR)
    try:
        with bounded(sum(file.stat().st_size for file in network.glob(_WEIGHTS))):
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


def _shape(folder: Path, config: dict[str, Any]) -> tuple[int, int, int]:
    side, channels = config.get("sample_size"), config.get("in_channels", 3)
    sides = side if isinstance(side, list) and len(side) == 2 else [side, side]
    found = [one for one in (channels, *sides) if isinstance(one, int) and one > 0]
    if len(found) != 3 or not reasonable((found[0], found[1], found[2])):
        raise UserError(f"{folder}: its config.json does not say the size of its images.")
    return found[0], found[1], found[2]


def _check_variance(folder: Path, config: dict[str, Any]) -> None:
    given, taken = config.get("out_channels", 3), config.get("in_channels", 3)
    if given not in (taken, 2 * taken):
        raise UserError(
            f"{folder} gives {given} channels for images of {taken}, which are neither a "
            "prediction nor one with its variance."
        )
