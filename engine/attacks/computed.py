"""The attack on smoothed stumps, whose probabilities are computed: no sample and no test is needed.

A change is found if the other class has a computed probability above one half there, from below:
its own certificate would then be issued at the changed input.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator

import numpy as np

from engine.attacks.measure import measured
from engine.attacks.search import GROWTH, Found, Goal, nearest
from engine.attacks.smoothed import Stopped
from engine.certificates.stump_vote import StumpVote
from engine.certificates.stumps import Floats, Norm, Steps, StumpEnsemble
from engine.core.generators import result_of
from engine.evidence.attack import AttackRecord, inside
from engine.evidence.evidence import Evidence
from engine.evidence.settings import Counting, Execution
from engine.figures.examples import Arrays
from engine.inputs.base import FittedInput, arrays_sha256
from engine.models.base import Classifier
from engine.procedures.certify import certify
from engine.procedures.prepared import PreparedModel
from engine.procedures.run import run_key
from engine.regions import Perturbation
from engine.schemes.stumps import StumpScheme
from engine.schemes.stumps_fields import MOST_FIELDS, StumpsFields
from engine.schemes.stumps_vote import StumpsVote

_MARGIN = 1e-9
"""By how much the other class has to lead: float32 numbers do not move that little."""
_NOT_FOUND = "No change was found at which another class is the more probable one."


class Computed:
    """The smoothed ensemble as a search asks it: its probabilities, and the slope of its sum.

    Args:
        scheme: of stumps.
        model: the ensemble, or the vote of several.
        stop: when set, the next question raises :class:`Stopped`.

    Attributes:
        looks: inputs at which the probabilities were computed.
    """

    how = "slopes of the expected sum of the stumps"

    def __init__(
        self, scheme: StumpScheme, model: StumpEnsemble | StumpVote, stop: threading.Event
    ) -> None:
        self.scheme, self.model, self._stop = scheme, model, stop
        self.looks = 0

    def lead(self, arrays: Arrays, top: int) -> float:
        """2 q - 1, q bounding the probability of missing the other class; below 0 that leads.

        Raises:
            Stopped: the attack was ended.
        """
        if self._stop.is_set():
            raise Stopped
        self.looks += 1
        facts = self.scheme.compute(arrays, self.model)
        return 2.0 * float(facts[self.scheme.named[1 - top]]) - 1.0

    def slope(self, arrays: Arrays, top: int) -> np.ndarray | None:
        """How the numbers have to move for the expected sum to go the other way."""
        numbers = arrays[0].astype(np.float64)
        ensemble, scheme = self._decides(arrays, 1 - top), self.scheme
        found = expected_slope(ensemble.numbers, numbers.ravel(), scheme.norm, scheme.scale)
        if not found.any():
            return None
        return (found if top == 0 else -found).reshape(numbers.shape)

    def _decides(self, arrays: Arrays, label: int) -> StumpEnsemble:
        """The ensemble; of a vote the member that has to come round for the class to be named."""
        if not isinstance(self.scheme, StumpsVote):
            assert isinstance(self.model, StumpEnsemble)  # else nothing was certified
            return self.model
        vote, masses = self.scheme.voting(arrays, self.model)
        return vote.members[vote.deciding(masses)[label]]


def expected_slope(numbers: tuple[Steps, ...], x: Floats, norm: Norm, scale: float) -> Floats:
    """d/dx E[T(x + e)], number by number: the rises of its steps, by the noise's density at them.

    Args:
        numbers: step functions, one for each number.
        x: (F,) the numbers.
        norm: ``l2`` for Gaussian noise, ``l1`` for uniform noise.
        scale: its standard deviation, or its half-width.
    """
    found = np.zeros(len(x))
    for place, steps in enumerate(numbers):
        away = (np.array(steps.cuts, dtype=np.float64) - x[place]) / scale
        rises = np.diff(np.array(steps.values, dtype=np.float64))
        normal = np.exp(-(away**2) / 2) / np.sqrt(2 * np.pi)
        density = normal if norm == "l2" else 0.5 * (np.abs(away) < 1)
        found[place] = (rises * density).sum() / scale
    return found


class ComputedAttack:
    """An attack on the certified input of an ensemble of stumps.

    Args:
        evidence: of the run, which certifies something.
        settings: of the run; its scheme is one of stumps.
        classifier, fitted: the very model and input of that run.
        execution: of the votes beside the probability that confirms.
        stop: when set, it ends.
        prepared: shared by the runs of a set.

    Raises:
        UserError: the model is nothing of stumps.
    """

    def __init__(
        self,
        evidence: Evidence,
        settings: Counting,
        classifier: Classifier,
        fitted: FittedInput,
        *,
        execution: Execution,
        stop: threading.Event,
        prepared: PreparedModel,
    ) -> None:
        scheme, model = settings.scheme, classifier.bound_to(fitted, settings.scheme).stumps
        assert isinstance(scheme, StumpScheme)  # others are refused before
        if model is None:
            raise scheme.other_model()
        assert evidence.predicted_class is not None and evidence.region is not None
        self.evidence, self.region, self.top = evidence, evidence.region, evidence.predicted_class
        self.settings, self.scheme = settings, scheme
        self.classifier, self.fitted = classifier, fitted
        self.execution, self.stop, self.prepared = execution, stop, prepared
        self.asked = Computed(scheme, model, stop)
        self.key = run_key(classifier, fitted, settings)

    def record(self) -> AttackRecord:
        """What it came to.

        Raises:
            Stopped: it was ended.
        """
        found = self._found()
        looks = self.asked.looks
        if found is None:
            return AttackRecord(outcome="not found", how=_NOT_FOUND, looks=looks)
        return self._confirmed(found, looks)

    def _found(self) -> Found | None:
        """Of the nearest changes of the numbers, by changed fields, what requires least p_lower."""
        best: tuple[float, Found] | None = None
        for arrays in self._starts():
            goal = Goal(self.asked, arrays, self.top, _MARGIN, _as_float32, self.key)
            found = self._nearest(goal)
            if found is None:
                continue
            change = self._measured(found.grown(0))
            needed = self.scheme.required_probability(change, self.evidence.facts)
            if best is None or needed < best[0]:
                best = needed, found
        return None if best is None else best[1]

    def _starts(self) -> Iterator[Arrays]:
        """The input; where fields may change, with 1, 2, ... of them at the worst values too."""
        yield self.fitted.arrays
        if not isinstance(self.scheme, StumpsFields):
            return
        assert isinstance(self.asked.model, StumpEnsemble)
        numbers, codes = self.fitted.arrays
        values = [np.array(one, dtype=np.float64) for one in self.asked.model.fields]
        worst = [int(one.argmax() if self.top == 0 else one.argmin()) for one in values]
        gains = [abs(one[to] - one[at]) for one, to, at in zip(values, worst, codes, strict=True)]
        changed = codes.copy()
        for place in np.argsort(-np.array(gains), kind="stable")[:MOST_FIELDS].tolist():
            if not gains[place]:
                return
            changed = changed.copy()
            changed[place] = worst[place]
            yield numbers, changed

    def _nearest(self, goal: Goal) -> Found | None:
        """The nearest loss from here, which may be lost as it is."""
        if goal.lost(goal.x):
            return Found(lambda step: goal.x, "changed fields alone")
        start = self.region.certified_radius or self.scheme.scale
        return nearest(goal, self.scheme.norm, start=start)

    def _confirmed(self, found: Found, looks: int) -> AttackRecord:
        """The first of a few growing changes that would be certified to be of the other class."""
        how = f"{found.how}; probabilities computed"
        for step in range(len(GROWTH)):
            arrays = found.grown(step)
            run = self._certified(arrays)
            known = self.scheme.known(run.facts)
            if self.stop.is_set():
                raise Stopped
            if run.region is None or known is None or known.top == self.top:
                continue
            change = self._measured(arrays)
            return AttackRecord(
                outcome="found",
                how=how,
                looks=looks,
                perturbation=change,
                pixels_sha256=run.input.pixels_sha256,
                found_class=known.top,
                outside=known.outside,
                contradicts=inside(self.region, change),
            )
        return AttackRecord(outcome="not confirmed", how=how, looks=looks)

    def _certified(self, arrays: Arrays) -> Evidence:
        """CERTIFY at a changed input."""
        known = {"pixels_sha256": arrays_sha256(arrays), "name": "changed input", "source": ""}
        identity = self.fitted.identity.model_copy(update=known)
        changed = FittedInput(identity, arrays, self.fitted.context)
        run = certify(
            self.classifier,
            changed,
            self.settings,
            execution=self.execution,
            stop=self.stop,
            prepared=self.prepared,
        )
        return result_of(run)

    def _measured(self, arrays: Arrays) -> Perturbation:
        before, kind = self.fitted.arrays, self.fitted.identity.kind
        return measured(self.scheme, self.region, kind, before, arrays)


def _as_float32(values: np.ndarray) -> np.ndarray:
    """What the model is given."""
    return values.astype(np.float32)
