"""Denoisers: images with noise in, images out; and the files they come from.

A denoiser is a diffusion model (of diffusers, or the shipped one), a plain network whose weights
fit an architecture known here, or an ONNX graph from images to images. Only data is read:
safetensors, tensors of a checkpoint, a graph.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from math import sqrt
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import nn

from engine.core.errors import UserError, quoted
from engine.core.files import sha256_file
from engine.models.base import in_chunks, only_fp32
from engine.models.checkpoint import fill
from engine.models.demo import shipped_denoiser
from engine.models.diffusion_schedule import Schedule
from engine.models.kinds import DEMO, kind_of
from engine.models.native_metadata import stored
from engine.models.onnx_data import onnx_digest
from engine.models.shapes import Shape, words
from engine.models.torch_classifier import OnDevice
from engine.models.weights import WeightFile, main_part, read_safetensors, read_torch

DNCNN = "dncnn"


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


class OnnxDenoiser(Denoiser):
    """An ONNX graph from images to images; float32 only, no gradients."""

    differentiable = False

    def __init__(self, path: Path, source: str, wanted: Shape) -> None:
        from engine.models.onnx import met_session
        from engine.models.onnx_session import read_graph

        session = met_session(path, wanted)
        graph = read_graph(path, session, wanted)
        self._session, self._graph = session, graph
        self.facts = DenoiserFacts(path.name, source, onnx_digest(path), "ONNX graph", graph.shape)
        check_images(self, path)

    def prepare(self, device: torch.device, precision: str) -> None:
        """Nothing but float32 on the CPU."""
        only_fp32(precision, "an ONNX file, which runs as it was exported")

    def images(self, batch: torch.Tensor, step: int) -> torch.Tensor:
        """Denoised images, on the batch's device."""
        del step

        def run(chunk: torch.Tensor) -> torch.Tensor:
            given = np.ascontiguousarray(chunk.cpu().numpy())
            return torch.from_numpy(self._graph.run(self._session, given))

        return in_chunks(run, batch.detach(), self._graph.batch).to(batch.device)


def open_denoiser(spec: str, classifier_shape: tuple[int, ...]) -> Denoiser:
    """The denoiser that ``spec`` names.

    Args:
        spec: ``demo:digits-denoiser``, a file, a folder of diffusers or a hub id.
        classifier_shape: (C, H, W) of the classifier, for networks that take images of any size.

    Raises:
        UserError: there is none, or it is no denoiser; one sentence says why.
    """
    channels, height, width = (*classifier_shape, 0, 0, 0)[:3]  # another kind is refused later
    shape = (channels, height, width)
    if spec.startswith(DEMO):
        path = shipped_denoiser(spec)
        return _from_weights(path, spec, read_safetensors(path), shape)
    path = Path(spec)
    if path.is_dir() or not path.is_file():
        from engine.models.diffusers_folder import open_folder

        return open_folder(spec)
    kind = kind_of(spec)
    if kind == "onnx":
        return OnnxDenoiser(path, spec, shape)
    if kind in ("safetensors", "torch"):
        file = read_safetensors(path) if kind == "safetensors" else read_torch(path)
        return _from_weights(path, spec, file, shape)
    raise UserError(
        f"{spec} is no denoiser that opens here; give a folder of diffusers, weights of a plain "
        "denoising network, or ONNX."
    )


def _from_weights(path: Path, spec: str, file: WeightFile, shape: Shape) -> Denoiser:
    from engine.models.architectures.digits_unet import SIDES, DigitsUNet
    from engine.models.architectures.dncnn import DnCNN, sizes

    tensors, _ = main_part(dict(file.tensors))
    stated = stored(file.metadata, "schedule")
    digest = sha256_file(path)
    if file.arch == "digits_unet" and isinstance(stated, dict):
        network = fill(DigitsUNet, tensors, path=path, arch=file.arch)
        schedule = Schedule.model_validate(stated)
        facts = DenoiserFacts(path.stem, spec, digest, file.arch, (1, *SIDES), schedule)
        return NetworkDenoiser(network, facts)
    found = sizes({key: tuple(tensor.shape) for key, tensor in tensors.items()})
    if found is None:
        raise UserError(
            f"{spec} holds no denoiser known here (a DnCNN, or the shipped diffusion model); "
            "export it to ONNX, images in and images out."
        )
    depth, width, channels = found
    arch, taken = f"{DNCNN}{depth}", (channels, shape[1], shape[2])
    network = fill(lambda: DnCNN(depth, width, channels), tensors, path=path, arch=arch)
    facts = DenoiserFacts(path.name, spec, digest, arch, taken, training_sigma=_sigma(file))
    denoiser = NetworkDenoiser(network, facts)
    check_images(denoiser, path)
    return denoiser


def _sigma(file: WeightFile) -> float | None:
    try:
        return float(file.metadata["training_sigma"])
    except (KeyError, ValueError):
        return None


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
