"""Examples: noisy samples of an input, and perturbations of the largest certified sizes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy.typing as npt
from pydantic import BaseModel, ConfigDict

from engine.figures.media import GraphMedium, ImageMedium, Medium, WordsMedium
from engine.regions import Perturbation, Region
from engine.regions.region import Budget

Arrays = tuple[npt.NDArray[Any], ...]
"""An input's parts, as a model takes them without noise."""
Media = tuple[Medium, ...]


class Example(BaseModel):
    """An input as it is, with noise, or changed.

    Attributes:
        name: of the example in a table.
        caption: what it is, and the base model's answer to it.
        note: what happened to it; empty for nothing.
        answer: of the base model; empty where not asked.
        answered: its class index; -1 where it named no class, None where not asked.
        media: its parts.
    """

    model_config = ConfigDict(frozen=True, defer_build=True)

    name: str
    caption: str
    note: str = ""
    answer: str = ""
    answered: int | None = None
    media: Media

    @classmethod
    def clean(cls, media: Media, answer: str = "") -> Example:
        """The input without noise."""
        caption = f"without noise: {answer}" if answer else "the input"
        note = _joined(*(one.key() for one in media))
        return cls(name="input", caption=caption, note=note, answer=answer, media=media)

    @classmethod
    def noisy(cls, number: int, media: Media, answer: str, answered: int | None = None) -> Example:
        """Noisy sample ``number``, counted from 1, and what a denoiser makes of it, if one does."""
        seen = media[-1]
        denoised = isinstance(seen, ImageMedium) and seen.touch == "denoised"
        return cls(
            name=f"noisy sample {number}",
            caption=_joined(f"{'denoised' if denoised else 'noisy'}: {answer}", _unseen(media)),
            note=_joined(f"sample {number}", *(one.told() for one in media)),
            answer=answer,
            answered=answered,
            media=media,
        )

    def told(self) -> str:
        """What happened to its parts, in words."""
        return _joined(*(one.told() for one in self.media))

    def spoken(self) -> str:
        """What it is for those who cannot see it: a text in its words."""
        texts = [one.text() for one in self.media if isinstance(one, WordsMedium)]
        return f"The text '{texts[0]}'" if texts else "The input"

    def listed(self, most: int) -> str:
        """A graph's touched nodes one by one, ``most`` of them at most; empty for other inputs."""
        return _joined(*(one.told(most) for one in self.media if isinstance(one, GraphMedium)))


@dataclass(frozen=True)
class Attack:
    """How an input is changed, for any size of change: an illustration, no bound on attacks.

    Attributes:
        how: in words; empty where the change itself says it.
        change: the input after a change within a budget, not clipped; None where the budget says
            nothing about inputs of this kind.
        show: a changed input's parts.
        changes: the only ones it has; None where it has one for any size.
    """

    how: str
    change: Callable[[Budget], Arrays | None]
    show: Callable[[Arrays], Media]
    changes: tuple[Perturbation, ...] | None = None


class ExamplesFigure(BaseModel):
    """An input, noisy samples of it, and how it looks after certified perturbations.

    Attributes:
        noise_in_words: the law of the noise.
        original: the input.
        samples: noisy samples.
        attack: how the input is changed; None where nothing is certified or no attack was found.
        region: what is certified.
        changes: the largest certified perturbations, from few things to many.
        answers: of the base model after each of ``changes``, as far as it was asked.
        center_class: the class that is certified or bounded; None where none was chosen.
        violated: the input after a change that gives another answer; None where none is known.
        counted: its samples are the first that the run counted, not of a stream of their own.
    """

    model_config = ConfigDict(frozen=True, defer_build=True, arbitrary_types_allowed=True)

    noise_in_words: str
    original: Example
    samples: tuple[Example, ...] = ()
    attack: Attack | None = None
    region: Region | None = None
    changes: tuple[Perturbation, ...] = ()
    answers: tuple[str, ...] = ()
    center_class: int | None = None
    violated: Example | None = None
    counted: bool = False

    def changed(self, change: Perturbation) -> Example | None:
        """The input after a change of this size, certified or not; None where none is known."""
        if self.attack is None or self.region is None:
            return None
        allowed = self.region.budget(change)
        arrays = None if allowed is None else self.attack.change(allowed)
        if arrays is None:
            return None
        media = self.attack.show(arrays)
        answers = (a for c, a in zip(self.changes, self.answers, strict=False) if c == change)
        answer, size = next(answers, ""), self.region.describe(change)
        certified = change in self.changes or self.region.contains(change)
        word = "changed" if certified else "not certified"
        told = f"{answer} ({size})" if answer else size
        clipped = any(isinstance(one, ImageMedium) and one.clipped for one in media)
        return Example(
            name=f"changed: {size}",
            caption=_joined(f"{word}: {told}", _unseen(media)),
            note=_joined(
                *(one.told() for one in media),
                self.attack.how,
                "shown clipped to [0, 1]" if clipped else "",
            ),
            answer=answer,
            media=media,
        )

    def middle(self) -> Example | None:
        """The change in the middle of ``changes``."""
        return self.changed(self.changes[len(self.changes) // 2]) if self.changes else None

    def strip(self) -> tuple[Example, ...]:
        """What is printed of ``changes``: a transformation at each of them, else the middle one."""
        region = self.region
        moved = region is not None and all(
            allowed is not None and allowed.moves for allowed in map(region.budget, self.changes)
        )
        middle = () if moved else (self.middle(),)
        found = map(self.changed, self.changes) if moved else middle
        return tuple(one for one in found if one is not None)

    def everything(self) -> Iterator[Example]:
        """The input, every noisy sample, and the input after every change."""
        yield from (self.original, *self.samples)
        yield from (one for change in self.changes if (one := self.changed(change)) is not None)
        yield from () if self.violated is None else (self.violated,)


def _unseen(media: Media) -> str:
    """That the last part, which a viewer looks at, is plain for want of range."""
    return media[-1].unseen if isinstance(media[-1], ImageMedium) else ""


def _joined(*clauses: str) -> str:
    return "; ".join(filter(None, clauses))
