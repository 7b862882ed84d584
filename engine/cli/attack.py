"""``certiscope attack`` and ``audit --attack``: the smallest change found beside a certificate."""

from __future__ import annotations

import inspect
from collections.abc import Generator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from engine.cli.flags import flag
from engine.cli.output import say
from engine.core.errors import BadValue
from engine.core.fields import checked

if TYPE_CHECKING:
    from threading import Event

    from engine.attacks.plan import AttackPlan
    from engine.attacks.sets import RowAttacks
    from engine.case import Case
    from engine.case.sets import CaseSet
    from engine.evidence.evidence import Evidence
    from engine.evidence.settings import Execution, RunSettings
    from engine.evidence.snapshot import Snapshot
    from engine.inputs.base import FittedInput
    from engine.models.base import Classifier

ATTACK = "Attack"


def attack_flags() -> list[inspect.Parameter]:
    """How hard to attack."""
    return [
        flag("attack_samples", "Votes of each look of the search.", ATTACK, int, default=1000),
        flag("attack_n", "Votes that are to confirm a change.", ATTACK, int, default=10_000),
        flag(
            "attack_alpha",
            "Chance that a change is confirmed wrongly.",
            ATTACK,
            float,
            default=0.001,
        ),
    ]


def attack_command(values: Mapping[str, Any]) -> int:
    """Certify one input, then look for the smallest change that takes the smoothed model's class.

    It is looked for under one fixed set of noise, by gradients through the model where it has
    them, measured exactly, and confirmed by PREDICT with fresh noise. It is evidence of how tight
    the certificate is, and no guarantee; a case keeps it with its run, and the same command then
    attacks a run whose attack was stopped or killed, without counting it again. Exit status: 0
    certified, 3 abstained, 5 the change lies inside the certified region (something is broken, or
    chance was against it), 2 bad input, 1 failure.
    """
    from engine.cli.run import run_with

    plan = read_plan(values)

    def after(
        evidence: Evidence,
        classifier: Classifier,
        fitted: FittedInput,
        execution: Execution,
        stop: Event,
    ) -> Evidence:
        from engine.attacks.attack import attacked

        if plan.answered(evidence.attack):
            return evidence
        return attacked(evidence, classifier, fitted, plan, execution=execution, stop=stop)

    return run_with(values, after, _kept_unattacked)


def _kept_unattacked(
    case: Case,
    classifier: Classifier,
    fitted: FittedInput,
    settings: RunSettings,
    *,
    at: Sequence[str],
    quiet: bool,
) -> Generator[Snapshot, None, Evidence] | None:
    """A run of the case that lacks nothing but the attack, without a vote; None for none.

    Raises:
        UserError: its result does not follow from its votes.
    """
    from engine.case.counting import unattacked_run
    from engine.verify.sound import refuse_unsound

    run = unattacked_run(case, classifier, fitted, settings, at)
    found = None if run is None else case.result(run)
    if found is None:
        return None
    refuse_unsound(found, f"run {run} in {case.path}")
    if not quiet:
        lacks = "is certified and lacks the attack; no vote is counted again"
        say(f"Run {run} of {case.path} {lacks}.")
    return _as_kept(found)


def _as_kept(found: Evidence) -> Generator[Snapshot, None, Evidence]:
    yield from ()
    return found


def set_attacker(
    values: Mapping[str, Any],
    classifier: Classifier,
    execution: Execution,
    stop: Event,
    kept: CaseSet | None,
) -> RowAttacks:
    """What attacks the rows of a set, or leaves them as they are where that was not asked for."""
    from engine.attacks.sets import RowAttacks

    return RowAttacks(
        classifier,
        read_plan(values) if values["attack"] else None,
        execution=execution,
        stop=stop,
        keep=kept.attacked if kept is not None else None,
        warn=say,
    )


def read_plan(values: Mapping[str, Any]) -> AttackPlan:
    """The plan that the flags mean.

    Raises:
        UserError: a number that cannot be.
    """
    from engine.attacks.plan import AttackPlan

    try:
        return checked(
            AttackPlan,
            samples=values["attack_samples"],
            n=values["attack_n"],
            alpha=values["attack_alpha"],
        )
    except BadValue as error:
        raise error.under(f"--attack-{error.field}") from error
