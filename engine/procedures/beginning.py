"""Any run of one input, by the procedure that its settings are of."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from engine.evidence.evidence import Evidence
from engine.evidence.settings import DecideSettings, PredictSettings, RunSettings
from engine.evidence.snapshot import Snapshot
from engine.inputs.base import FittedInput
from engine.models.base import Classifier
from engine.procedures.adaptive import decide
from engine.procedures.certify import certify
from engine.procedures.predict import predict


def begin(
    classifier: Classifier, fitted: FittedInput, settings: RunSettings, **given: Any
) -> Generator[Snapshot, None, Evidence]:
    """The procedure, ready to be driven.

    Args:
        classifier, fitted: the model, and the input in its shape.
        settings: of CERTIFY, an exact method, PREDICT or an adaptive decision.
        **given: further arguments of :func:`certify`, :func:`predict` or :func:`decide`.
    """
    if isinstance(settings, PredictSettings):
        return predict(classifier, fitted, settings, **given)
    if isinstance(settings, DecideSettings):
        return decide(classifier, fitted, settings, **given)
    return certify(classifier, fitted, settings, **given)
