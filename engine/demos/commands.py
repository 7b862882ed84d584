"""Train the shipped image-to-command model: ``python -m engine.demos.commands``.

Each sign has three phrasings; which of them is right depends on its size, which noise blurs, so
that a smoothed model says one command in several ways. Empty images get an answer that is no
command.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from engine.core.files import sha256_file, write_atomically
from engine.evidence.settings import RunSettings
from engine.inputs.commands import PREFIX, SIDE, SIGNS, TEST, TRAINED_FROM, drawn, sign
from engine.models.architectures.command_writer import END, MARKS, CommandWriter
from engine.models.text_generator import ARCHITECTURE
from engine.procedures.certify import certify
from engine.training.weights import safetensors_bytes
from engine.training.writing import card_json, threads

NAME = "commands"
SIGMA, SEED = 0.25, 0
TRAIN, VALIDATION = 4_000, 400
EPOCHS, BATCH, RATE = 40, 100, 2e-3
CERTIFIED, N0, N, ALPHA = 50, 100, 1_000, 0.001
NOTHING = "i see no sign"
PHRASES: dict[str, tuple[str, str, str]] = {
    "turn left": ("turn left", "go left", "take a left turn"),
    "turn right": ("turn right", "go right", "take a right turn"),
    "go forward": ("go forward", "go straight ahead", "move forward"),
    "stop": ("stop", "stop here", "halt"),
}
"""Three ways to say each command: for a small, a middling and a large sign."""
_REACHES = (5.0, 6.0)
"""Where small ends and where large begins."""
_EMPTY_EVERY = 10

Part = tuple[torch.Tensor, torch.Tensor]
"""Images (N, 1, 16, 16) and texts (N, L), word indices that end in END."""


def vocabulary() -> tuple[str, ...]:
    """The marks, then every word in alphabetical order."""
    texts = [NOTHING, *(phrase for each in PHRASES.values() for phrase in each)]
    return (*MARKS, *sorted({word for text in texts for word in text.split()}))


def phrase(number: int) -> str:
    """What the model is to say to an image."""
    what = sign(number)
    size = sum(what.reach >= border for border in _REACHES)
    return PHRASES[SIGNS[what.kind]][size]


def part(numbers: range) -> Part:
    """Images and texts; after every ten images an empty one."""
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


def train(*, epochs: int = EPOCHS, seed: int = SEED, training: int = TRAIN) -> CommandWriter:
    """The network of the last epoch; on one machine the same call gives the same weights."""
    torch.manual_seed(seed)
    images, texts = part(range(TRAINED_FROM, TRAINED_FROM + training))
    network = CommandWriter(len(vocabulary()))
    optimizer = torch.optim.Adam(network.parameters(), lr=RATE)
    steps = epochs * -(-len(images) // BATCH)
    rate = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=RATE, total_steps=steps)
    for _ in range(epochs):
        for chosen in torch.randperm(len(images)).split(BATCH):
            noised = images[chosen] + SIGMA * torch.randn_like(images[chosen])
            scores = network(noised, texts[chosen])
            loss = nn.functional.cross_entropy(scores.flatten(0, 1), texts[chosen].flatten())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            rate.step()
    return network.eval()


def oracle_text() -> str:
    """The rules of the oracle that is shipped beside the model."""
    rules = {
        "turn left": "left",
        "turn right": "right",
        "go forward": "forward, straight ahead",
        "stop": "stop, halt",
    }
    lines = (f"{name}: {words}\n" for name, words in rules.items())
    return "# The first command with a match takes the answer.\n" + "".join(lines)


def make(out: Path, network: CommandWriter) -> Path:
    """Write weights and oracle, then measure the written files and write both cards."""
    facts = {
        "architecture": ARCHITECTURE,
        "vocabulary": json.dumps(vocabulary()),
        "training_sigma": f"{SIGMA:g}",
    }
    path = out / f"{NAME}.safetensors"
    write_atomically(path, safetensors_bytes(network.state_dict(), facts))
    write_atomically(out / f"{NAME}.oracle.txt", oracle_text().encode())
    told = card(path, network)
    write_atomically(path.with_suffix(".json"), card_json(told))
    write_atomically(path.with_suffix(".md"), card_markdown(told).encode())
    return path


def card(path: Path, network: CommandWriter, *, certified: int = CERTIFIED) -> dict[str, Any]:
    """What the card says: how the model was made and what was measured on the test set."""
    return {
        "name": f"command-writer, sigma {SIGMA:.2f}",
        "title": "Drawn signs to commands in words, trained with noise",
        "architecture": ARCHITECTURE,
        "input_shape": [1, SIDE, SIDE],
        "training_sigma": SIGMA,
        "classes": [*SIGNS, "unparseable"],
        "phrases": {name: list(each) for name, each in PHRASES.items()},
        "parameters": sum(p.numel() for p in network.parameters()),
        "sha256": sha256_file(path),
        "data": "drawn by engine/inputs/commands.py from the SHA-256 of a number",
        "split": {
            "train": f"{PREFIX}{TRAINED_FROM} and the {TRAIN - 1:,} after it, "
            "an empty image after every ten",
            "test": f"{PREFIX}0 to {PREFIX}{TEST - 1}",
        },
        "recipe": {"epochs": EPOCHS, "batch": BATCH, "rate": RATE, "sigma": SIGMA},
        "seed": SEED,
        "torch": torch.__version__.partition("+")[0],
        "command": "python -m engine.demos.commands",
        **measured(path, certified),
    }


def measured(path: Path, certified: int) -> dict[str, Any]:
    """Shares of the test set: said right without noise, and certified right."""
    from engine.inputs import fit, load_input
    from engine.models.request import ModelRequest
    from engine.models.text_generator import load_writer

    model = load_writer(path, ModelRequest(str(path)))
    images = torch.stack([torch.from_numpy(drawn(sign(n))) for n in range(TEST)])
    said = model.writer.answers(images)
    classes = model.classify(images).tolist()
    radii = []
    settings = RunSettings(n0=N0, n=N, alpha=ALPHA)
    for number in range(certified):
        fitted = fit(load_input(f"{PREFIX}{number}"), model.identity)
        run = certify(model, fitted, settings)
        while True:
            try:
                next(run)
            except StopIteration as end:
                right = end.value.predicted_class == number % len(SIGNS)
                radii.append(end.value.radius if right else 0.0)
                break
    return {
        "clean_phrase_accuracy": sum(t == phrase(n) for n, t in enumerate(said)) / TEST,
        "clean_command_accuracy": sum(c == n % len(SIGNS) for n, c in enumerate(classes)) / TEST,
        "certified": {
            "inputs": certified,
            "n0": N0,
            "n": N,
            "alpha": ALPHA,
            "right": sum(r > 0 for r in radii) / max(1, certified),
            "acr": sum(radii) / max(1, certified),
        },
    }


def card_markdown(facts: dict[str, Any]) -> str:
    """The card for people."""
    found, split = facts["certified"], facts["split"]
    phrases = "\n".join(
        f"| {name} | {', '.join(each)} |" for name, each in facts["phrases"].items()
    )
    return f"""# {NAME}

