"""What the evidence says about a run's noise, and what the noise costs the claim. No torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from engine.core.records import InputIdentity
from engine.evidence.evidence import NoiseRecord
from engine.evidence.settings import RunSettings
from engine.noise.law import Arithmetic
from engine.noise.streams import KEY_MATERIAL, Stream

_DRAWN: Mapping[Arithmetic, Literal["float", "exact grid", "exact integers"]] = {
    "exact grid": "exact grid",
    "exact integers": "exact integers",
    "enumerated": "exact integers",
}
"""How what is drawn is drawn; the rest in floats."""


def distance(settings: RunSettings, elements: int) -> float:
    """Total-variation distance of the drawn noise from its law; 0 where nothing is proved of it.

    Raises:
        UserError: exact noise was asked of a scheme that has none.
    """
    return settings.scheme.drawn(settings.noise).total_variation(elements)


def on_input(settings: RunSettings, given: InputIdentity) -> RunSettings:
    """The settings with what an input decides of the scheme, such as the unit of its noise."""
    return settings.model_copy(update={"scheme": settings.scheme.for_input(given)})


def noise_record(settings: RunSettings, *, key: int, elements: int) -> NoiseRecord:
    """The noise of a run under ``settings`` with ``key`` on an input of so many numbers.

    Raises:
        UserError: exact noise was asked of a scheme that has none.
    """
    law = settings.scheme.drawn(settings.noise)
    return NoiseRecord(
        generator=law.generator,
        levels=law.levels,
        key=f"{key:016x}",
        key_material=KEY_MATERIAL,
        selection_stream=int(Stream.SELECTION),
        estimation_stream=int(Stream.ESTIMATION),
        arithmetic=_DRAWN.get(law.arithmetic, "float"),
        total_variation=law.total_variation(elements),
        table_sha256=law.table_sha256,
    )
