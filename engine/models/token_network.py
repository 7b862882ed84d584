"""Networks of our own over codes of words or fields, beside numbers, an image or nothing."""

from __future__ import annotations

import copy
from typing import Generic, TypeVar

import torch
from torch import nn

from engine.core.batches import Batch, parts
from engine.core.records import ModelIdentity
from engine.inputs.coding import Coding
from engine.models.base import Classifier
from engine.models.torch_classifier import checked_dtype

CodingT = TypeVar("CodingT", bound=Coding)


class CodedClassifier(Classifier, Generic[CodingT]):
    """A network of codes (B, L), after a first part (B, ...), which is cast to the precision.

    Args:
        network: takes all parts.
        coding: how words or fields become codes.
        identity: what a run records of it.
    """

    def __init__(self, network: nn.Module, coding: CodingT, identity: ModelIdentity) -> None:
        self.identity = identity
        self.network = network.eval().requires_grad_(False)
        self._coding = coding
        self._ready = self.network
        self._dtype = torch.float32

    @property
    def coding(self) -> CodingT:
        """Its words or columns."""
        return self._coding

    @property
    def differentiable(self) -> bool:
        """Gradients reach the first part, if there is one."""
        return self.identity.kind != "text"

    def prepare(self, device: torch.device, precision: str) -> None:
        """Copy the network to ``device``, in the chosen precision."""
        self._dtype = checked_dtype(device, precision)
        self._ready = copy.deepcopy(self.network).to(device, self._dtype)

    def scores(self, batch: Batch) -> torch.Tensor:
        """Scores (B, K), float32."""
        *first, codes = parts(batch)
        scores: torch.Tensor = self._ready(*(part.to(self._dtype) for part in first), codes)
        return scores.float()

    def unload(self) -> None:
        """Drop the prepared copy."""
        self._ready, self._dtype = self.network, torch.float32
