"""The images that stand beside a run's evidence in its report."""

from __future__ import annotations

from engine.evidence.evidence import Evidence
from engine.evidence.settings import hashed
from engine.explain.directions import SliceAxes
from engine.explain.examples import examples
from engine.explain.slices import explore
from engine.figures.images import Illustrations, has_slice, norm_of
from engine.figures.places import claimed, places_figure
from engine.inputs.base import FittedInput
from engine.models.base import Classifier
from engine.regions import Perturbation

MAP_SECONDS = 4.0
"""How long the map of the slice in a report is refined."""


def illustrate(
    evidence: Evidence, classifier: Classifier, fitted: FittedInput, *, seconds: float = MAP_SECONDS
) -> Illustrations:
    """The images beside the evidence: a slice through the input, and examples.

    Where numbers were measured it is the image with what is guaranteed of them.
    """
    outputs = evidence.model.outputs
    if evidence.procedure == "measure" and outputs is not None:
        pixels = fitted.pixels if evidence.input.kind == "image" else None
        claim = claimed(evidence.settings)
        return Illustrations(places=places_figure(outputs, evidence.intervals, claim, pixels))
    answer = evidence.predicted_class
    guess = answer if answer is not None else evidence.votes.guess
    region = None
    if has_slice(evidence) and evidence.procedure != "predict":  # its report shows no region
        *_, region = explore(
            classifier,
            fitted,
            evidence.settings,
            device=evidence.execution.device,
            region=evidence.region,
            center_class=guess,
            axes=_plane(evidence),
            budget_seconds=seconds,
        )
    shown = examples(
        classifier,
        fitted,
        evidence.settings,
        device=evidence.execution.device,
        region=evidence.region,
        center_class=guess,
        violated=counterexample(evidence),
    )
    return Illustrations(region=region, examples=shown)


def counterexample(evidence: Evidence) -> Perturbation | None:
    """A change that an exact method found to give another answer, whatever it certifies."""
    known = evidence.settings.scheme.known(evidence.facts)
    found = evidence.region or (known and known.drawn)
    return found.counterexample() if found else None


def _plane(evidence: Evidence) -> SliceAxes:
    """Towards an attack; of a ball that is no disc the two numbers that show its shape."""
    seed = hashed(evidence.settings).seed
    return (
        SliceAxes(seed=seed) if norm_of(evidence.region) == "l2" else SliceAxes("pixels", seed=seed)
    )
