"""What the numbers mean, as images: the noise, and a change of exactly the certified size."""

from __future__ import annotations

import threading
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import torch

from engine.core.records import Encoding
from engine.evidence.settings import RunSettings
from engine.explain.directions import adversarial_direction, random_direction
from engine.explain.graph_examples import node_meaning
from engine.explain.image_attack import find_attack
from engine.explain.quantize import in_steps, speaks_of_steps
from engine.explain.row_examples import row_meaning
from engine.explain.text_examples import word_meaning
from engine.figures import Meaning, MeaningFigure
from engine.figures.attack import NoiseMark
from engine.inputs.base import FittedInput, Pixels
from engine.inputs.coding import TableCoding, Tokenizer
from engine.models.base import Classifier
from engine.noise.gaussian import NoiseStream, Stream
from engine.procedures.on_grid import gridded
from engine.procedures.run import check_fit, run_key
from engine.regions import Ball, Region
from engine.system.device import resolve

NOISY_COPIES = 3
Places = npt.NDArray[np.bool_]


def meaning(
    classifier: Classifier,
    fitted: FittedInput,
    settings: RunSettings,
    *,
    region: Region | None,
    center_class: int | None,
    stop: threading.Event | None = None,
) -> Meaning | None:
    """The input, three noisy samples with f's answers, and a change of the certified size.

    For a ball that is one change of exactly its radius, or the nearest below it in steps of 1/255
    where the claim is about these; for other regions an attack that the figure shows at any size.
    None where a graph cannot be read again.

    Raises:
        UserError: model and input do not fit together.
    """
    fitted, _ = gridded(fitted, settings)
    kind, tokenizer = fitted.identity.kind, classifier.coding
    asked: dict[str, Any] = {"region": region, "center_class": center_class, "stop": stop}
    if kind == "graph":
        return node_meaning(classifier, fitted, settings, copies=NOISY_COPIES, **asked)
    if kind in ("text", "pair") and tokenizer is not None:  # a model of texts has a tokenizer
        tokenizer = cast(Tokenizer, tokenizer)
        return word_meaning(classifier, fitted, settings, tokenizer, copies=NOISY_COPIES, **asked)
    if isinstance(fitted.context, TableCoding):
        coding = fitted.context
        return row_meaning(classifier, fitted, settings, coding, copies=NOISY_COPIES, **asked)
    return _image_meaning(classifier, fitted, settings, **asked) if kind == "image" else None


def _image_meaning(
    classifier: Classifier,
    fitted: FittedInput,
    settings: RunSettings,
    *,
    region: Region | None,
    center_class: int | None,
    stop: threading.Event | None,
) -> MeaningFigure:
    shape = check_fit(classifier, fitted, settings.scheme)
    device = resolve(settings.device)
    classifier.prepare(device, settings.precision)
    key = run_key(classifier, fitted, settings)
    x = torch.from_numpy(fitted.pixels).to(device)
    facts = _noise(classifier, x, settings, shape, key)
    if settings.scheme.region_kind == "ball":
        facts |= _in_ball(classifier, x, settings, key, region, center_class, stop)
    else:
        facts["region"] = region
        facts["attack"] = find_attack(
            classifier, x, settings.scheme, shape=shape, key=key, top=center_class
        )
    return MeaningFigure(
        original=_shown(x), noise_in_words=settings.scheme.noise_in_words(), **facts
    )


def _noise(
    classifier: Classifier,
    x: torch.Tensor,
    settings: RunSettings,
    shape: tuple[int, ...],
    key: int,
) -> dict[str, Any]:
    """Noisy samples with f's answers, and what the noise did where."""
    noisy = torch.empty((NOISY_COPIES, *shape), device=x.device)
    settings.scheme.noise().draw(x, NoiseStream(key, int(Stream.PREVIEW), x.device), 0, noisy)
    with torch.inference_mode():
        answers = [int(c) for c in classifier.classify(noisy)]
    names = classifier.identity.class_names
    places, mark = _marks(noisy, classifier.identity.encoding, x.shape[0])
    return {
        "noisy": tuple(_shown(sample[: x.shape[0]]) for sample in noisy),
        "noisy_answers": tuple(names[c] if c >= 0 else "no class" for c in answers),
        "noisy_places": places,
        "noisy_mark": mark,
    }


def _marks(
    noisy: torch.Tensor, encoding: Encoding, channels: int
) -> tuple[tuple[Places, ...], NoiseMark]:
    """Which pixels the encoding calls noised, and whether anything is left of them."""
    if encoding == "plain":
        return (), ""
    image = noisy[:, :channels]
    chosen = (noisy == 0).all(dim=1) if encoding == "complement" else noisy[:, channels] > 0.5
    values = image.movedim(1, -1)[chosen]
    empty = bool((values == values[:1]).all())
    places = tuple(one.cpu().numpy() for one in chosen)
    return places, "taken away" if empty else "noised"


def _in_ball(
    classifier: Classifier,
    x: torch.Tensor,
    settings: RunSettings,
    key: int,
    region: Region | None,
    center_class: int | None,
    stop: threading.Event | None,
) -> dict[str, Any]:
    """A change of the certified norm; of at most that where it is made of whole steps."""
    if not isinstance(region, Ball) or region.radius <= 0:
        return {}
    direction, how = _direction(classifier, x, settings, key, region.radius, center_class, stop)
    order = {"l1": 1, "l2": 2, "linf": torch.inf}[region.norm]
    change = region.radius * direction / torch.linalg.vector_norm(direction, ord=order)
    size = region.radius
    if speaks_of_steps(settings):
        change = in_steps(change, norm=region.norm, radius=size)
        size = min(size, float(torch.linalg.vector_norm(change.double(), ord=order)))
        how += ", in steps of 1/255"
    changed = x + change
    return {
        "perturbed": _shown(changed),
        "perturbed_norm": size,
        "perturbed_how": how,
        "perturbed_clipped": bool(((changed < 0) | (changed > 1)).any()),
    }


def _direction(
    classifier: Classifier,
    x: torch.Tensor,
    settings: RunSettings,
    key: int,
    radius: float,
    center_class: int | None,
    stop: threading.Event | None,
) -> tuple[torch.Tensor, str]:
    if center_class is not None:
        found = adversarial_direction(
            classifier, x, settings.scheme, key=key, top=center_class, size=radius, stop=stop
        )
        if found is not None:
            return found, "adversarial direction"
    return random_direction(x.shape, key, 0, x.device), "random direction"


def _shown(pixels: torch.Tensor) -> Pixels:
    """Clipped to [0, 1] for the eye; the model saw the unclipped values."""
    return pixels.clamp(0, 1).cpu().numpy().astype(np.float32)
