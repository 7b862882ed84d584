"""What a generative model said, grouped: every distinct answer with its class and its count."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pydantic import Field

from engine.core.records import Record

MOST_GROUPS = 200
"""Distinct answers that are kept by their text; the rest are counted per class."""
LONGEST_TEXT = 1000
"""Longer answers are counted, but their text is not kept."""


class AnswerGroup(Record):
    """Answers that were counted together.

    Attributes:
        text: of the answer; None for all answers of that class that are not kept by their text.
        class_index: the class an oracle made of it.
        count: how many samples gave it.
    """

    text: str | None
    class_index: int = Field(ge=0)
    count: int = Field(ge=1)


class AnswerBook:
    """Answers as they arrive. The first 200 distinct ones, by sample index, keep their text.

    Args:
        groups: what was counted before, to be resumed.
    """

    def __init__(self, groups: Iterable[AnswerGroup] = ()) -> None:
        self._counts: dict[tuple[str | None, int], int] = {}
        self._texts = 0
        for group in groups:
            self._counts[group.text, group.class_index] = group.count
            self._texts += group.text is not None

    def add(self, said: Sequence[str | None], classes: Sequence[int]) -> None:
        """Count the answers of one batch; None and a negative class are failures, not answers."""
        for text, index in list(zip(said, classes, strict=True)):  # all of them, or none
            if text is not None and index >= 0:
                self._add(text, index)

    def _add(self, text: str, index: int) -> None:
        key: tuple[str | None, int] = (text, index)
        if key not in self._counts:
            if self._texts >= MOST_GROUPS or len(text) > LONGEST_TEXT:
                key = (None, index)
            else:
                self._texts += 1
        self._counts[key] = self._counts.get(key, 0) + 1

    def groups(self) -> tuple[AnswerGroup, ...]:
        """By falling count, ties by class and text."""
        ranked = sorted(
            self._counts.items(), key=lambda item: (-item[1], item[0][1], item[0][0] or "")
        )
        return tuple(
            AnswerGroup(text=text, class_index=index, count=count)
            for (text, index), count in ranked
        )


def per_class(groups: Iterable[AnswerGroup], classes: int) -> tuple[int, ...]:
    """How many answers each class got.

    Raises:
        IndexError: a group names a class that there is not.
    """
    counts = [0] * classes
    for group in groups:
        counts[group.class_index] += group.count
    return tuple(counts)
