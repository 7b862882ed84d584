"""What a denoiser before a classifier says of itself, and what follows for the whole. No torch.

The denoiser is part of the base classifier, as is the resizing between the two: the noise is drawn
on images as the denoiser takes them, and what is certified is the whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.core.errors import UserError
from engine.core.records import ModelIdentity, PartIdentity
from engine.models.diffusion_schedule import Schedule
from engine.models.members import ensemble_facts, member_part, members_of
from engine.schemes import Scheme
from engine.schemes.parameter_fields import PIXELS

DENOISER, CLASSIFIER = "denoiser", "classifier"
Shape = tuple[int, ...]


def denoiser_part(
    name: str,
    source: str,
    *,
    sha256: str,
    architecture: str,
    input_shape: Shape,
    schedule: Schedule | None,
    classifier_shape: Shape,
) -> PartIdentity:
    """A denoiser with everything that decides what it computes.

    Args:
        name, source: of the file, for people and as it was named.
        sha256: digest of its file or files.
        architecture: of the network.
        input_shape: (C, H, W) of the images it takes and gives.
        schedule: of a diffusion model; None for a plain network.
        classifier_shape: what its images are resized to, bicubic with antialiasing, where that is
            another shape.
    """
    rules: dict[str, Any] = {
        "sha256": sha256,
        "architecture": architecture,
        "input_shape": list(input_shape),
        "resized": [] if classifier_shape == input_shape else list(classifier_shape),
        "schedule": None if schedule is None else schedule.model_dump(mode="json"),
    }
    part = PartIdentity(role=DENOISER, name=name, sha256="", source=source, rules=rules)
    return part.model_copy(update={"sha256": part.rules_sha256})


def classifier_parts(classifier: ModelIdentity) -> tuple[PartIdentity, ...]:
    """The classifier behind a denoiser: its own parts, or itself as one."""
    if classifier.parts:
        return classifier.parts
    return (member_part(classifier).model_copy(update={"role": CLASSIFIER}),)


def denoised_facts(parts: Sequence[PartIdentity]) -> dict[str, Any]:
    """What follows from the parts of a denoised model, by fields of :class:`ModelIdentity`.

    Nothing of a classifier whose parts do not say it, as of a module in memory.
    """
    denoiser = next(part.rules for part in parts if part.role == DENOISER)
    own = next((part.rules for part in parts if part.role == CLASSIFIER), None)
    inner = ensemble_facts(parts) if members_of(parts) else own
    facts: dict[str, Any] = {"input_shape": tuple(denoiser.get("input_shape", ()))}
    if inner is None:
        return facts
    return {
        **facts,
        "architecture": chained(denoiser, str(inner.get("architecture"))),
        "normalization": inner.get("normalization"),
        "encoding": inner.get("encoding"),
        "class_names": tuple(inner.get("class_names") or ()),
    }


def chained(denoiser: dict[str, Any], classifier: str) -> str:
    """The architecture of the whole: ``digits_unet (one step), then digits_resnet8``."""
    first = str(denoiser.get("architecture")) + (" (one step)" if denoiser.get("schedule") else "")
    sides = [str(side) for side in denoiser.get("resized") or ()]
    between = f"resized to {'x'.join(sides[1:])} bicubic, " if sides else ""
    return f"{first}, {between}then {classifier}"


def schedule_of(part: PartIdentity) -> Schedule | None:
    """The schedule of a diffusion model before a classifier; None for a plain network."""
    stated = part.rules.get("schedule")
    return None if stated is None else Schedule.model_validate(stated)


def step_for(schedule: Schedule, scheme: Scheme) -> int:
    """The step at which a diffusion model denoises images with the noise of a scheme.

    Raises:
        UserError: the scheme's noise is no Gaussian on pixels, or beyond the schedule.
    """
    levels = {
        one.value for one in scheme.noise().levels if (one.law, one.unit) == ("Gaussian", PIXELS)
    }
    if len(levels) != 1:
        raise UserError(
            "A diffusion model takes its time step from the one sigma of Gaussian noise on pixels, "
            f"which the scheme {scheme.key} has not; choose gaussian, or a plain denoising network."
        )
    return schedule.step(levels.pop())


def step_in_words(schedule: Schedule, step: int) -> str:
    """``time step 289 of 1,000, the first whose noise is at least sigma``."""
    level = schedule.levels()[step]
    return (
        f"time step {step} of {schedule.steps:,}, the first whose noise is at least that of the "
        f"run (sigma {level:.4g} there, pixels in [0,1])"
    )
