"""What noise and an attack do to the words of a text, and to the image beside it."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict

from engine.core.records import Record
from engine.figures.attack import Attack
from engine.figures.changes import sizes
from engine.regions import Count, Perturbation, Region, Staircase
from engine.regions.base import whole

WordMark = Literal["", "replaced", "masked"]


class Wording(BaseModel):
    """A text as it stands, and the image beside it.

    Attributes:
        words: one per token.
        marks: what happened to each of them.
        image: (C, H, W) in [0, 1]; None for a text alone.
        answer: of the base model; empty where not asked.
        clipped: whether the image was clipped to [0, 1] for the eye.
    """

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    words: tuple[str, ...]
    marks: tuple[WordMark, ...]
    image: npt.NDArray[np.float32] | None = None
    answer: str = ""
    clipped: bool = False

    def text(self) -> str:
        """The words in a row."""
        return " ".join(self.words)

    def told(self) -> str:
        """How many words are marked: ``2 replaced, 1 masked``; empty for none."""
        kinds: tuple[WordMark, ...] = ("replaced", "masked")
        counts = [(self.marks.count(kind), kind) for kind in kinds]
        return ", ".join(f"{count} {kind}" for count, kind in counts if count)


class Substitution(Record):
    """A word put in the place of another.

    Attributes:
        position: of the token.
        word: the new one.
    """

    position: int
    word: str


class WordAttack(BaseModel):
    """Words to replace, for any number of them.

    Attributes:
        steps: those to replace first leading.
        how: in words.
        image: how the image is moved; None for a text alone.
    """

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    steps: tuple[Substitution, ...]
    how: str
    image: Attack | None = None

    @staticmethod
    def size(region: Region, change: Perturbation) -> tuple[int, float] | None:
        """Words to replace and l2 norm of the image's change; None for other terms."""
        if isinstance(region, Count):
            return whole(change, region.term), 0.0
        if isinstance(region, Staircase) and region.first == 0:
            return whole(change, region.count_term), change[region.strength_term]
        return None

    def on(self, given: Wording, words: int, strength: float) -> Wording:
        """The first ``words`` steps, and the image moved by ``strength``."""
        new = {step.position: step.word for step in self.steps[:words]}
        moved = None
        if self.image is not None and strength:
            moved = self.image.moved(self.image.order.size, strength, "l2")
        return Wording(
            words=tuple(new.get(i, word) for i, word in enumerate(given.words)),
            marks=tuple("replaced" if i in new else "" for i in range(len(given.words))),
            image=given.image if moved is None else moved.pixels,
            clipped=moved is not None and moved.clipped,
        )


class WordsFigure(BaseModel):
    """What the numbers mean for a text, alone or beside an image.

    Attributes:
        original: the input as the model reads it, with the answer of the base model.
        samples: noisy samples with its answers.
        noise_in_words: the law.
        attack: words to replace; None where no class was chosen.
        region: what is certified, which says how large a change may be.
        answers: of the base model after each of ``sizes(region)``; empty where not asked.
    """

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    original: Wording
    samples: tuple[Wording, ...]
    noise_in_words: str
    attack: WordAttack | None = None
    region: Region | None = None
    answers: tuple[str, ...] = ()

    def changed(self, change: Perturbation) -> Wording | None:
        """The input after an attack of this size, with the base model's answer where asked."""
        if self.attack is None or self.region is None:
            return None
        size = self.attack.size(self.region, change)
        if size is None:
            return None
        answers = dict(zip(map(_key, sizes(self.region)), self.answers, strict=False))
        found = self.attack.on(self.original, *size)
        return found.model_copy(update={"answer": answers.get(_key(change), "")})


def _key(change: Perturbation) -> frozenset[tuple[str, float]]:
    return frozenset(change.items())
