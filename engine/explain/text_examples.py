"""What the numbers mean for a text, alone or beside an image: words that noise and attacks touch.

What is marked follows from comparing noisy with clean tokens, not from the scheme.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Sequence

import numpy as np
import torch

from engine.core.batches import Batch, parts
from engine.evidence.settings import RunSettings
from engine.explain.directions import random_direction, slope
from engine.explain.noisy_samples import answers, copies_to_look_at, named
from engine.explain.text_attack import MOST_TRIES, Steps, find_words, with_texts
from engine.figures import Attack, Substitution, WordAttack, Wording, WordsFigure, sizes
from engine.figures.text_examples import WordMark
from engine.inputs.base import FittedInput
from engine.inputs.coding import Tokenizer
from engine.models.base import Classifier
from engine.procedures.run import clean_prediction
from engine.regions import Region

_SECONDS = 0.6
"""Time that a slow model gets for the search of an attack, and for the answers after attacks."""
_QUICK = 0.003
"""A model that takes less for a sample may be asked as often as the search likes: batches are
cheaper still, and what is found does not depend on the machine."""


def word_meaning(
    classifier: Classifier,
    fitted: FittedInput,
    settings: RunSettings,
    tokenizer: Tokenizer,
    *,
    region: Region | None,
    center_class: int | None,
    copies: int,
    stop: threading.Event | None = None,
) -> WordsFigure:
    """Noisy samples with f's answers, and attacks of the certified sizes.

    Raises:
        UserError: model and input do not fit together.
    """
    bound, device, x, noisy, key = copies_to_look_at(classifier, fitted, settings, copies)
    clean_answer = named(bound, clean_prediction(bound, fitted, device))  # and a warm model
    began = time.perf_counter()
    said = answers(bound, noisy)
    tries = _affordable((time.perf_counter() - began) / copies)
    attack, after = None, tuple[str, ...]()
    if center_class is not None and tokenizer.size > 1:
        found = find_words(bound, x, size=tokenizer.size, top=center_class, key=key, tries=tries)
        attack = _attack(bound, x, found.steps, tokenizer, center_class, key, greedy=found.greedy)
        after = _after(bound, x, attack, found.steps, region, tries, stop)
    shown = _wordings(noisy, parts(x), said, tokenizer)
    clean = _wordings(
        with_texts(x, parts(x)[-1][None]),
        parts(x),
        [clean_answer],
        tokenizer,
    )
    return WordsFigure(
        original=clean[0],
        samples=shown,
        noise_in_words=settings.scheme.noise_in_words(),
        attack=attack,
        region=region,
        answers=after,
    )


def _affordable(seconds: float) -> int:
    """Samples that there is time for, in powers of four: the same on machines alike."""
    if seconds < _QUICK:
        return MOST_TRIES
    return min(MOST_TRIES, int(4 ** math.floor(math.log(max(1.0, _SECONDS / seconds), 4))))


def _wordings(
    batch: Batch, clean: Sequence[torch.Tensor], answers: Sequence[str], tokenizer: Tokenizer
) -> tuple[Wording, ...]:
    """Texts of a batch with what happened to each word, and the images beside them."""
    found = []
    for i, answer in enumerate(answers):
        tokens = parts(batch)[-1][i].tolist()
        image = parts(batch)[0][i, : len(clean[0])] if len(clean) > 1 else None
        found.append(
            Wording(
                words=tokenizer.words(tokens),
                marks=_marks(tokens, clean[-1].tolist(), tokenizer.size),
                image=None if image is None else _shown(image),
                answer=answer,
            )
        )
    return tuple(found)


def _marks(noisy: Sequence[int], clean: Sequence[int], size: int) -> tuple[WordMark, ...]:
    """One past the alphabet is the mask."""

    def mark(new: int, old: int) -> WordMark:
        if new == old:
            return ""
        return "masked" if new >= size else "replaced"

    return tuple(mark(new, old) for new, old in zip(noisy, clean, strict=True))


def _attack(
    classifier: Classifier,
    x: Batch,
    steps: Steps,
    tokenizer: Tokenizer,
    top: int,
    key: int,
    *,
    greedy: bool,
) -> WordAttack:
    how = "greedy: the words with the largest effect first" if greedy else "words at random"
    words = tokenizer.words([token for _, token in steps])
    image = None
    if not isinstance(x, torch.Tensor):
        image = _direction(classifier, x, top, key)
        how += f"; the image: {image.how}"
    return WordAttack(
        steps=tuple(
            Substitution(position=position, word=word)
            for (position, _), word in zip(steps, words, strict=True)
        ),
        how=how,
        image=image,
    )


def _direction(classifier: Classifier, x: tuple[torch.Tensor, ...], top: int, key: int) -> Attack:
    """Where the image is moved: down the slope of the lead without noise, else anywhere."""
    image = x[0]
    found = slope(classifier, x, top) if classifier.differentiable else None
    how = "down the gradient" if found is not None else "in a random direction"
    if found is None:
        found = random_direction(image.shape, key, 0, image.device)
    return Attack(
        original=_shown(image),
        direction=found.cpu().numpy().astype(np.float32),
        order=np.arange(image[0].numel()),
        how=how,
    )


def _after(
    classifier: Classifier,
    x: Batch,
    attack: WordAttack,
    steps: Steps,
    region: Region | None,
    tries: int,
    stop: threading.Event | None,
) -> tuple[str, ...]:
    """The base model's answers after attacks of the certified sizes, as far as time allows."""
    said: list[str] = []
    for change in sizes(region)[:tries]:
        size = None if region is None else attack.size(region, change)
        if size is None or (stop is not None and stop.is_set()):
            break
        said += answers(classifier, _changed(x, attack, steps, *size))
    return tuple(said)


def _changed(x: Batch, attack: WordAttack, steps: Steps, words: int, strength: float) -> Batch:
    """A batch of one: the first steps taken, the image moved and not clipped."""
    text = parts(x)[-1].clone()
    for position, token in steps[:words]:
        text[position] = token
    batch = with_texts(x, text[None])
    if isinstance(batch, torch.Tensor) or attack.image is None:
        return batch
    direction = torch.from_numpy(attack.image.direction).to(batch[0])
    return (batch[0] + strength * direction / direction.norm().clamp(min=1e-12), *batch[1:])


def _shown(pixels: torch.Tensor) -> np.ndarray:
    """Clipped to [0, 1] for the eye."""
    return pixels.clamp(0, 1).cpu().numpy().astype(np.float32)
