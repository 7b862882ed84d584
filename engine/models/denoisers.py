"""Denoisers: images with noise in, images out.

A denoiser is a diffusion model (of diffusers, or the shipped one), a plain network whose weights
fit an architecture known here, or an ONNX graph from images to images.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from math import sqrt
from typing import NamedTuple

import torch
from torch import nn

from engine.core.errors import UserError, quoted
from engine.models.diffusion_schedule import Schedule
from engine.models.shapes import Shape, words
from engine.models.torch_classifier import OnDevice


class DenoiserFacts(NamedTuple):
    """What is known of a denoiser.

    Attributes:
        name, source: for people, and as it was named.
        sha256: digest of its file or files.
        architecture: of the network.
        input_shape: (C, H, W) of what it takes and gives.
        schedule: of a diffusion model; None for a plain network.
        training_sigma: of a plain network, where its file says so.
        parameters: number of weights; 0 where the format does not tell.
    """

    name: str
    source: str
    sha256: str
    architecture: str
    input_shape: Shape
    schedule: Schedule | None = None
    training_sigma: float | None = None
    parameters: int = 0


class Denoiser(ABC):
    """From noisy images to images, a function of one image."""

    facts: DenoiserFacts
    differentiable: bool = True

    @abstractmethod
    def prepare(self, device: torch.device, precision: str) -> None:
        """Move to a device, in a precision."""

    @abstractmethod
    def images(self, batch: torch.Tensor, step: int) -> torch.Tensor:
        """Denoised images, float32 in [0, 1] as far as the network keeps to it, of noisy ones.

        Args:
            batch: (B, C, H, W), float32 in [0, 1] plus noise.
            step: of a diffusion model's schedule.
        """

    def unload(self) -> None:  # noqa: B027 - a session holds nothing to give back
        """Give the device's memory back."""


class NetworkDenoiser(OnDevice, Denoiser):
    """A network of PyTorch; with a schedule one step of a diffusion model.

    With a = a_t and x_t = sqrt(a) (2 x - 1) the image is (x_t - sqrt(1 - a) e) / sqrt(a), for a
    network that predicts the noise e, and is cut to [-1, 1] where the schedule says so. Of a
    network that also predicts a variance, in as many more channels, that is left aside.
    """

    def __init__(self, network: nn.Module, facts: DenoiserFacts) -> None:
        super().__init__(network)
        self.facts = facts._replace(parameters=sum(p.numel() for p in network.parameters()))
        self._kept = None if facts.schedule is None else facts.schedule.kept()

    def images(self, batch: torch.Tensor, step: int) -> torch.Tensor:
        """Denoised images, float32."""
        schedule = self.facts.schedule
        if self._kept is None or schedule is None:
            found: torch.Tensor = self._ready(batch.to(self._dtype))
            return found.float()
        kept = float(self._kept[step])
        scaled = sqrt(kept) * (2 * batch - 1)
        steps = torch.full((len(batch),), step, device=batch.device)
        told: torch.Tensor = self._ready(scaled.to(self._dtype), steps).float()
        told = told[:, : batch.shape[1]]
        if schedule.prediction == "epsilon":
            told = (scaled - sqrt(1 - kept) * told) / sqrt(kept)
        elif schedule.prediction == "v_prediction":
            told = sqrt(kept) * scaled - sqrt(1 - kept) * told
        return ((told.clamp(-1, 1) if schedule.clip else told) + 1) / 2


def check_images(denoiser: Denoiser, path: object) -> None:
    """Try a denoiser on two images.

    Raises:
        UserError: what comes out are no images of the size of those that went in.
    """
    trial = torch.zeros(2, *denoiser.facts.input_shape)
    try:
        with torch.inference_mode():
            found = denoiser.images(trial, 0)
    except UserError:
        raise
    except Exception as error:  # a stranger's network fails in any way
        line = quoted(str(error).strip().partition("\n")[0], 120)
        raise UserError(
            f"{path} does not run on {words(denoiser.facts.input_shape)} images: {line}."
        ) from error
    if found.shape != trial.shape:
        shape = " x ".join(str(side) for side in found.shape[1:]) or "a number"
        raise UserError(
            f"{path} is no denoiser: it gives {shape} for an image of "
            f"{words(denoiser.facts.input_shape)}, instead of an image of the same size."
        )
