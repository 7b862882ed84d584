"""The files that a denoiser comes from: weights, an ONNX graph, a folder of diffusers.

Only data is read: safetensors, tensors of a checkpoint, a graph.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from engine.core.errors import UserError
from engine.core.files import sha256_file
from engine.models.architectures.digits_unet import SIDES, DigitsUNet
from engine.models.architectures.dncnn import DnCNN, sizes
from engine.models.base import in_chunks, only_fp32
from engine.models.checkpoint import fill
from engine.models.demo import shipped_denoiser
from engine.models.denoisers import Denoiser, DenoiserFacts, NetworkDenoiser, check_images
from engine.models.diffusers_folder import open_folder
from engine.models.diffusion_schedule import Schedule
from engine.models.kinds import DEMO, kind_of
from engine.models.native_metadata import stored
from engine.models.onnx import met_session
from engine.models.onnx_data import onnx_digest
from engine.models.onnx_session import read_graph
from engine.models.shapes import Shape
from engine.models.weights import WeightFile, main_part, read_safetensors, read_torch

_DNCNN = "dncnn"


class OnnxDenoiser(Denoiser):
    """An ONNX graph from images to images; float32 only, no gradients."""

    differentiable = False

    def __init__(self, path: Path, source: str, wanted: Shape) -> None:
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
    arch, taken = f"{_DNCNN}{depth}", (channels, shape[1], shape[2])
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
