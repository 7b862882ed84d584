"""What the evidence says about a run's noise, and what the noise costs the claim. No torch."""

from __future__ import annotations

from engine.core.errors import UserError
from engine.evidence.evidence import NoiseRecord
from engine.evidence.settings import RunSettings
from engine.noise.discrete_gaussian_law import GENERATOR as EXACT_GENERATOR
from engine.noise.discrete_gaussian_law import tables_sha256
from engine.noise.streams import ENUMERATION, GENERATOR, INTEGER_GENERATOR, KEY_MATERIAL, Stream


def distance(settings: RunSettings, elements: int) -> float:
    """Total-variation distance of the drawn noise from its law; 0 where nothing is proved of it.

    Raises:
        UserError: exact noise was asked of a scheme that has none.
    """
    scheme = settings.scheme
    if scheme.law == "enumerated" or (scheme.law == "continuous" and settings.noise == "float"):
        return 0.0
    found = scheme.total_variation(elements)
    if found is None:
        raise UserError(f"The scheme '{scheme.key}' has no exact noise; choose --noise float.")
    return found


def noise_record(settings: RunSettings, *, key: int, elements: int) -> NoiseRecord:
    """The noise of a run under ``settings`` with ``key`` on an input of so many numbers.

    Raises:
        UserError: exact noise was asked of a scheme that has none.
    """
    law, exact = settings.scheme.law, settings.noise == "exact"
    levels = settings.scheme.noise_levels()
    gridded = exact and law == "continuous"
    generator = {
        "continuous": EXACT_GENERATOR if exact else GENERATOR,
        "discrete": INTEGER_GENERATOR,
        "enumerated": ENUMERATION,
    }[law]
    return NoiseRecord(
        generator=generator,
        key=f"{key:016x}",
        key_material=KEY_MATERIAL,
        selection_stream=int(Stream.SELECTION),
        estimation_stream=int(Stream.ESTIMATION),
        arithmetic="exact grid"
        if gridded
        else "float"
        if law == "continuous"
        else "exact integers",
        total_variation=distance(settings, elements),
        table_sha256=tables_sha256(levels) if gridded and levels else "",
    )
