"""A few votes to plan with."""

from __future__ import annotations

import threading

from engine.core.records import Votes
from engine.evidence.settings import USUAL, CertifySettings, Execution, SweepSettings
from engine.inputs.base import FittedInput
from engine.models.base import Classifier
from engine.noise.gaussian import Stream
from engine.procedures.run import Run


def pilot_votes(
    classifier: Classifier,
    fitted: FittedInput,
    settings: CertifySettings | SweepSettings,
    *,
    execution: Execution = USUAL,
    stop: threading.Event | None = None,
) -> Votes:
    """The n0 votes a run under these settings would choose its class by.

    They come from the selection stream, so n may be chosen from them and the estimation votes of
    such a run are fresh all the same.

    Raises:
        UserError: model and input do not fit together, or the model fails.
    """
    run = Run(classifier, fitted, settings, execution, stop=stop, is_try=False)
    votes = Votes(counts=(0,) * len(run.class_names))
    for counted in run.sampler.votes(Stream.SELECTION, settings.n0):
        votes = counted
    return votes
