"""Short names that tell candidates apart in an image."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from engine.comparison.records import Candidate


def labels(candidates: Sequence[Candidate]) -> tuple[str, ...]:
    """The scheme of each, with the parameters that tell it from others of its kind.

    Models that share all of these are told apart by their own names.
    """
    short = [_label(one, candidates) for one in candidates]
    often = Counter(short)
    return tuple(
        f"{text}, {one.name}" if often[text] > 1 else text
        for text, one in zip(short, candidates, strict=True)
    )


def _label(one: Candidate, candidates: Sequence[Candidate]) -> str:
    kind = one.scheme.key.replace("-", " ").replace("gaussian", "Gaussian")
    rivals = [other.scheme for other in candidates if other.scheme.key == one.scheme.key]
    telling = [
        f"{name.replace('_', ' ')} {getattr(one.scheme, name):g}"
        for name in type(one.scheme).model_fields
        if len({getattr(rival, name) for rival in rivals}) > 1
        and isinstance(getattr(one.scheme, name), int | float)
    ]
    return ", ".join([kind[0].upper() + kind[1:], *telling])
