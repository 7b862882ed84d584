"""One small detector and its images for all files of the room."""

from __future__ import annotations

import pytest
import torch

from engine.models.architectures.keypoint_cnn import KeypointCNN
from engine.training.aircraft import Part, part


@pytest.fixture(scope="session")
def small() -> KeypointCNN:
    """Random weights in widths that differ."""
    torch.manual_seed(3)
    return KeypointCNN(3, widths=(4, 6, 5)).eval()


@pytest.fixture(scope="session")
def drawn() -> Part:
    """A few drawn aircraft."""
    return part(range(20))
