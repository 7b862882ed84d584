"""A PyTorch network as a base classifier."""

from __future__ import annotations

import copy

import torch
from torch import nn

from engine.core.errors import UserError
from engine.core.records import ModelIdentity
from engine.models.base import Classifier
from engine.models.fast import accelerate
from engine.models.normalize import Normalization

_DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}


class TorchClassifier(Classifier):
    """Normalisation in float32, then a network in the chosen precision; scores in float32.

    The weights stay as they were loaded; every :meth:`prepare` starts from them.
    """

    def __init__(
        self, network: nn.Module, normalization: Normalization, identity: ModelIdentity
    ) -> None:
        self.identity = identity
        self.network = network.eval().requires_grad_(False)
        self._layer = normalization.layer(identity.input_shape[0], identity.encoding)
        self._prepared: tuple[torch.device, str] | None = None
        self._plain: nn.Module = self.network
        self._fast: nn.Module = self.network
        self._front: nn.Module = self._layer
        self._dtype = torch.float32

    @property
    def differentiable(self) -> bool:
        """Gradients reach the input."""
        return True

    def prepare(self, device: torch.device, precision: str) -> None:
        """Move to ``device``, cast, and choose the fastest form that computes the same."""
        if self._prepared == (device, precision):
            return
        dtype = checked_dtype(device, precision)
        self.unload()
        self._front = copy.deepcopy(self._layer).to(device)
        self._plain = copy.deepcopy(self.network).to(device, dtype)
        self._fast = accelerate(self.network, self.identity.input_shape, device, dtype)
        self._dtype = dtype
        self._prepared = (device, precision)

    def scores(self, batch: torch.Tensor) -> torch.Tensor:
        """Scores (B, K), float32, on the batch's device."""
        # The fast form may consist of operations without a derivative.
        network = self._plain if torch.is_grad_enabled() and batch.requires_grad else self._fast
        scores: torch.Tensor = network(self._front(batch).to(self._dtype))
        return scores.float()

    def unload(self) -> None:
        """Drop the prepared copies; the next :meth:`prepare` makes new ones."""
        self._prepared = None
        self._plain = self._fast = self.network
        self._front = self._layer
        self._dtype = torch.float32


def checked_dtype(device: torch.device, precision: str) -> torch.dtype:
    """The dtype of a precision on a device.

    Raises:
        UserError: the device has no such arithmetic.
    """
    if precision not in _DTYPES:
        raise UserError(f"There is no precision '{precision}'; there are {', '.join(_DTYPES)}.")
    if precision == "fp16" and device.type == "cpu":
        raise UserError("Precision fp16 does not work on the CPU; choose bf16 or fp32.")
    if precision == "bf16" and device.type == "cuda" and not torch.cuda.is_bf16_supported():
        raise UserError(f"Precision bf16 does not work on {device}; choose fp16 or fp32.")
    return _DTYPES[precision]
