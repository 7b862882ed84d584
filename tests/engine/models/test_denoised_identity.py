from __future__ import annotations

import pytest

from engine.core.errors import UserError
from engine.models.denoised_identity import (
    classifier_parts,
    denoised_facts,
    denoiser_part,
    schedule_of,
    step_for,
    step_in_words,
)
from engine.models.diffusion_schedule import Schedule
from engine.schemes import Gaussian, parse_scheme
from tests.factories import make_model

SCHEDULE = Schedule(steps=1000)


def part(schedule: Schedule | None = SCHEDULE, side: int = 8):
    return denoiser_part(
        "d",
        "d.onnx",
        sha256="00",
        architecture="dncnn4",
        input_shape=(1, side, side),
        schedule=schedule,
        classifier_shape=(1, 8, 8),
    )


def test_the_whole_follows_from_its_parts() -> None:
    model = make_model()
    facts = denoised_facts((*classifier_parts(model), part(side=4)))
    assert facts["input_shape"] == (1, 4, 4) and facts["class_names"] == model.class_names
    assert facts["architecture"] == "dncnn4 (one step), resized to 8x8 bicubic, then digits-cnn"
    plain = denoised_facts((*classifier_parts(model), part(schedule=None)))
    assert plain["architecture"] == "dncnn4, then digits-cnn"


def test_the_schedule_is_kept_in_the_part() -> None:
    assert schedule_of(part()) == SCHEDULE and schedule_of(part(schedule=None)) is None
    assert part().sha256 != part(schedule=Schedule(steps=999)).sha256


def test_the_step_is_that_of_the_noise_on_pixels() -> None:
    assert step_for(SCHEDULE, Gaussian(sigma=0.25)) == 145  # golden_ddpm_timestep: ImageNet
    assert "time step 145 of 1,000" in step_in_words(SCHEDULE, 145)
    for scheme in ({"key": "ablation", "entities": 64, "keep": 6}, {"key": "brightness"}):
        with pytest.raises(UserError, match="choose gaussian, or a plain denoising network"):
            step_for(SCHEDULE, parse_scheme(scheme))
