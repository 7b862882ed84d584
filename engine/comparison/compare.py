"""Certify the same inputs with every candidate, one after the other."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from engine.comparison.records import Candidate, Outcome, TradeOff
from engine.core.errors import UserError
from engine.core.scores import SOFT
from engine.evidence.evidence import Evidence
from engine.evidence.settings import (
    USUAL,
    CertifySettings,
    Counting,
    Execution,
    declared,
)
from engine.evidence.snapshot import Snapshot
from engine.inputs import load_input
from engine.models import fitted, load_model
from engine.models.base import Classifier, ModelRequest
from engine.models.scored import ScoredClassifier
from engine.procedures.certify import certify
from engine.procedures.prepared import PreparedModel
from engine.sampling.sampler import PATIENCE
from engine.schemes.attacker import Attacker, attack_of

Loader = Callable[[ModelRequest], Classifier]


@dataclass(frozen=True)
class Comparing:
    """A comparison that goes on.

    Attributes:
        result: what is known so far.
        runs: runs that have ended, of ``total``.
        votes: share of the votes of the run at hand, from 0 to 1.
        doing: whose run it is, on which input.
    """

    result: TradeOff
    runs: int
    total: int
    votes: float = 0.0
    doing: str = ""

    @property
    def share(self) -> float:
        """How much of everything is done, from 0 to 1."""
        return min(1.0, (self.runs + self.votes) / self.total)


def compare(
    candidates: Sequence[Candidate],
    inputs: Sequence[str],
    settings: CertifySettings,
    *,
    available: int | None = None,
    execution: Execution = USUAL,
    stop: threading.Event | None = None,
    load: Loader = load_model,
    patience: float = PATIENCE,
) -> Generator[Comparing, None, TradeOff]:
    """Run CERTIFY for every candidate on every input, yielding what is known after each.

    Input by input, so that a comparison that is stopped has compared like with like.

    Args:
        candidates: at least one.
        inputs: specs of single inputs, at least one.
        settings: n0, n, alpha, bound and seed of every run; their scheme is not used.
        available: how many inputs the set has, if those were drawn from it by the seed.
        execution: of every run.
        stop: ends the comparison after the batch at hand; the run it ends in is left out.
        load: opens a model.
        patience: longest time a batch may take, in seconds.

    Raises:
        UserError: nothing to compare, a scheme that knows no such attacker, models of different
            classes, or a model and its noise or the first input that do not fit: before any run.
    """
    _check(candidates, inputs)
    stop = stop or threading.Event()
    models = [PreparedModel(load(one.model)) for one in candidates]
    found: list[list[Outcome]] = [[] for _ in candidates]
    total = len(candidates) * len(inputs)
    firsts: list[Evidence] = []
    known = partial(_result, candidates, found, (len(inputs), available), settings, firsts)
    how: dict[str, Any] = {"execution": execution, "stop": stop, "patience": patience}
    now = Comparing(known(), 0, total)
    try:
        _check_models(candidates, [m.classifier for m in models], inputs[0], settings.bound)
        yield now
        for spec in inputs:
            image = load_input(spec)
            for candidate, model, outcomes in zip(candidates, models, found, strict=True):
                taken = fitted(model.classifier, image)
                run = certify(
                    model.classifier, taken, _settings(settings, candidate), prepared=model, **how
                )
                now = replace(now, votes=0.0, doing=f"{candidate.name} on {spec}")
                evidence = yield from _watched(run, now)
                if stop.is_set():
                    return now.result
                outcomes.append(Outcome.of(evidence))
                firsts += [evidence] if len(outcomes) == 1 else []
                now = replace(now, result=known(), runs=now.runs + 1, votes=0.0)
                yield now
    finally:
        for model in models:
            model.classifier.unload()
    return now.result


def _watched(
    run: Generator[Snapshot, None, Evidence], now: Comparing
) -> Generator[Comparing, None, Evidence]:
    """Drive a run and tell how far it is, so that a stop is seen."""
    while True:
        try:
            snapshot = next(run)
        except StopIteration as end:
            evidence: Evidence = end.value
            return evidence
        planned = snapshot.n0_plan + snapshot.n_plan
        yield replace(now, votes=min(1.0, snapshot.n_done / max(1, planned)))


def _settings(settings: CertifySettings, candidate: Candidate) -> Counting:
    values = settings.model_dump(exclude={"kind", "scheme", "target"})
    found = declared("certify", candidate.scheme, values)
    assert isinstance(found, Counting)
    return found


def _check(candidates: Sequence[Candidate], inputs: Sequence[str]) -> None:
    if not candidates or not inputs:
        raise UserError("A comparison needs at least one model and one input.")
    for one in candidates:
        if attack_of(one.scheme, Attacker()) is None:
            raise UserError(
                f"The scheme '{one.scheme.key}' of {one.spelled} says nothing of pixels and their "
                "l2 norm; compare schemes that do."
            )


def _check_models(
    candidates: Sequence[Candidate], models: Sequence[Classifier], spec: str, bound: str
) -> None:
    """Refuse what could not run, before anything has."""
    given, first = load_input(spec), models[0].identity
    for model in models[1:]:
        other = model.identity
        if len(other.class_names) != len(first.class_names):
            raise UserError(
                f"{first.name} knows {len(first.class_names)} classes and {other.name} "
                f"{len(other.class_names)}; compare models that name the same classes."
            )
    for candidate, classifier in zip(candidates, models, strict=True):
        model = classifier.bound_to(fitted(classifier, given), candidate.scheme)
        if bound == SOFT:
            ScoredClassifier(model)


def _result(
    candidates: Sequence[Candidate],
    found: Sequence[Sequence[Outcome]],
    inputs: tuple[int, int | None],
    settings: CertifySettings,
    firsts: Sequence[Evidence],
) -> TradeOff:
    return TradeOff(
        shapes=tuple(one.input.shape for one in firsts),
        models=tuple(one.model for one in firsts),
        candidates=tuple(candidates),
        outcomes=tuple(tuple(one) for one in found),
        inputs=inputs[0],
        available=inputs[1],
        n0=settings.n0,
        n=settings.n,
        alpha=settings.alpha,
        bound=settings.bound,
        noise=settings.noise,
        seed=settings.seed,
    )
