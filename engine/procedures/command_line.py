"""A run as the shell command that repeats it."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any

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
from engine.models.request import REQUEST_FIELDS, ModelRequest

PROGRAM = "certiscope"

_ALWAYS = ("n0", "n", "alpha", "bound", "seed")
"""Run settings a reader wants to see even at their defaults."""


def command_line(
    model: ModelRequest,
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
            said = record is settings.scheme and spec.told(value)
            if said or spec.name in _ALWAYS or value != spec.default:
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


def _model_words(model: ModelRequest) -> list[str]:
    words = []
    for field in REQUEST_FIELDS:
        if field.given(model):
            words += [field.flag, field.text(getattr(model, field.name))]
    return [*words, *(["--trust"] if model.trust else [])]


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
