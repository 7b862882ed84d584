"""Gaussian noise on an input's first part: one sigma for all, or one for each of its parts.

The parts are the colour channels of an image or the numeric columns of a table.
"""

from __future__ import annotations

from abc import ABC
from typing import ClassVar

from pydantic import Field, field_validator

from engine.core.errors import UserError
from engine.core.records import InputIdentity
from engine.noise.gaussian_law import GaussianNoise
from engine.regions import Perturbation
from engine.regions.anisotropic import part_terms, together
from engine.schemes.parameter_fields import LARGEST_SIGMA, NUMBERS, PIXELS, sigma_field
from engine.schemes.threshold import Deciding

_PART = {PIXELS: "colour channel", NUMBERS: "numeric column"}


class Parts(Deciding, ABC):
    """x + sigma z, or x_i + sigma_i z in every part i.

    With a change of norm epsilon_i in part i the likelihood ratio is that of a single Gaussian part
    moved by a = sqrt(sum_i (epsilon_i / sigma_i)^2); nothing else in the certificate changes.
    """

    strength: ClassVar[str] = "epsilon"
    unwritten: ClassVar[frozenset[str]] = Deciding.unwritten | {"sigmas"}

    sigma: float = sigma_field()
    sigmas: str | None = Field(
        default=None,
        max_length=4000,
        title="own sigma of each part",
        description="separated by commas, one for each colour channel of an image or each numeric "
        "column of a table; not given: sigma for all",
        json_schema_extra={"advanced": True},
    )

    @field_validator("sigmas")
    @classmethod
    def _numbers(cls, text: str | None) -> str | None:
        if text is None or not text.strip():
            return None
        parts = [part.strip() for part in text.split(",")]
        if not all(map(_is_sigma, parts)):
            raise ValueError(f"must be numbers above 0, at most {LARGEST_SIGMA}, such as 0.25,0.5")
        # one spelling for one number: "0.250" and "0.25" are the same try at the same claim
        return ",".join(repr(float(part)).removesuffix(".0") for part in parts)

    def idle(self) -> frozenset[str]:
        """The one sigma where each part has its own."""
        return frozenset({"sigma"} if self.sigmas else ())

    def own_sigmas(self) -> tuple[float, ...]:
        """One for each part; empty where there is one for all."""
        return tuple(map(float, self.sigmas.split(","))) if self.sigmas else ()

    def gaussian(self) -> GaussianNoise:
        """The noise of the first part."""
        unit = self.unit()
        return GaussianNoise(
            self.sigma, unit, self.own_sigmas(), _PART[unit], gridded=unit == PIXELS
        )

    def noise_in_words(self) -> str:
        """The law, its levels and the decision."""
        return f"{self.noise().in_words()}; {self.decision_in_words()}"

    def least_sigma(self) -> float:
        """Of the part that a change of a given norm moves furthest."""
        return min(self.gaussian().sigmas)

    def shift(self, perturbation: Perturbation) -> float:
        """a: how far the Gaussian noise is moved, at most, in its own standard deviations."""
        return together(perturbation, self.strength, self.own_sigmas()) / self.least_sigma()

    def check_input(self, given: InputIdentity) -> None:
        """Refuse an input with another number of parts than there are sigmas."""
        super().check_input(given)
        self.check_parts(given)

    def check_parts(self, given: InputIdentity) -> None:
        """Refuse a table without fields, or another number of parts than there are sigmas.

        Raises:
            UserError: naming what is missing, or the number that fits.
        """
        if given.kind == "table" and not given.alphabet:
            raise UserError(
                f"{given.name} has no categorical column, and {self.key} noises numbers and "
                "categories together; give a table with both, or choose gaussian-row."
            )
        count, parts = len(self.own_sigmas()), given.shape[0]
        if count and count != parts:
            part = _PART[self.unit()]
            raise UserError(
                f"{given.name} has {parts} {part}{'s' if parts > 1 else ''}, but --sigmas lists "
                f"{count}; list {parts}, one for each {part}."
            )

    def unit(self) -> str:
        """Of epsilon and sigma."""
        return PIXELS

    def known_terms(self) -> tuple[str, ...]:
        """The scheme's terms, and those of the parts that have a sigma of their own."""
        return (*super().known_terms(), *part_terms(self.strength, len(self.own_sigmas())))

    def parse_at(self, text: str, *, name: str = "--at") -> Perturbation:
        """As of any scheme; ``epsilon1``, ``epsilon2``, ... may stand for ``epsilon``.

        Parts that are not named are unchanged.

        Raises:
            UserError: as of any scheme, or both the whole change and a part of it are given.
        """
        found = super().parse_at(text, name=name)
        named = [term for term in found if term not in self.terms]
        if named and self.strength in found:
            raise UserError(
                f"{name} {text}: give {self.strength}, the norm of the whole change, or "
                f"{', '.join(named)} of its parts, not both."
            )
        return found

    def missing(self, found: Perturbation) -> list[str]:
        """The strength is not, if one of its parts is there."""
        named = any(term not in self.terms for term in found)
        return [term for term in super().missing(found) if not (named and term == self.strength)]


def _is_sigma(text: str) -> bool:
    try:
        return text.isascii() and 0 < float(text) <= LARGEST_SIGMA
    except ValueError:
        return False
