"""Make the two shipped models that sort letters: ``python -m engine.demos.letters``.

Both read letters as a bag of words. One is trained with words masked, for ``text-mask``; the other
with words replaced by others of the alphabet, for ``text-uniform``.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch.nn import functional

from engine.core.files import sha256_file, write_atomically
from engine.inputs.coding import WordTokenizer
from engine.inputs.letters import CLASSES, PREFIX, TEST, TRAINED_FROM, letter, vocabulary
from engine.models.kinds import TEXT_ARCHITECTURE
from engine.models.text_network import TextNetwork
from engine.training.example_card import Example, certified, example_card
from engine.training.weights import safetensors_bytes
from engine.training.writing import card_json, threads

CERTIFIED = 100
CELLS = tuple({"words": float(words)} for words in range(7))

Letters = tuple[torch.Tensor, torch.Tensor]
"""Tokens (N, L), padded with masks to one length, and matters (N,)."""


@dataclass(frozen=True)
class LettersRecipe:
    """What decides the weights.

    Attributes:
        kernel: ``mask`` or ``uniform``.
        beta: probability that a word is masked, or replaced by another.
        seed: of first weights, order and noise.
        letters: to train on, from ``letters:10000`` on.
    """

    kernel: str
    beta: float
    seed: int = 0
    letters: int = 8000
    epochs: int = 20
    batch: int = 100
    learning_rate: float = 2e-3
    weight_decay: float = 1e-3

    @property
    def name(self) -> str:
        """Of the files."""
        return f"letters-{self.kernel}"

    def scheme(self) -> dict[str, Any]:
        """The noise that it is trained and certified with."""
        return {"key": f"text-{self.kernel}", "beta": self.beta, "vocabulary": len(vocabulary())}


SHIPPED = (LettersRecipe("mask", 0.9), LettersRecipe("uniform", 0.8))


def letters(numbers: range) -> Letters:
    """Letters as tokens."""
    words = vocabulary()
    tokenizer, made = WordTokenizer(words), [letter(number) for number in numbers]
    texts = [torch.from_numpy(tokenizer.encode(one.text).tokens) for one in made]
    tokens = torch.nn.utils.rnn.pad_sequence(texts, batch_first=True, padding_value=len(words))
    return tokens, torch.tensor([one.matter for one in made])


def noised(tokens: torch.Tensor, recipe: LettersRecipe, generator: torch.Generator) -> torch.Tensor:
    """Every word masked or replaced with probability beta; certificates draw from their own noise.

    Padding is a mask, and stays one.
    """
    size = len(vocabulary())
    chosen = (torch.rand(tokens.shape, generator=generator) < recipe.beta) & (tokens < size)
    if recipe.kernel == "mask":
        return tokens.masked_fill(chosen, size)
    shift = torch.randint(1, size, tokens.shape, generator=generator)
    return torch.where(chosen, (tokens + shift) % size, tokens)


def train(recipe: LettersRecipe) -> TextNetwork:
    """AdamW with a learning rate that falls along a cosine; noise drawn anew in every epoch."""
    torch.manual_seed(recipe.seed)
    generator = torch.Generator().manual_seed(recipe.seed)
    tokens, matters = letters(range(TRAINED_FROM, TRAINED_FROM + recipe.letters))
    network = TextNetwork(len(vocabulary()), len(CLASSES))
    optimizer = torch.optim.AdamW(
        network.parameters(), lr=recipe.learning_rate, weight_decay=recipe.weight_decay
    )
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, recipe.epochs)
    for _ in range(recipe.epochs):
        for chosen in torch.randperm(len(matters), generator=generator).split(recipe.batch):
            optimizer.zero_grad()
            scores = network(noised(tokens[chosen], recipe, generator))
            torch.autograd.backward(functional.cross_entropy(scores, matters[chosen]))
            optimizer.step()
        schedule.step()
    return network.eval()


def make(recipe: LettersRecipe, models: Path) -> Path:
    """Train, write the weights, then measure the written file and write both cards."""
    path = models / f"{recipe.name}.safetensors"
    with threads(1):
        network = train(recipe)
        header = {
            "architecture": TEXT_ARCHITECTURE,
            "classes": json.dumps(CLASSES),
            "words": json.dumps(vocabulary()),
            "training_scheme": json.dumps(recipe.scheme()),
        }
        write_atomically(path, safetensors_bytes(network.state_dict(), header))
        tokens, matters = letters(range(TEST))
        with torch.no_grad():
            right = network(tokens).argmax(1) == matters
    facts = Example(
        name=recipe.name,
        title="made-up letters to a shop, sorted by their matter",
        architecture=TEXT_ARCHITECTURE,
        parameters=sum(p.numel() for p in network.parameters()),
        sha256=sha256_file(path),
        classes=CLASSES,
        scheme=recipe.scheme(),
        data=_data(recipe),
        limits=(
            f"letters of some sixty set sentences in {len(vocabulary())} words: it shows the "
            "certificate for words and sorts nobody's letters; test letters hold the same "
            "sentences in other choices; words outside the alphabet are refused, and the order of "
            "words is not read"
        ),
        command="python -m engine.demos.letters",
        recipe=asdict(recipe),
        clean_accuracy=round(float(right.float().mean()), 4),
        certified_accuracy=certified(
            path, [f"{PREFIX}{i}" for i in range(CERTIFIED)], recipe.scheme(), CELLS
        ),
    )
    write_atomically(path.with_suffix(".json"), card_json(facts.record()))
    write_atomically(path.with_suffix(".md"), example_card(facts).encode())
    return path


def _data(recipe: LettersRecipe) -> str:
    last = TRAINED_FROM + recipe.letters - 1
    return (
        "written by engine/inputs/letters.py from the SHA-256 of a number, in sentences of our "
        f"own: a greeting, what was bought, four to six sentences on one matter, a closing; "
        f"training on {PREFIX}{TRAINED_FROM} to {PREFIX}{last}, test on {PREFIX}0 to "
        f"{PREFIX}{TEST - 1}"
    )


def main() -> None:
    """Write both models with their cards."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("assets/models"))
    out = parser.parse_args().out
    for recipe in SHIPPED:
        print(f"Wrote {make(recipe, out)} and its cards.")


if __name__ == "__main__":
    main()
