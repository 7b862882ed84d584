"""A run as the shell command that repeats it."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from engine.core.fields import FieldSpec, field_specs
from engine.evidence.settings import (
    USUAL,
    DecideSettings,
    Execution,
    MeasureSettings,
    PredictSettings,
    RunSettings,
    task_of,
)

PROGRAM = "certiscope"

_ALWAYS = ("n0", "n", "alpha", "bound", "seed")
"""Run settings a reader wants to see even at their defaults."""


class ModelNaming(Protocol):
    """The part of a ``ModelRequest`` that becomes flags."""

    @property
    def spec(self) -> str:
        """Which model."""

    @property
    def arch(self) -> str:
        """Architecture, empty to infer it."""

    @property
    def normalize(self) -> str:
        """Normalisation layer, ``auto`` to take what is stored or detected."""

    @property
    def encoding(self) -> str:
        """Layout of a noised image in channels, ``auto`` to take what is stated or counted."""

    @property
    def trust(self) -> bool:
        """Consent to a format that can run code."""

    @property
    def class_names(self) -> Path | None:
        """File of class names."""

    @property
    def oracle(self) -> Path | None:
        """File of the oracle of a generative model."""

    @property
    def prompt(self) -> str:
        """What it is asked."""

    @property
    def max_new_tokens(self) -> int:
        """Longest answer, 0 for the usual."""

    @property
    def output(self) -> str:
        """Which of several outputs is read; empty for the only one."""

    @property
    def threshold(self) -> float | None:
        """Above which a single score's label holds."""

    @property
    def tolerance(self) -> float | None:
        """How far places and numbers may be from the answer without noise."""

    @property
    def members(self) -> tuple[str, ...]:
        """All members of an ensemble; none where it is a single model."""

    @property
    def combine(self) -> str:
        """How the members of an ensemble become one answer."""

    @property
    def consensus(self) -> int:
        """The ensemble stops after so many first members if they agree; 0 asks all."""


def command_line(
    model: ModelNaming,
    input_spec: str,
    settings: RunSettings,
    execution: Execution = USUAL,
    at: Sequence[str] = (),
    *,
    audit: Path | None = None,
    alpha_audit: float = 0.0,
) -> str:
    """The same run as one line for a POSIX shell.

    Scheme, its parameters, n0, n, alpha, bound and seed always appear where the run has them, the
    rest where it differs from its default. Parsing the line gives the same settings back.
    """
    command = "certify" if isinstance(settings, MeasureSettings) else task_of(settings)
    words = [PROGRAM, command]
    for name in model.members or (model.spec,):
        words += ["--model", name]
    words += ["--input", input_spec, *_model_words(model)]
    words += ["--scheme", settings.scheme.key]
    for record in (settings.scheme, settings, execution):
        for spec in field_specs(type(record)):
            value = getattr(record, spec.name)
            if record is settings.scheme or spec.name in _ALWAYS or value != spec.default:
                words += _flag(spec, value)
    if isinstance(settings, PredictSettings):
        words += ["--test", "two-class" if settings.test == "two-sided" else settings.test]
    if isinstance(settings, DecideSettings):
        words += ["--target", settings.target, "--give-up", _text(settings.beta)]
        words += ["--phases", ",".join(map(str, settings.phases))] if settings.phases else []
    if audit is not None:
        words += ["--oracle-labels", str(audit)]
        words += ["--oracle-alpha", _text(alpha_audit)] if alpha_audit else []
    for text in at:
        words += ["--at", text]
    return shlex.join(words)


def _model_words(model: ModelNaming) -> list[str]:
    given = {
        "--arch": model.arch or None,
        "--normalize": None if model.normalize == "auto" else model.normalize,
        "--encoding": None if model.encoding == "auto" else model.encoding,
        "--class-names": model.class_names,
        "--oracle": model.oracle,
        "--prompt": model.prompt or None,
        "--max-new-tokens": model.max_new_tokens or None,
        "--output": model.output or None,
        "--threshold": model.threshold,
        "--tolerance": model.tolerance,
        "--combine": model.combine if model.members else None,
        "--consensus": model.consensus or None,
    }
    words = [(flag, _text(value)) for flag, value in given.items() if value is not None]
    return [*(word for pair in words for word in pair), *(["--trust"] if model.trust else [])]


def _flag(spec: FieldSpec, value: Any) -> list[str]:
    """A value as its flag; none where it is not given."""
    if value is None:
        return []
    if isinstance(value, bool):
        return [spec.flag if value else "--no-" + spec.flag.removeprefix("--")]
    return [spec.flag, _text(value)]


def _text(value: Any) -> str:
    """Text that parses back to the very same number."""
    return repr(value) if isinstance(value, float) else str(value)
