"""What the configurations of a folder of diffusers say of its U-Net and its scheduler. No torch."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

from pydantic import ValidationError

from engine.core.errors import UserError, quoted
from engine.models.diffusion_schedule import Betas, Prediction, Schedule
from engine.models.pretrained_files import read_json
from engine.models.shapes import reasonable

NETWORK = "UNet2DModel"
CONFIG, WEIGHTS = "config.json", "diffusion_pytorch_model*.safetensors"


def places(folder: Path) -> tuple[Path, Path]:
    """The folder of the network, and the file of the scheduler.

    Raises:
        UserError: one of them, or the weights, are not there.
    """
    network = folder / "unet" if (folder / "unet").is_dir() else folder
    beside = (folder / "scheduler", folder)
    scheduler = next(
        (at / "scheduler_config.json" for at in beside if (at / "scheduler_config.json").is_file()),
        None,
    )
    if not (network / CONFIG).is_file():
        raise UserError(
            f"{folder} is a folder without a denoiser; a diffusion model has unet/config.json and "
            "safetensors in it."
        )
    if scheduler is None:
        raise UserError(
            f"{folder} has no scheduler_config.json, which says how noisy each time step is; save "
            "the scheduler beside the network."
        )
    if not list(network.glob(WEIGHTS)):
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


def shape_of(folder: Path, config: dict[str, Any]) -> tuple[int, int, int]:
    """(C, H, W) of the images that a U-Net takes and gives.

    Raises:
        UserError: its configuration does not say it.
    """
    side, channels = config.get("sample_size"), config.get("in_channels", 3)
    sides = side if isinstance(side, list) and len(side) == 2 else [side, side]
    found = [one for one in (channels, *sides) if isinstance(one, int) and one > 0]
    if len(found) != 3 or not reasonable((found[0], found[1], found[2])):
        raise UserError(f"{folder}: its config.json does not say the size of its images.")
    return found[0], found[1], found[2]
