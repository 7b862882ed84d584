"""Examples for people to look at: noisy samples, and perturbations of the largest certified sizes.

They illustrate what noise does and what an attacker may do; they prove nothing and are no bound on
what attacks reach. What kinds of input differ in is a :class:`engine.explain.presenter.Presenter`.
"""

from __future__ import annotations

import math
import threading
import time
from typing import cast

import numpy as np
import torch

from engine.core.batches import Batch, from_arrays, moved, parts, room
from engine.core.nouns import of_kind
from engine.evidence.settings import RunSettings
from engine.explain.frames import framed, with_frames
from engine.explain.graph_examples import GraphPresenter, neighbourhood_of
from engine.explain.image_examples import ImagePresenter
from engine.explain.presenter import Presenter, Ready
from engine.explain.row_examples import RowPresenter
from engine.explain.text_examples import TextPresenter
from engine.figures.examples import Arrays, Attack, Example, ExamplesFigure, Media
from engine.figures.media import ImageMedium
from engine.inputs.base import FittedInput
from engine.inputs.coding import TableCoding, Tokenizer
from engine.models.base import Classifier
from engine.models.denoised import DenoisedClassifier
from engine.models.input_layout import clean
from engine.noise.gaussian import Stream
from engine.procedures.on_grid import gridded
from engine.procedures.run import check_fit, clean_prediction, run_key
from engine.procedures.run_noise import noise_source
from engine.regions import Perturbation, Region
from engine.schemes.stumps import for_kind
from engine.system.device import resolve

NOISY_SAMPLES = 3
MOST_TRIES = 4096
"""Changed inputs that the search of an attack tries at most."""
_SECONDS = 0.6
"""Time that a slow model gets for the search of an attack, and for the answers after changes."""
_QUICK = 0.003
"""A model that takes less for a sample may be asked as often as the search likes: batches are
cheaper still, and what is found does not depend on the machine."""
_CELLS = 1 << 24
"""Numbers that one batch of changed inputs may have."""


def examples(
    classifier: Classifier,
    fitted: FittedInput,
    settings: RunSettings,
    *,
    region: Region | None,
    center_class: int | None,
    device: str = "auto",
    stop: threading.Event | None = None,
    violated: Perturbation | None = None,
) -> ExamplesFigure | None:
    """The input, three noisy samples with f's answers, and changes of the certified sizes.

    Args:
        classifier: the base classifier f.
        fitted: the input.
        settings: of the run; its noise is that of a stream that no run counts.
        region: what is certified; None where nothing is.
        center_class: the class that is attacked; None where none was chosen.
        device: where the model runs.
        stop: when set, nothing is attacked any more.
        violated: a change of an image that is known to give another answer, to show.

    Returns:
        None where the kind of input has no examples, or a graph cannot be read again.

    Raises:
        UserError: model and input do not fit together.
    """
    fitted, _ = gridded(fitted, settings)
    presenter = presenter_of(classifier, fitted)
    if presenter is None:
        return None
    ready, noisy = _prepared(classifier, fitted, settings, resolve(device))
    bound, stopped = ready.classifier, stop or threading.Event()
    answer = named(bound, clean_prediction(bound, fitted, ready.device))  # and a warm model
    began = time.perf_counter()
    said = classes(bound, noisy)
    tries = affordable((time.perf_counter() - began) / NOISY_SAMPLES)
    figure = ExamplesFigure(
        noise_in_words=_noise(settings, fitted),
        original=Example.clean(_framed_input(bound, presenter, fitted), answer),
        samples=_shown(presenter, bound, noisy, said),
        region=None if region is None else region.for_kind(fitted.identity.kind),
        center_class=center_class,
        violated=None if violated is None else _violated(ready, fitted, violated),
    )
    if region is None or stopped.is_set():
        return figure
    attack = presenter.attack(ready, region, top=center_class, tries=tries, stop=stopped)
    if attack is None:
        return figure
    attack = with_frames(bound, attack)
    changes = region.changes() if attack.changes is None else attack.changes
    if all(region.budget(change) is None for change in changes):
        return figure
    after = _answers_after(ready, region, attack, changes[:tries], stopped)
    return figure.model_copy(update={"attack": attack, "changes": changes, "answers": after})


def counted_samples(
    classifier: Classifier,
    fitted: FittedInput,
    settings: RunSettings,
    *,
    count: int,
    center_class: int | None,
    device: str = "auto",
) -> ExamplesFigure | None:
    """The input and the first ``count`` samples that a run counts in its estimation, drawn anew.

    Args:
        classifier: the base classifier f.
        fitted: the input.
        settings: of the run.
        count: samples to show.
        center_class: the class that the run chose.
        device: where the model runs.

    Returns:
        None where the kind of input has no examples, or a graph cannot be read again.

    Raises:
        UserError: model and input do not fit together.
    """
    fitted, _ = gridded(fitted, settings)
    presenter = presenter_of(classifier, fitted)
    if presenter is None:
        return None
    place, stream = resolve(device), Stream.ESTIMATION
    ready, noisy = _prepared(classifier, fitted, settings, place, count=count, stream=stream)
    return ExamplesFigure(
        noise_in_words=_noise(settings, fitted),
        original=Example.clean(_framed_input(ready.classifier, presenter, fitted)),
        samples=_shown(presenter, ready.classifier, noisy, classes(ready.classifier, noisy)),
        center_class=center_class,
        counted=True,
    )


