"""The attack upper bound: search a change, measure it, have PREDICT confirm it with fresh noise.

Whatever the search did, the confirming votes are drawn under a key that comes from the changed
input itself, so that they are as fresh as those of any run; alpha is shared out over the tries. Of
a noise law that is counted whole, search and confirmation count all samples, and nothing is left to
chance.
"""

from __future__ import annotations

import math
import threading
from typing import Any

import numpy as np

from engine.attacks.computed import ComputedAttack
from engine.attacks.measure import measured
from engine.attacks.parameters import nearest_parameters, nearest_shift
from engine.attacks.plan import AttackPlan, refusal, transforms
from engine.attacks.ranges import Axis, nearest_on_axis
from engine.attacks.search import GROWTH, Found, Goal, fewest, nearest
from engine.attacks.smoothed import Smoothed, Stopped
from engine.attacks.standing import Standing, unranked
from engine.core.batches import from_arrays, moved
from engine.core.errors import UserError
from engine.core.generators import result_of
from engine.core.records import ProbabilityBounds
from engine.evidence.attack import AttackRecord, inside
from engine.evidence.evidence import Evidence
from engine.evidence.settings import (
    USUAL,
    CertifySettings,
    ExactSettings,
    Execution,
    PredictSettings,
    SweepSettings,
)
from engine.explain.examples import affordable, presenter_of
from engine.explain.presenter import Presenter, Ready
from engine.figures.examples import Arrays, Attack
from engine.inputs.base import FittedInput, arrays_sha256
from engine.models.base import Classifier
from engine.noise.discrete_gaussian_law import GRID
from engine.noise.streams import Stream
from engine.procedures.certify import certify
from engine.procedures.on_grid import gridded
from engine.procedures.predict import predict
from engine.procedures.prepared import PreparedModel
from engine.procedures.run import check_fit, run_key
from engine.procedures.run_noise import noise_source
from engine.regions import Perturbation, Region
from engine.schemes import Translation
from engine.schemes.anchored import Anchored
from engine.system.device import resolve

Attacked = CertifySettings | ExactSettings | SweepSettings
"""Settings of the runs that are attacked."""
_ALMOST_SURE = 1e-6
_TAKEN = {
    "lead": "takes the lead from the certified class",
    "rank": "takes the class from its certified place among the first",
    "threshold": "brings the class below the threshold that is certified",
}
_WIDE = 10.0
"""Numbers without a range of their own are moved by so many levels of the noise at most."""


def attacked(
    evidence: Evidence,
    classifier: Classifier,
    fitted: FittedInput,
    plan: AttackPlan | None = None,
    *,
    execution: Execution = USUAL,
    stop: threading.Event | None = None,
    prepared: PreparedModel | None = None,
) -> Evidence:
    """The evidence with an attack on the smoothed classifier at its input.

    Args:
        evidence: of a CERTIFY run.
        classifier, fitted: the very model and input of that run.
        plan: how hard to attack.
        execution: where the model runs.
        stop: when set, the search ends; evidence then stays without an attack.
        prepared: shared by the runs of a set.

    Raises:
        UserError: model or input are others than those of the evidence.
    """
    plan, stop = plan or AttackPlan(), stop or threading.Event()
    settings, refused = evidence.settings, refusal(evidence)
    if refused or not isinstance(settings, Attacked):
        return _with(evidence, AttackRecord(outcome="not tried", how=refused))
    given, _ = gridded(fitted, settings)
    same = (classifier.identity.sha256, given.identity.pixels_sha256)
    if same != (evidence.model.sha256, evidence.input.pixels_sha256):
        raise UserError("An attack needs model and input of the run that it is held against.")
    prepared = prepared or PreparedModel(classifier)
    how: dict[str, Any] = {"execution": execution, "stop": stop, "prepared": prepared}
    one: _Attack | ComputedAttack
    if settings.scheme.computed:
        one = ComputedAttack(evidence, settings, classifier, given, **how)
    else:
        one = _Attack(evidence, settings, classifier, given, plan, **how)
    try:
        record = one.record()
    except Stopped:
        return evidence
    return evidence if stop.is_set() else _with(evidence, record)


