"""Progressive structured pruning: tune, score, cut, and again; tune at the end."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator
from dataclasses import dataclass

import torch

from engine.models.architectures.keypoint_cnn import KeypointCNN
from engine.pruning.channels import HIDDEN, copied, widths, without
from engine.pruning.records import ChannelScore, MethodKey, PruningSettings
from engine.pruning.scores import SCORES, Sample, Scores
from engine.pruning.tuning import tuned
from engine.training.aircraft import Part

Cut = tuple[ChannelScore, ...]


@dataclass(frozen=True)
class Pruned:
    """What pruning came to.

    Attributes:
        network: the smaller network.
        cuts: scores of the channels before each cut.
    """

    network: KeypointCNN
    cuts: tuple[Cut, ...]


def goals(first: int, settings: PruningSettings) -> list[int]:
    """Channels of a layer after each cut: like shares each time, at least one.

    >>> goals(32, PruningSettings(keep=0.5, cuts=3))
    [25, 20, 16]
    """
    share = settings.keep ** (1 / settings.cuts)
    return [max(1, round(first * share**number)) for number in range(1, settings.cuts + 1)]


def steps_of(settings: PruningSettings) -> int:
    """Steps of tuning of one network."""
    return settings.cuts * settings.steps + settings.last_steps


def pruned(
    network: KeypointCNN,
    data: Part,
    method: MethodKey,
    seed: int,
    settings: PruningSettings,
    stop: threading.Event,
) -> Generator[int, None, Pruned | None]:
    """Prune a copy of a network, yielding the steps of tuning done after each.

    Args:
        network: stays as it is.
        data: training images and their cells.
        method: scores the channels, layer by layer: the lowest of a layer go.
        seed: of batches, light, noise, the lights of scores, and the random score.
        settings: how much, and with how many steps.
        stop: ends it.

    Returns:
        None where it was stopped.
    """
    box = (settings.contrast, settings.brightness)
    generator, sample = torch.Generator().manual_seed(seed), Sample.of(data, seed, box)
    aims = {name: goals(count, settings) for name, count in widths(network).items()}
    now = copied(network)
    concentrate, done, cuts = method == "usn-w1", 0, list[Cut]()

    def tune(steps: int) -> Iterator[int]:
        before = done
        for step in tuned(now, data, steps, generator, concentrate=concentrate):
            if stop.is_set():
                return
            yield before + step

    for number in range(settings.cuts):
        for step in tune(settings.steps):
            done = step
            yield done
        if stop.is_set():
            return None
        scores = SCORES[method](now, sample)
        kept = {name: best(scores[name], aims[name][number]) for name in HIDDEN}
        cuts.append(_cut(scores, kept))
        now = without(now, kept)
    yield from tune(settings.last_steps)
    return None if stop.is_set() else Pruned(now.eval(), tuple(cuts))


def best(scores: torch.Tensor, count: int) -> torch.Tensor:
    """Indices of the highest scores in rising order; of equal ones the first."""
    return scores.sort(descending=True, stable=True).indices[:count].sort().values


def _cut(scores: Scores, kept: dict[str, torch.Tensor]) -> Cut:
    return tuple(
        ChannelScore(layer=name, channel=place, score=score, kept=place in stay)
        for name in HIDDEN
        for stay in [set(kept[name].tolist())]
        for place, score in enumerate(scores[name].tolist())
    )
