"""Fields that several schemes declare: the levels of their noise."""

from __future__ import annotations

from typing import Any

from pydantic import Field

PIXELS, NUMBERS = "pixels in [0,1]", "standard deviations of their columns"
"""Units of a level and of the strengths that it certifies."""
OF_TABLE = "; for a table "
"""Between a unit of images and one of tables, where a scheme takes both."""
LARGEST_SIGMA = 100


def sigma_field(unit: str = PIXELS) -> Any:
    """Standard deviation of Gaussian noise."""
    return Field(
        default=0.25,
        gt=0,
        le=LARGEST_SIGMA,
        title="sigma",
        description="standard deviation of the noise",
        json_schema_extra={"unit": unit, "step": 0.05, "slider": [0.05, 2.0, 0.01]},
    )


def unit_for(unit: str, kind: str) -> str:
    """Of a unit that is said for images and tables, that of inputs of one kind; both of "".

    >>> unit_for("pixels; for a table standard deviations", "table")
    'standard deviations'
    """
    images, _, tables = unit.partition(OF_TABLE)
    if not kind or not tables:
        return unit
    return tables if kind == "table" else images


def half_width_field() -> Any:
    """Half-width of uniform noise on the 8-bit grid."""
    return Field(
        default=0.5,
        ge=0.01,
        le=20,
        title="half-width",
        description="half-width of the noise",
        json_schema_extra={"unit": PIXELS, "step": 0.05, "slider": [0.05, 4.0, 0.05]},
    )


def p_plus_field(default: float, *, le: float | None = None, lt: float | None = None) -> Any:
    """Probability that a 0 becomes 1, at most ``le`` or below ``lt``."""
    return Field(
        default=default,
        ge=0,
        le=le,
        lt=lt,
        title="p plus",
        description="probability that a 0 becomes 1",
        json_schema_extra={"step": 0.01, "slider": [0.0, 0.5, 0.005]},
    )


def p_minus_field(default: float, *, le: float | None = None, lt: float | None = None) -> Any:
    """Probability that a 1 becomes 0, at most ``le`` or below ``lt``."""
    return Field(
        default=default,
        ge=0,
        le=le,
        lt=lt,
        title="p minus",
        description="probability that a 1 becomes 0",
        json_schema_extra={"step": 0.05, "slider": [0.0, 0.95, 0.01]},
    )
