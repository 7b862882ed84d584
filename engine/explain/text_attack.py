"""An attack on the words of a text, for the eye: replace greedily what hurts most.

It illustrates what an attacker may do; it proves nothing and is no bound on what attacks reach.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch

from engine.core.batches import Batch, parts
from engine.models.base import Classifier

MOST_TRIES = 4096
"""Changed texts that are tried at most."""
_GREEDY = 4
"""Words that are chosen one after the other; the rest follow by what they did last."""
_BATCH = 256

Steps = tuple[tuple[int, int], ...]


class Found(NamedTuple):
    """Substitutions.

    Attributes:
        steps: (position, token) of every word of the text, those that hurt most leading.
        greedy: whether they were searched for; else they are random.
    """

    steps: Steps
    greedy: bool


def find_words(
    classifier: Classifier,
    x: Batch,
    *,
    size: int,
    top: int,
    key: int,
    tries: int = MOST_TRIES,
) -> Found:
    """Words to replace, by how much each lowers the lead of ``top`` without noise.

    Args:
        classifier: prepared.
        x: the input, whose last part are the tokens (L,).
        size: of the alphabet, at least 2.
        top: the class to attack.
        key: of the random choices.
        tries: changed texts that there is time for; too few, and words are drawn at random.
    """
    tokens = parts(x)[-1]
    drawn = np.random.default_rng(key)
    length = len(tokens)
    words = min(_GREEDY, length)
    each = min(size - 1, min(tries, MOST_TRIES) // (words * length))
    if not each:
        return Found(_random(tokens, size, drawn), greedy=False)
    steps: list[tuple[int, int]] = []
    text = tokens.clone()
    for _ in range(words):
        best = _best(classifier, x, text, tokens, drawn.choice(size, each + 1, replace=False), top)
        left = [one for one in best if one[0] not in {position for position, _ in steps}]
        steps.append(left[0])
        text[left[0][0]] = left[0][1]
    return Found((*steps, *left[1:]), greedy=True)


def _best(
    classifier: Classifier,
    x: Batch,
    text: torch.Tensor,
    tokens: torch.Tensor,
    candidates: np.ndarray,
    top: int,
) -> list[tuple[int, int]]:
    """For each position the candidate that leaves the smallest lead; the smallest leads first."""
    device, length = text.device, len(text)
    new = torch.as_tensor(candidates, device=device).repeat(length)
    where = torch.arange(length, device=device).repeat_interleave(len(candidates))
    leads = _leads(classifier, x, text, where, new, top)
    leads[new == tokens[where]] = torch.inf  # the word itself is no substitute
    values, places = leads.view(length, -1).min(dim=1)
    chosen = new.view(length, -1).gather(1, places[:, None])[:, 0]
    order = values.argsort(stable=True).tolist()
    return [(position, int(chosen[position])) for position in order]


def _leads(
    classifier: Classifier,
    x: Batch,
    text: torch.Tensor,
    where: torch.Tensor,
    new: torch.Tensor,
    top: int,
) -> torch.Tensor:
    """The lead of ``top`` after each substitution; infinite where the scores are not finite."""
    found = []
    for first in range(0, len(where), _BATCH):
        at, word = where[first : first + _BATCH], new[first : first + _BATCH]
        texts = text.repeat(len(at), 1)
        texts[torch.arange(len(at), device=text.device), at] = word
        with torch.inference_mode():
            scores = classifier.scores(with_texts(x, texts)).double()
        others = torch.cat([scores[:, :top], scores[:, top + 1 :]], dim=1).max(dim=1).values
        found.append(torch.nan_to_num(scores[:, top] - others, nan=torch.inf))
    return torch.cat(found)


def with_texts(x: Batch, texts: torch.Tensor) -> Batch:
    """A batch of one input with other texts (B, L)."""
    if isinstance(x, torch.Tensor):
        return texts
    return (*(part.expand(len(texts), *part.shape) for part in x[:-1]), texts)


def _random(tokens: torch.Tensor, size: int, drawn: np.random.Generator) -> Steps:
    shift = 1 + drawn.integers(0, size - 1, len(tokens))
    new = (tokens.cpu().numpy() + shift) % size
    order = drawn.permutation(len(tokens))
    return tuple((int(position), int(new[position])) for position in order)
