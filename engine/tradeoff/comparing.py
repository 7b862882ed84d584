"""Certify the same inputs with every contender, one after the other."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Sequence

from engine.errors import UserError
from engine.evidence import Evidence
from engine.inputs import fit, load_input
from engine.models import load_model
from engine.models.base import Classifier, ModelRequest
from engine.procedures.certify import certify
from engine.procedures.snapshot import Snapshot
from engine.sampling import PATIENCE
from engine.settings import RunSettings
from engine.tradeoff.attacker import Attacker, attack_of
from engine.tradeoff.records import Contender, Outcome, TradeOff

Loader = Callable[[ModelRequest], Classifier]


def compare(
    contenders: Sequence[Contender],
    inputs: Sequence[str],
    settings: RunSettings,
    *,
    stop: threading.Event | None = None,
    load: Loader = load_model,
    patience: float = PATIENCE,
) -> Generator[TradeOff, None, TradeOff]:
    """Run CERTIFY for every contender on every input, yielding what is known after each.

    Input by input, so that a comparison that is stopped has compared like with like.

    Args:
        contenders: at least one.
        inputs: specs of single inputs, at least one.
        settings: n0, n, alpha, bound and seed of every run; their scheme is not used.
        stop: ends the comparison after the batch at hand; the run it ends in is left out.
        load: opens a model.
        patience: longest time a batch may take, in seconds.

    Raises:
        UserError: nothing to compare, a scheme that knows no such attacker, or a model and input
            that do not fit.
    """
    _check(contenders, inputs)
    stop = stop or threading.Event()
    models = [load(ModelRequest(spec=one.model)) for one in contenders]
    found: list[list[Outcome]] = [[] for _ in contenders]
    result = _result(contenders, found, len(inputs), settings)
    for spec in inputs:
        image = load_input(spec)
        for index, (contender, model) in enumerate(zip(contenders, models, strict=True)):
            run = certify(
                model,
                fit(image, model.identity),
                _settings(settings, contender),
                stop=stop,
                patience=patience,
            )
            evidence = yield from _quietly(run, result)
            if stop.is_set():
                return result
            found[index].append(Outcome.of(evidence))
            result = _result(contenders, found, len(inputs), settings)
            yield result
    return result


def _quietly(
    run: Generator[Snapshot, None, Evidence], result: TradeOff
) -> Generator[TradeOff, None, Evidence]:
    """Drive a run; the comparison as it stands is yielded meanwhile, so that a stop is seen."""
    while True:
        try:
            next(run)
        except StopIteration as end:
            evidence: Evidence = end.value
            return evidence
        yield result


def _settings(settings: RunSettings, contender: Contender) -> RunSettings:
    values = settings.model_dump(exclude={"scheme"})
    return RunSettings(**{**values, "scheme": contender.scheme, "target": "", "target_radius": 0.0})


def _check(contenders: Sequence[Contender], inputs: Sequence[str]) -> None:
    if not contenders or not inputs:
        raise UserError("A comparison needs at least one model and one input.")
    for one in contenders:
        if attack_of(one.scheme, Attacker()) is None:
            raise UserError(
                f"The scheme '{one.scheme.key}' of {one.model} says nothing of pixels and their l2 "
                "norm; compare schemes that do."
            )


def _result(
    contenders: Sequence[Contender],
    found: Sequence[Sequence[Outcome]],
    inputs: int,
    settings: RunSettings,
) -> TradeOff:
    return TradeOff(
        contenders=tuple(contenders),
        outcomes=tuple(tuple(one) for one in found),
        inputs=inputs,
        n0=settings.n0,
        n=settings.n,
        alpha=settings.alpha,
        seed=settings.seed,
    )
