"""The detector of aircraft without a third of its channels, by two scores."""

from __future__ import annotations

import threading
from functools import partial
from pathlib import Path

import numpy as np

from engine.core.generators import result_of
from engine.demos.aircraft import NAME, with_certified
from engine.demos.data.aircraft import TRAINED_FROM
from engine.models.architectures.keypoint_cnn import KeypointCNN
from engine.pruning.channels import detector, weights
from engine.pruning.lab import accuracy
from engine.pruning.making import write_pruned
from engine.pruning.maps import Mapper
from engine.pruning.progressive import Cut, pruned
from engine.pruning.records import MethodKey, PrunedRow, PruningSettings
from engine.training.aircraft import part
from engine.training.writing import threads

MODEL = f"demo:{NAME}"
SHIPPED: dict[str, MethodKey] = {f"{NAME}-usn": "usn", f"{NAME}-magnitude": "magnitude"}
"""Names and the scores by which channels went: as ``certiscope prune`` has them with seed 0."""
SETTINGS = PruningSettings()


def make(name: str, out: Path) -> Path:
    """Prune, tune and map, write the weights, then measure the written file and write its cards."""
    with threads(1):
        data = part(range(TRAINED_FROM, TRAINED_FROM + SETTINGS.examples))
        run = pruned(detector(MODEL), data, SHIPPED[name], 0, SETTINGS, threading.Event())
        found = result_of(run)
        assert found is not None  # nothing stops it
        return written(name, found.network, found.cuts, out)


def written(name: str, network: KeypointCNN, cuts: tuple[Cut, ...], out: Path) -> Path:
    """A pruned network's file and cards."""
    test, path = part(range(max(SETTINGS.tested, SETTINGS.images))), out / f"{name}.safetensors"
    mapper = Mapper(network, np.asarray(test[0][: SETTINGS.images]), SETTINGS)
    for _ in mapper.each():
        pass
    row = PrunedRow(
        method=SHIPPED[name],
        seed=0,
        weights=weights(network),
        accuracy=accuracy(network, test, SETTINGS.tested),
        maps=mapper.counts(),
        cuts=cuts,
    )
    command = f"python -m engine.demos {name}"
    facts = write_pruned(path, network, row, SETTINGS, model=MODEL, command=command)
    with_certified(path, network, facts)
    return path


MAKERS = {name: partial(make, name) for name in SHIPPED}
"""What makes each."""