def _violated(ready: Ready, fitted: FittedInput, change: Perturbation) -> Example | None:
    """The image after a change that gives another answer, with that answer."""
    scheme = ready.settings.scheme
    moved = scheme.transformed(fitted.arrays[0], change)
    if moved is None:
        return None
    batch = _batch(ready, [(moved,)])
    (answer,) = answers(ready.classifier, batch)
    (media,) = framed(ready.classifier, [(ImageMedium.of(moved),)], batch)
    size = ", ".join(f"{term} {value:+.3f}" for term, value in change.items())
    return Example(
        name=f"violated: {size}",
        caption=f"violated: {answer} ({size})",
        note="the middle of the violated cell that is nearest to no change",
        answer=answer,
        media=media,
    )


def shown(classifier: Classifier, fitted: FittedInput) -> Media | None:
    """An input's parts as people see them; None where its kind has no image."""
    presenter = presenter_of(classifier, fitted)
    return None if presenter is None else presenter.show(fitted.arrays)


def _shown(
    presenter: Presenter, classifier: Classifier, noisy: Batch, said: list[int]
) -> tuple[Example, ...]:
    media = presenter.noisy(tuple(part.cpu().numpy() for part in parts(noisy)))
    media = framed(classifier, media, noisy)
    if isinstance(classifier, DenoisedClassifier):
        with torch.inference_mode():
            seen = classifier.denoised(cast(torch.Tensor, noisy)).float().cpu().numpy()
        both = zip(media, seen, strict=True)
        media = [(*one, ImageMedium.of(image, touch="denoised")) for one, image in both]
    names = [named(classifier, index) for index in said]
    return tuple(map(Example.noisy, range(1, len(said) + 1), media, names, said))


def _noise(settings: RunSettings, fitted: FittedInput) -> str:
    """The noise in the units and the nouns of the input."""
    kind = fitted.identity.kind
    return of_kind(for_kind(settings.scheme, kind).noise_in_words(), kind)


def _framed_input(classifier: Classifier, presenter: Presenter, fitted: FittedInput) -> Media:
    """The input, with the reference of a model of places on it."""
    (found,) = framed(classifier, [presenter.show(fitted.arrays)])
    return found


def presenter_of(classifier: Classifier, fitted: FittedInput) -> Presenter | None:
    """What shows and attacks an input of its kind; None where nothing does."""
    kind, arrays = fitted.identity.kind, fitted.arrays
    if kind == "graph":
        around = neighbourhood_of(fitted, classifier.identity.class_names)
        return GraphPresenter(around, arrays[0], classifier.identity.encoding) if around else None
    if kind in ("text", "pair") and classifier.coding is not None:  # then a tokenizer
        return TextPresenter(arrays, cast(Tokenizer, classifier.coding))
    if isinstance(fitted.context, TableCoding):
        return RowPresenter(arrays, fitted.context)
    return ImagePresenter(arrays[0], classifier.identity.encoding) if kind == "image" else None


def _prepared(
    classifier: Classifier,
    fitted: FittedInput,
    settings: RunSettings,
    device: torch.device,
    *,
    count: int = NOISY_SAMPLES,
    stream: Stream = Stream.PREVIEW,
) -> tuple[Ready, Batch]:
    """The model ready on its device, and the first noisy samples of a stream."""
    shape = check_fit(classifier, fitted, settings.scheme)
    key = run_key(classifier, fitted, settings)
    bound = classifier.bound_to(fitted, settings.scheme)
    bound.prepare(device, settings.precision)
    x = moved(from_arrays(fitted.arrays), device)
    noisy = room(x, shape, count, device)
    law = settings.scheme.noise() if stream is Stream.PREVIEW else settings.law
    law.draw(x, noise_source(law, key, stream, device), 0, noisy)
    return Ready(bound, x, settings, shape, key), noisy


def classes(classifier: Classifier, batch: Batch) -> list[int]:
    """The base model's class for each of a batch; -1 where it names none."""
    with torch.inference_mode():
        return [int(index) for index in classifier.classify(batch)]


def answers(classifier: Classifier, batch: Batch) -> list[str]:
    """The base model's answer to each of a batch."""
    return [named(classifier, index) for index in classes(classifier, batch)]


def named(classifier: Classifier, index: int) -> str:
    """A class by its name; a failure is none."""
    return classifier.identity.class_names[index] if index >= 0 else "no class"


def affordable(seconds: float) -> int:
    """Samples that there is time for, in powers of four: the same on machines alike."""
    if seconds < _QUICK:
        return MOST_TRIES
    return min(MOST_TRIES, int(4 ** math.floor(math.log(max(1.0, _SECONDS / seconds), 4))))


def _answers_after(
    ready: Ready,
    region: Region,
    attack: Attack,
    changes: tuple[Perturbation, ...],
    stop: threading.Event,
) -> tuple[str, ...]:
    """The base model's answers without noise after changes of the certified sizes."""
    said: list[str] = []
    step = max(1, _CELLS // max(1, sum(part.numel() for part in parts(ready.x))))
    for first in range(0, len(changes), step):
        allowed = [region.budget(one) for one in changes[first : first + step]]
        found = [None if one is None else attack.change(one) for one in allowed]
        changed = [one for one in found if one is not None]
        if len(changed) < len(found) or stop.is_set():
            break
        said += answers(ready.classifier, _batch(ready, changed))
    return tuple(said)


def _batch(ready: Ready, inputs: list[Arrays]) -> Batch:
    encoding = ready.classifier.identity.encoding
    first, *rest = (
        torch.from_numpy(np.stack(part)).to(ready.device) for part in zip(*inputs, strict=True)
    )
    first = torch.stack([clean(one, encoding) for one in first])
    return (first, *rest) if rest else first
