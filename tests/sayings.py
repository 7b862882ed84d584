"""A generative model without a network: what it says depends on how bright an image is."""

from __future__ import annotations

from pathlib import Path

import torch

from engine.core.records import Fitting, InputIdentity, ModelIdentity
from engine.inputs.base import FittedInput, pixels_sha256
from engine.models.generative import GenerativeClassifier, TextGenerator, composite
from engine.models.request import ModelRequest
from engine.oracles import Oracle
from engine.oracles.keywords import KeywordOracle

RULES = [("left", ["left"]), ("right", ["right"])]
ANSWERS = ("go left", "well ...", "turn right", "go right")
"""For images from dark to bright; the second is no command."""


class Brightness(TextGenerator):
    """One of four answers by the mean of the pixels; None for those that are not finite."""

    def prepare(self, device: torch.device, precision: str) -> None:
        """Nothing to move."""

    def answers(self, batch: torch.Tensor) -> list[str | None]:
        means = batch.flatten(1).mean(dim=1)
        steps = torch.bucketize(means, torch.tensor([0.35, 0.45, 0.55]))
        finite = torch.isfinite(means)
        return [
            ANSWERS[i] if ok else None
            for i, ok in zip(steps.tolist(), finite.tolist(), strict=True)
        ]


def keyword_oracle() -> KeywordOracle:
    return KeywordOracle([(name, list(words)) for name, words in RULES], source="rules.txt")


def saying(
    oracle: Oracle | None = None, *, weights: str = "ab" * 32, **request: object
) -> GenerativeClassifier:
    identity = ModelIdentity(
        name="brightness",
        source="brightness",
        format="safetensors",
        sha256=weights,
        architecture="none",
        class_names=("answer",),
        input_shape=(1, 2, 2),
    )
    asked = ModelRequest("brightness", **request)
    return composite(Brightness(), oracle or keyword_oracle(), identity, asked)


def flat(value: float) -> FittedInput:
    pixels = torch.full((1, 2, 2), value).numpy()
    digest = pixels_sha256(pixels)
    identity = InputIdentity(
        fitting=Fitting(),
        name="flat",
        source="flat",
        sha256=digest,
        pixels_sha256=digest,
        shape=(1, 2, 2),
    )
    return FittedInput.image(identity, pixels)


def rules_file(folder: Path, text: str = "left: left\nright: right, /stop\\w*/\n") -> Path:
    path = folder / "rules.txt"
    path.write_text(text)
    return path
