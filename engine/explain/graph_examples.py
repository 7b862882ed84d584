"""What the numbers mean for a node of a graph: nodes that noise and an attack touch."""

from __future__ import annotations

import threading
import time

import torch

from engine.core.errors import UserError
from engine.evidence.settings import RunSettings
from engine.explain.graph_attack import find_flips
from engine.explain.noisy_samples import named
from engine.figures import NeighbourhoodFigure, NodeSample, NodesFigure, NodeTouch, sizes
from engine.figures.attack import NoiseMark
from engine.figures.graph_examples import FlipAttack
from engine.inputs.base import FittedInput
from engine.models.base import Classifier
from engine.models.input_layout import clean
from engine.noise.gaussian import NoiseStream, Stream
from engine.procedures.run import check_fit, clean_prediction, run_key
from engine.regions import Region
from engine.system.device import resolve

_SECONDS = 0.8
"""Time for the answers after attacks; what is left over has none."""
_CELLS = 1 << 24
"""Features that one batch of changed graphs may have."""


def node_meaning(
    classifier: Classifier,
    fitted: FittedInput,
    settings: RunSettings,
    *,
    region: Region | None,
    center_class: int | None,
    copies: int,
    stop: threading.Event | None = None,
) -> NodesFigure | None:
    """Noisy samples told node by node, and attacks of the certified sizes with f's answers.

    Returns:
        None where the graph cannot be read again, or is another one now.

    Raises:
        UserError: model and input do not fit together.
    """
    around = _drawn(fitted)
    if around is None:
        return None
    shape, key = (
        check_fit(classifier, fitted, settings.scheme),
        run_key(classifier, fitted, settings),
    )
    device, bound = resolve(settings.device), classifier.bound_to(fitted)
    bound.prepare(device, settings.precision)
    x = torch.from_numpy(fitted.arrays[0]).to(device)
    noisy = torch.empty((copies, *shape), device=device)
    settings.scheme.noise().draw(x, NoiseStream(key, int(Stream.PREVIEW), device), 0, noisy)
    attack = find_flips(bound, x, top=center_class)
    answers = _after(bound, x, attack, region, stop) if attack and region else ()
    return NodesFigure(
        around=around,
        answer=named(bound, clean_prediction(bound, fitted, device)),
        samples=_samples(bound, x, noisy),
        noise_in_words=settings.scheme.noise_in_words(),
        attack=attack,
        region=region,
        answers=answers,
    )


def _drawn(fitted: FittedInput) -> NeighbourhoodFigure | None:
    """The drawing of the neighbourhood; names and labels are in the graph alone."""
    from engine.figures.graph_layout import neighbourhood_figure
    from engine.inputs import load_input
    from engine.inputs.node import GraphInput

    try:
        given = load_input(fitted.identity.source)
    except UserError:
        return None
    if not isinstance(given, GraphInput) or given.sha256 != fitted.identity.sha256:
        return None
    figure = neighbourhood_figure(given.graph, given.node)
    return figure if len(figure.nodes) == len(fitted.arrays[0]) else None


def _samples(
    classifier: Classifier, x: torch.Tensor, noisy: torch.Tensor
) -> tuple[NodeSample, ...]:
    with torch.inference_mode():
        answers = [int(c) for c in classifier.classify(noisy)]
    width = x.shape[1]
    features = noisy[..., :width]
    told = noisy.shape[2] > width
    touched = noisy[..., width] > 0.5 if told else (features != x).any(dim=2)
    mark = _mark(features[touched]) if told else ""
    added, removed = ((way.sum(dim=2)).tolist() for way in (features > x, features < x))
    return tuple(
        NodeSample(
            touches=tuple(
                NodeTouch(position=at, added=added[i][at], removed=removed[i][at])
                if mark != "taken away"
                else NodeTouch(position=at)
                for at in touched[i].nonzero()[:, 0].tolist()
            ),
            answer=named(classifier, answers[i]),
            mark=mark,
        )
        for i in range(len(noisy))
    )


def _mark(rows: torch.Tensor) -> NoiseMark:
    """Whether anything is left of the rows that the model was told of."""
    return "taken away" if bool((rows == rows.flatten()[:1]).all()) else "noised"


def _after(
    classifier: Classifier,
    x: torch.Tensor,
    attack: FlipAttack,
    region: Region,
    stop: threading.Event | None,
) -> tuple[str, ...]:
    """The base model's answers after attacks of the certified sizes, as far as time allows."""
    began, answers = time.perf_counter(), []
    changes = sizes(region)
    step = max(1, _CELLS // max(1, x.numel()))
    for first in range(0, len(changes), step):
        if time.perf_counter() - began > _SECONDS or (stop is not None and stop.is_set()):
            break
        graphs = []
        for change in changes[first : first + step]:
            flips = attack.planned(region, change)
            if flips is None:
                return ()
            changed = x.clone()
            rows, columns = (
                torch.from_numpy(part[flips]) for part in (attack.rows, attack.columns)
            )
            changed[rows, columns] = 1 - changed[rows, columns]
            graphs.append(clean(changed, classifier.identity.encoding))
        with torch.inference_mode():
            answers += [named(classifier, int(c)) for c in classifier.classify(torch.stack(graphs))]
    return tuple(answers)
