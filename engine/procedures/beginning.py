"""Any run of one input, by the procedure that its settings are of."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from engine.evidence.evidence import Evidence
from engine.evidence.settings import (
    DecideSettings,
    MeasureSettings,
    PredictSettings,
    RunSettings,
    SweepSettings,
)
from engine.evidence.snapshot import Snapshot
from engine.inputs.base import FittedInput
from engine.models.base import Classifier
from engine.procedures.adaptive import decide
from engine.procedures.certify import certify
from engine.procedures.measure import measure, measuring
from engine.procedures.predict import predict
from engine.procedures.sweep import sweep


def certified(classifier: Classifier, fitted: FittedInput, settings: RunSettings) -> Classifier:
    """The function that a run is about, bound to its input; one that keeps its numbers, if asked.

    Raises:
        UserError: model, input and settings do not fit together.
    """
    if isinstance(settings, MeasureSettings):
        classifier = measuring(classifier)
    return classifier.bound_to(fitted, settings.scheme)


def begin(
    classifier: Classifier, fitted: FittedInput, settings: RunSettings, **given: Any
) -> Generator[Snapshot, None, Evidence]:
    """The procedure, ready to be driven.

    Args:
        classifier, fitted: the model, and the input in its shape.
        settings: of CERTIFY, an exact method, a sweep, PREDICT, an adaptive decision or median
            smoothing.
        **given: further arguments of :func:`certify` and its like.
    """
    if isinstance(settings, SweepSettings):
        return sweep(classifier, fitted, settings, **given)
    if isinstance(settings, PredictSettings):
        return predict(classifier, fitted, settings, **given)
    if isinstance(settings, MeasureSettings):
        return measure(classifier, fitted, settings, **given)
    if isinstance(settings, DecideSettings):
        return decide(classifier, fitted, settings, **given)
    return certify(classifier, fitted, settings, **given)
