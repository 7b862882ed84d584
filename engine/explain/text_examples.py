"""Texts as examples, alone or beside an image: words that noise and attacks replace or mask."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from engine.explain.presenter import Presenter, Ready
from engine.explain.substitutions import substitutions
from engine.figures.examples import Arrays, Attack, Media
from engine.figures.media import ImageMedium, WordMark, WordsMedium
from engine.inputs.coding import Tokenizer
from engine.regions import Region


@dataclass(frozen=True)
class TextPresenter(Presenter):
    """Shows tokens (L,) as words, and the image (C, H, W) before them where there is one."""

    arrays: Arrays
    tokenizer: Tokenizer

    def show(self, arrays: Arrays) -> Media:
        """The words, marked where they differ from the clean ones, and the image beside them."""
        tokens, size = arrays[-1].tolist(), self.tokenizer.size

        def mark(new: int, old: int) -> WordMark:
            if new == old:
                return ""
            return "masked" if new >= size else "replaced"  # one past the alphabet is the mask

        marks = tuple(map(mark, tokens, self.arrays[-1].tolist()))
        words = WordsMedium(words=self.tokenizer.words(tokens), marks=marks)
        images = (ImageMedium.of(part[: len(self.arrays[0])]) for part in arrays[:-1])
        return (*images, words)

    def attack(
        self, ready: Ready, region: Region, *, top: int | None, tries: int, stop: threading.Event
    ) -> Attack | None:
        """Words to replace, and an image to move."""
        if top is None or self.tokenizer.size < 2:
            return None
        arities = [self.tokenizer.size] * len(self.arrays[-1])
        found, how = substitutions(
            ready, self.arrays, arities, top=top, tries=tries, words=("words", "image")
        )
        return Attack(how, found.change, self.show)