{facts["title"]}: a small encoder with a recurrent decoder over whole words
({facts["parameters"]:,} weights) for images of 16 by 16 pixels in [0, 1]. It is a demonstration
of generative models with an oracle; the oracle beside it, `{NAME}.oracle.txt`, reads commands out
of the answers by keywords.

| command | phrasings: small, middling, large sign |
| --- | --- |
{phrases}

To an empty image it says '{NOTHING}', which is no command: the oracle calls it unparseable.

- **Trained with**: Gaussian noise, sigma {facts["training_sigma"]:.2f} (pixels in [0,1]);
  `{facts["command"]}`, seed {facts["seed"]}, {facts["recipe"]["epochs"]} epochs, torch
  {facts["torch"]}, one thread.
- **Data**: {facts["data"]}; training: {split["train"]}; test: {split["test"]}.
- **SHA-256 of the weights**: `{facts["sha256"]}`.
- **Without noise**, {TEST} test images: the right command
  {100 * facts["clean_command_accuracy"]:.1f} %, the very phrase
  {100 * facts["clean_phrase_accuracy"]:.1f} %.
- **Certified and right**, {found["inputs"]} test images, n0 = {found["n0"]:,}, n =
  {found["n"]:,}, alpha = {found["alpha"]:g} per image: {100 * found["right"]:.1f} %; average
  certified radius {int(1000 * found["acr"]) / 1000:.3f}.
- **Limits**: it knows only signs drawn like these, upright, light on dark.
"""


def main() -> None:
    """Train the model and write it into the folder given by ``--out``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("assets/models"))
    out = parser.parse_args().out
    with threads(1):
        print(f"Wrote {make(out, train())}.")


if __name__ == "__main__":
    main()
