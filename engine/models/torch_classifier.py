"""PyTorch networks on a device in a precision, and as base classifiers."""

from __future__ import annotations

import copy
from typing import Any

import torch
from torch import nn

from engine.core.errors import UserError
from engine.core.records import ModelIdentity
from engine.models.base import Classifier
from engine.models.fast import accelerate, is_concurrent
from engine.models.normalize import Normalization

_DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}


class OnDevice:
    """A network in the chosen precision, and the layer before it, which stays in float32.

    The weights stay as they were loaded; every :meth:`prepare` starts from them. A plain CPU run
    uses them where they are.

    Args:
        network: is put into eval mode, without gradients.
        layer: comes before it; None for nothing.
    """

    _ready: Any
    _front: nn.Module
    _dtype: torch.dtype
    _prepared: tuple[torch.device, str] | None

    def __init__(self, network: nn.Module, layer: nn.Module | None = None) -> None:
        self.network: Any = network.eval().requires_grad_(False)
        self._layer = layer or nn.Identity()
        self.unload()

    def prepare(self, device: torch.device, precision: str) -> None:
        """Copy to ``device`` and cast.

        Raises:
            UserError: the device has no such arithmetic.
        """
        if self._prepared == (device, precision):
            return
        dtype = checked_dtype(device, precision)
        self.unload()
        if device.type != "cpu" or dtype != torch.float32:
            self._ready = copy.deepcopy(self.network).to(device, dtype)
            self._front = copy.deepcopy(self._layer).to(device)
        self._dtype, self._prepared = dtype, (device, precision)

    def unload(self) -> None:
        """Drop the prepared copies; the next :meth:`prepare` makes new ones."""
        self._ready = self.network
        self._front = self._layer
        self._dtype = torch.float32
        self._prepared = None


class TorchClassifier(OnDevice, Classifier):
    """Normalisation in float32, then a network in the chosen precision; scores in float32."""

    _fast: nn.Module

    def __init__(
        self, network: nn.Module, normalization: Normalization, identity: ModelIdentity
    ) -> None:
        self.identity = identity
        super().__init__(network, normalization.layer(identity.input_shape[0], identity.encoding))

    @property
    def differentiable(self) -> bool:
        """Gradients reach the input."""
        return True

    @property
    def concurrent(self) -> bool:
        """A network that could be traced and keeps nothing is operations on its arguments."""
        return is_concurrent(self._fast)

    def prepare(self, device: torch.device, precision: str) -> None:
        """Move to ``device``, cast, and choose the fastest form that computes the same."""
        if self._prepared != (device, precision):
            super().prepare(device, precision)
            shape = self.identity.input_shape
            self._fast = accelerate(self.network, shape, device, self._dtype)

    def scores(self, batch: torch.Tensor) -> torch.Tensor:
        """Scores (B, K), float32, on the batch's device."""
        # The fast form may consist of operations without a derivative.
        network = self._ready if torch.is_grad_enabled() and batch.requires_grad else self._fast
        scores: torch.Tensor = network(self._front(batch).to(self._dtype))
        return scores.float()

    def unload(self) -> None:
        """Drop the prepared copies."""
        super().unload()
        self._fast = self.network


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
