"""Two models that sort made-up letters by their matter, as bags of words.

One is trained with words masked, for ``text-mask``; the other with words replaced by others of the
alphabet, for ``text-uniform``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import torch

from engine.demos.data.letters import CLASSES, TEST, TRAINED_FROM, letter, vocabulary
from engine.demos.making import Demo, Recipe, cosine, fit
from engine.inputs.coding import WordTokenizer
from engine.models.kinds import TEXT_ARCHITECTURE
from engine.models.token_classifier import TextNetwork
from engine.training.loop import Batch

RECIPE = Recipe(examples=8000, epochs=20, batch=100, weight_decay=1e-3)


def letters(numbers: range) -> tuple[torch.Tensor, torch.Tensor]:
    """Tokens (N, L) of letters, padded with masks to one length, and their matters (N,)."""
    words = vocabulary()
    tokenizer, made = WordTokenizer(words), [letter(number) for number in numbers]
    texts = [torch.from_numpy(tokenizer.encode(one.text).tokens) for one in made]
    tokens = torch.nn.utils.rnn.pad_sequence(texts, batch_first=True, padding_value=len(words))
    return tokens, torch.tensor([one.matter for one in made])


def noisy_words(
    tokens: torch.Tensor, kernel: str, beta: float, size: int, generator: torch.Generator
) -> torch.Tensor:
    """Every word masked or replaced with probability beta; certificates draw from their own noise.

    Args:
        tokens: words below ``size``; ``size`` is the mask. Padding is a mask, and stays one.
        kernel: ``mask``, or ``uniform`` for another word of the alphabet.
        beta: probability of each word.
        size: of the alphabet.
        generator: torch's, for training alone.
    """
    chosen = (torch.rand(tokens.shape, generator=generator) < beta) & (tokens < size)
    if kernel == "mask":
        return tokens.masked_fill(chosen, size)
    shift = torch.randint(1, size, tokens.shape, generator=generator)
    return torch.where(chosen, (tokens + shift) % size, tokens)


def letters_demo(kernel: str, beta: float) -> Demo:
    """The model for a kernel."""
    size = len(vocabulary())
    scheme = {"key": f"text-{kernel}", "beta": beta, "vocabulary": size}

    def train(recipe: Recipe) -> torch.nn.Module:
        tokens, matters = letters(range(TRAINED_FROM, TRAINED_FROM + recipe.examples))

        def epoch(generator: torch.Generator) -> Iterator[Batch]:
            for chosen in torch.randperm(len(matters), generator=generator).split(recipe.batch):
                noised = noisy_words(tokens[chosen], kernel, beta, size, generator)
                yield (noised,), matters[chosen]

        return fit(
            lambda: TextNetwork(size, len(CLASSES)),
            recipe,
            lambda generator: (epoch(generator) for _ in range(recipe.epochs)),
            cosine(recipe),
        )

    def held_out() -> tuple[tuple[torch.Tensor, ...], torch.Tensor]:
        tokens, matters = letters(range(TEST))
        return (tokens,), matters

    return Demo(
        name=f"letters-{kernel}",
        title="made-up letters to a shop, sorted by their matter",
        architecture=TEXT_ARCHITECTURE,
        classes=CLASSES,
        scheme=scheme,
        recipe=RECIPE,
        train=train,
        header=lambda recipe: {
            "classes": json.dumps(CLASSES),
            "words": json.dumps(vocabulary()),
            "training_scheme": json.dumps(scheme),
        },
        held_out=held_out,
        specs=[f"letters:{number}" for number in range(100)],
        cells=[{"words": float(words)} for words in range(7)],
        data=(
            "written by engine/demos/data/letters.py from the SHA-256 of a number, in sentences of "
            "our own: a greeting, what was bought, four to six sentences on one matter, a closing; "
            f"training on {RECIPE.examples:,} letters from letters:{TRAINED_FROM} on, test on "
            f"letters:0 to letters:{TEST - 1}"
        ),
        limits=(
            f"letters of some sixty set sentences in {size} words: it shows the certificate for "
            "words and sorts nobody's letters; test letters hold the same sentences in other "
            "choices; words outside the alphabet are refused, and the order of words is not read"
        ),
    )