def _with(evidence: Evidence, record: AttackRecord) -> Evidence:
    return evidence.model_copy(update={"attack": record})


class _Attack:
    """One attack on one input."""

    def __init__(
        self,
        evidence: Evidence,
        settings: Attacked,
        classifier: Classifier,
        fitted: FittedInput,
        plan: AttackPlan,
        *,
        execution: Execution,
        stop: threading.Event,
        prepared: PreparedModel,
    ) -> None:
        assert evidence.predicted_class is not None
        self.evidence, self.settings, self.plan = evidence, settings, plan
        self.classifier, self.fitted, self.execution = classifier, fitted, execution
        self.stop, self.prepared = stop, prepared
        self.top, self.standing = evidence.predicted_class, Standing.of(settings.scheme)
        bound, device = classifier.bound_to(fitted, settings.scheme), resolve(execution.device)
        bound.prepare(device, settings.precision)
        if bound.identity.outputs is not None:  # the reference is that of the certified input
            self.classifier = bound
        shape, key = (
            check_fit(classifier, fitted, settings.scheme),
            run_key(classifier, fitted, settings),
        )
        source = noise_source(settings.law, key, Stream.ATTACK, device)
        self.smoothed = Smoothed(
            bound,
            settings.law,
            source,
            shape=shape,
            device=device,
            samples=settings.n if self._counts else plan.samples,
            stop=stop,
            standing=self.standing,
        )
        self.ready = Ready(bound, moved(from_arrays(fitted.arrays), device), settings, shape, key)
        self.goal = Goal(self.smoothed, fitted.arrays, self.top, self._margin(), self._fit, key)

    @property
    def _counts(self) -> bool:
        """Whether all samples of the noise are counted."""
        return isinstance(self.settings, ExactSettings)

    def _margin(self) -> float:
        """By how much its place has to be lost: what fresh votes tell from chance, or one vote."""
        if self._counts:
            return 0.5 / self.settings.n
        classes = len(self.classifier.identity.class_names)
        return self.standing.margin(self.plan.n, self.plan.alpha / len(GROWTH), classes)

    def record(self) -> AttackRecord:
        """The attack and its confirmation."""
        utmost = self._utmost()
        if utmost is None:
            return AttackRecord(outcome="not tried", how="The scheme certifies no change at all.")
        found = self._found(utmost)
        if isinstance(found, str):
            return AttackRecord(outcome="not tried", how=found)
        if found is None:
            how = f"No change was found that {_TAKEN[self.standing.lost]}."
            return AttackRecord(outcome="not found", how=how, **self._effort())
        return self._confirmed(found, utmost)

    def _utmost(self) -> Region | None:
        """The region that near certainty would certify: it knows norm and terms of every change."""
        bounds = ProbabilityBounds(
            method=self.settings.bound,
            alpha=self.settings.alpha,
            n=self.settings.n,
            top=self.top,
            p_lower=1 - _ALMOST_SURE,
            p_upper=_ALMOST_SURE,
            valid=True,
            basis="",
        )
        found = self.settings.scheme.region(bounds, self.evidence.facts)
        return found or self.evidence.region

    def _found(self, utmost: Region) -> Found | str | None:
        terms, level = set(self.settings.scheme.terms), self._level()
        x = self.fitted.arrays[0]
        if isinstance(self.settings.scheme, Anchored):
            return nearest_on_axis(self.goal, Axis.of_range(self.settings.scheme))
        if terms == {"radius"}:
            radius = self.evidence.radius or level
            return nearest(self.goal, utmost.certified_norm or "l2", start=radius)
        if terms == {"shift"} and isinstance(self.settings.scheme, Translation):
            return nearest_shift(self.goal)
        if transforms(self.settings.scheme):
            levels = [level.value for level in self.settings.law.levels]
            known = self.evidence.facts
            return nearest_parameters(self.goal, self.settings.scheme, levels, known)
        presenter = presenter_of(self.classifier, self.fitted)
        attack = None if presenter is None else self._greedy(presenter, utmost)
        if attack is None:
            return "No attack is built for this kind of input under this scheme."
        image = self.fitted.identity.kind == "image"
        strength = 0.0
        if "epsilon" in terms:  # a pixel's channels have a range, numbers of a table have none
            strength = math.sqrt(len(x)) if image else _WIDE * level
        return fewest(self.goal, attack, utmost, most=self._most(), strength=strength)

    def _greedy(self, presenter: Presenter, utmost: Region) -> Attack | None:
        tries = affordable(0.0)
        return presenter.attack(self.ready, utmost, top=self.top, tries=tries, stop=self.stop)

    def _most(self) -> int:
        """Things that may be changed."""
        kind, arrays = self.fitted.identity.kind, self.fitted.arrays
        if kind == "image":
            return int(arrays[0][0].size)
        return len(arrays[0]) if kind == "graph" else int(arrays[-1].size)

    def _level(self) -> float:
        """How strong the noise is, as a size to begin with."""
        return max((level.value for level in self.settings.law.levels), default=1.0)

    def _fit(self, values: np.ndarray) -> np.ndarray:
        """What the model is given: float32; on the 8-bit grid where the claim is about that."""
        if np.issubdtype(values.dtype, np.integer):
            return values
        if self.settings.law.grid_input:
            steps = np.rint(np.clip(values.astype(np.float64), 0.0, 1.0) * GRID)
            return (steps / GRID).astype(np.float32)
        return values.astype(np.float32)

    def _confirmed(self, found: Found, utmost: Region) -> AttackRecord:
        """The first of a few growing changes at which the class is shown to have lost its place."""
        tries = len(GROWTH)
        known = {"how": found.how, "tries": tries}
        for step in range(tries):
            arrays = found.grown(step)
            run = self._predicted(arrays)
            if self.stop.is_set() or not run.complete:
                break
            taken, p_value = self._taken(run)
            if taken is not None:
                change = found.moves(step) if found.moves else self._measured(utmost, arrays)
                return AttackRecord(
                    outcome="found",
                    **known,
                    **self._effort(),
                    perturbation=change,
                    pixels_sha256=run.input.pixels_sha256,
                    key="" if self._counts else run.noise.key,
                    votes=run.estimation,
                    p_value=p_value,
                    found_class=taken,
                    lost=self.standing.lost,
                    contradicts=inside(self.evidence.region, change),
                )
        return AttackRecord(outcome="not confirmed", **known, **self._effort())

    def _taken(self, run: Evidence) -> tuple[int | None, float | None]:
        """The class that leads where the certified one has lost its place; None if it is not shown.

        With the p-value; None where all samples were counted.
        """
        if self._counts:
            found = run.predicted_class
            return (None if found == self.top else found), None
        taken, p_value = self.standing.test(run.estimation, self.top)
        return (taken if p_value <= self.plan.alpha / len(GROWTH) else None), p_value

    def _measured(self, utmost: Region, arrays: Arrays) -> Perturbation:
        kind, x = self.fitted.identity.kind, self.fitted.arrays
        return measured(self.settings.scheme, utmost, kind, x, arrays)

    def _effort(self) -> dict[str, Any]:
        """The plan, and what the search spent."""
        plan = dict(self.plan)
        if self._counts:
            plan = {"samples": self.settings.n, "n": self.settings.n, "alpha": 0.0}
        return {**plan, "looks": self.smoothed.looks}

    def _predicted(self, arrays: Arrays) -> Evidence:
        """The smoothed class at a changed input: by PREDICT with noise of its own, or counted."""
        known = {"pixels_sha256": arrays_sha256(arrays), "name": "changed input", "source": ""}
        identity = self.fitted.identity.model_copy(update=known)
        changed = FittedInput(identity, arrays, self.fitted.context)
        how: dict[str, Any] = {
            "execution": self.execution,
            "stop": self.stop,
            "prepared": self.prepared,
        }
        if isinstance(self.settings, ExactSettings):
            return result_of(certify(self.classifier, changed, self.settings, **how))
        settings = PredictSettings(
            scheme=unranked(self.settings.scheme),
            n=self.plan.n,
            alpha=self.plan.alpha / len(GROWTH),
            noise=self.settings.noise,
            seed=self.settings.seed,
            seed_origin=self.settings.seed_origin,
            precision=self.settings.precision,
            test="two-sided",
        )
        return result_of(predict(self.classifier, changed, settings, **how))
