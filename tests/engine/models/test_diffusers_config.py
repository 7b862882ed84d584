from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.core.errors import UserError
from engine.models.diffusers_config import places, read_schedule, shape_of
from engine.models.diffusion_schedule import Schedule


def test_a_scheduler_says_its_schedule_and_has_the_usual_one_of_diffusers(tmp_path: Path) -> None:
    path = tmp_path / "scheduler_config.json"
    path.write_text("{}")
    assert read_schedule(path) == Schedule(steps=1000)
    told = {"num_train_timesteps": 50, "beta_schedule": "scaled_linear", "beta_start": 0.001}
    path.write_text(json.dumps({**told, "beta_end": 0.01, "clip_sample": False}))
    known = Schedule(steps=50, betas="scaled_linear", first=0.001, last=0.01, clip=False)
    assert read_schedule(path) == known


def test_the_size_of_images_is_one_side_or_two() -> None:
    folder = Path("here")
    assert shape_of(folder, {"sample_size": 16, "in_channels": 1}) == (1, 16, 16)
    assert shape_of(folder, {"sample_size": [8, 16]}) == (3, 8, 16)
    for side in (None, 0, "16", [8], 10**9):
        with pytest.raises(UserError, match=r"here: its config\.json does not say the size"):
            shape_of(folder, {"sample_size": side})


def test_what_a_folder_lacks_is_named(tmp_path: Path) -> None:
    for file, said in (
        ("unet/config.json", "is a folder without a denoiser"),
        ("scheduler/scheduler_config.json", r"has no scheduler_config\.json"),
        ("unet/diffusion_pytorch_model.safetensors", "has no safetensors file"),
    ):
        with pytest.raises(UserError, match=said):
            places(tmp_path)
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_text("{}")
    network, scheduler = places(tmp_path)
    assert (network.name, scheduler.parent.name) == ("unet", "scheduler")
