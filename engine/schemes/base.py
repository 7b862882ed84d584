"""The contract of a scheme: a noise law and the certificate that belongs to it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import model_serializer

from engine.errors import UserError
from engine.records import ProbabilityBounds, Record
from engine.regions import Perturbation, Region

if TYPE_CHECKING:
    import torch

    from engine.noise import NoiseSource


class Scheme(Record, ABC):
    """A smoothing scheme: its fields are its parameters.

    The window's form, the command line's flags, the README's table and the report are made from
    the fields and the class facts below; adding a scheme is one file and one line in
    ``engine/schemes/__init__.py``. This module and the schemes import no torch at module level:
    the window lists them before torch is loaded, and a verifier never loads it.
    """

    key: ClassVar[str]
    """Name on the command line."""
    title: ClassVar[str]
    citation: ClassVar[str]
    inputs: ClassVar[tuple[str, ...]]
    """Kinds of input, e.g. ``("image",)``."""
    attacker: ClassVar[str]
    """What the attacker may do, in one sentence that starts with a verb."""
    randomness: ClassVar[Literal["probabilistic", "deterministic"]] = "probabilistic"
    guarantee: ClassVar[Literal["individual", "distributional", "heuristic"]] = "individual"
    terms: ClassVar[dict[str, str]]
    """The terms of a perturbation (``--at``), each with its meaning and unit."""
    limits: ClassVar[tuple[str, ...]]
    """What the certificate does *not* say, one sentence each, for the report."""

    @abstractmethod
    def noisy(self, x: torch.Tensor, stream: NoiseSource, start: int, out: torch.Tensor) -> None:
        """Fill ``out`` with noisy copies of ``x``: sample ``start + i`` in row i.

        Args:
            x: the input, shape (C, H, W), float32, in the units of the model's input.
            stream: the counter-based noise; its samples depend on the index alone.
            start: index of the first sample.
            out: shape (B, C, H, W), float32, on x's device; overwritten.
        """

    @abstractmethod
    def region(self, bounds: ProbabilityBounds) -> Region | None:
        """The certified region under ``bounds``, or None where they certify nothing."""

    @abstractmethod
    def required_probability(self, perturbation: Perturbation) -> float:
        """Smallest p_lower that certifies ``perturbation`` against one half."""

    @abstractmethod
    def noise_in_words(self) -> str:
        """The noise law with its parameters, e.g. ``Gaussian, sigma 0.50 (pixels in [0,1])``."""

    def total_variation(self, elements: int) -> float | None:
        """Distance of the scheme's exact-grid noise from its law; None if it has no such noise."""
        del elements
        return None

    def noise_level(self) -> float | None:
        """The level a base model should have been trained with; None if that has no meaning."""
        return None

    def parse_at(self, text: str) -> Perturbation:
        """A perturbation from ``--at``: ``radius=0.25`` or ``additions=1,deletions=2``.

        Raises:
            UserError: a term that this scheme does not have, a value that is no number >= 0, or a
                term missing.
        """
        wanted = ", ".join(self.terms)
        found: Perturbation = {}
        for part in text.split(","):
            name, _, value = part.partition("=")
            name = name.strip()
            if name not in self.terms:
                raise UserError(f"--at {text}: {self.key} knows the terms {wanted}, not '{name}'.")
            try:
                found[name] = float(value)
            except ValueError:
                raise UserError(f"--at {text}: '{value}' is not a number.") from None
            if not 0 <= found[name] < float("inf"):
                raise UserError(f"--at {text}: {name} must be a finite number >= 0.")
        missing = [name for name in self.terms if name not in found]
        if missing:
            raise UserError(f"--at {text}: {', '.join(missing)} is missing ({wanted} are needed).")
        return found

    @model_serializer(mode="wrap")
    def _with_key(self, handler: Any) -> dict[str, Any]:
        return {"key": self.key, **handler(self)}
