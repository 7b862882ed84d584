"""The image-to-command model: a small encoder with a recurrent decoder over whole words.

Each sign has three phrasings; which of them is right depends on its size, which noise blurs, so
that a smoothed model says one command in several ways. Empty images get an answer that is no
command.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import numpy as np
import torch

from engine.demos.data.signs import SIDE, SIGNS, TEST, TRAINED_FROM, drawn, sign
from engine.demos.making import Demo, Recipe, fit
from engine.models.text_generator import ARCHITECTURE, END, MARKS, CommandWriter
from engine.training.loop import Batch

SIGMA = 0.25
RECIPE = Recipe(examples=4000, epochs=40, batch=100)
NOTHING = "i see no sign"
PHRASES: dict[str, tuple[str, str, str]] = {
    "turn left": ("turn left", "go left", "take a left turn"),
    "turn right": ("turn right", "go right", "take a right turn"),
    "go forward": ("go forward", "go straight ahead", "move forward"),
    "stop": ("stop", "stop here", "halt"),
}
"""Three ways to say each command: for a small, a middling and a large sign."""
ORACLE = """# The first command with a match takes the answer.
turn left: left
turn right: right
go forward: forward, straight ahead
stop: stop, halt
"""
"""The rules of the oracle that is shipped beside the model."""
_REACHES = (5.0, 6.0)
"""Where small ends and where large begins."""
_EMPTY_EVERY = 10


def vocabulary() -> tuple[str, ...]:
    """The marks, then every word in alphabetical order."""
    texts = [NOTHING, *(phrase for each in PHRASES.values() for phrase in each)]
    return (*MARKS, *sorted({word for text in texts for word in text.split()}))


def phrase(number: int) -> str:
    """What the model is to say to an image."""
    what = sign(number)
    size = sum(what.reach >= border for border in _REACHES)
    return PHRASES[SIGNS[what.kind]][size]


def part(numbers: range) -> tuple[torch.Tensor, torch.Tensor]:
    """Images (N, 1, 16, 16), after every ten an empty one, and texts (N, L) that end in END."""
    words = {word: index for index, word in enumerate(vocabulary())}
    images, texts = [], []
    for place, number in enumerate(numbers):
        images.append(drawn(sign(number)))
        texts.append(phrase(number))
        if place % _EMPTY_EVERY == 0:
            images.append(np.zeros((1, SIDE, SIDE), dtype=np.float32))
            texts.append(NOTHING)
    longest = max(len(text.split()) for text in texts) + 1
    rows = [[words[word] for word in text.split()] for text in texts]
    filled = [row + [END] * (longest - len(row)) for row in rows]
    return torch.from_numpy(np.stack(images)), torch.tensor(filled)


def train(recipe: Recipe) -> torch.nn.Module:
    """The network of the last epoch, under one cycle of the learning rate."""
    images, texts = part(range(TRAINED_FROM, TRAINED_FROM + recipe.examples))
    steps = recipe.epochs * -(-len(images) // recipe.batch)

    def rounds(generator: torch.Generator) -> Iterator[list[Batch]]:
        for _ in range(recipe.epochs):
            order = torch.randperm(len(images), generator=generator)
            for chosen in order.split(recipe.batch):
                noise = torch.randn(images[chosen].shape, generator=generator)
                yield [((images[chosen] + SIGMA * noise, texts[chosen]), texts[chosen])]

    return fit(
        lambda: CommandWriter(len(vocabulary())),
        recipe,
        rounds,
        lambda optimizer: torch.optim.lr_scheduler.OneCycleLR(
            optimizer, max_lr=recipe.learning_rate, total_steps=steps
        ),
        torch.default_generator,
    )


def held_out() -> tuple[tuple[torch.Tensor, ...], torch.Tensor]:
    """The test set, without noise."""
    images = np.stack([drawn(sign(number)) for number in range(TEST)])
    return (torch.from_numpy(images),), torch.arange(TEST) % len(SIGNS)


COMMANDS = Demo(
    name="commands",
    label=f"command-writer, sigma {SIGMA:.2f}",
    title="drawn signs to commands in words, trained with noise",
    architecture=ARCHITECTURE,
    classes=(*SIGNS, "unparseable"),
    scheme={"key": "gaussian", "sigma": SIGMA},
    recipe=RECIPE,
    train=train,
    header=lambda recipe: {
        "vocabulary": json.dumps(vocabulary()),
        "training_sigma": f"{SIGMA:g}",
    },
    held_out=held_out,
    specs=[f"commands:{number}" for number in range(50)],
    cells=[{"radius": radius} for radius in (0.0, 0.1, 0.2, 0.3, 0.4, 0.5)],
    votes=(100, 1000),
    data=(
        "drawn by engine/demos/data/signs.py from the SHA-256 of a number, images of 16 by 16 "
        f"pixels in [0, 1]; training: {RECIPE.examples:,} signs from commands:{TRAINED_FROM} on, "
        f"an empty image after every ten; test: commands:0 to commands:{TEST - 1}"
    ),
    limits="it knows only signs drawn like these, upright, light on dark",
    remarks={
        "Phrasings for a small, a middling and a large sign": "; ".join(
            f"{name}: {', '.join(each)}" for name, each in PHRASES.items()
        ),
        "Oracle": (
            "commands.oracle.txt beside it reads commands out of the answers by keywords; to an "
            f"empty image the model says '{NOTHING}', which the oracle calls unparseable"
        ),
    },
    beside={".oracle.txt": ORACLE},
)
