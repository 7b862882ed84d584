"""What would it take: from a pilot or a typed probability to the samples a claim needs."""

from __future__ import annotations

from scipy.special import betaincinv

from engine.bounds import bound_method
from engine.core.errors import BadValue, UserError
from engine.evidence.cost import Cost
from engine.evidence.setting_fields import BoundKey
from engine.planning.expected import expected_point
from engine.planning.expensive import average_kept, expensive_points
from engine.planning.needed import needed
from engine.planning.question import Question
from engine.planning.records import ExpensivePoint, Pilot, PlanResult
from engine.schemes import Gaussian, Scheme

CAUTION = 0.1
"""The plan assumes the lower 10 % quantile of what the pilot leaves possible."""
_FEW = (50, 100, 200, 300, 500, 1000, 2000)
"""Numbers of samples that an expensive model may be asked for."""
_COSTS = (
    "What n is worth over a set is exact for Clopper-Pearson at alpha and probabilities uniform on "
    "[1/2, 1].",
)
_CURVE = (1, 2, 5)
_SHORTEST, _LONGEST = 50, 10_000_000


def cautious(pilot: Pilot) -> float:
    """Lower quantile of the Beta posterior (Jeffreys' prior): pilots promise too much."""
    return float(betaincinv(pilot.k + 0.5, pilot.n0 - pilot.k + 0.5, CAUTION))


def plan(
    *,
    scheme: Scheme,
    alpha: float,
    bound: BoundKey,
    n: int,
    pilot: Pilot | None = None,
    p: float | None = None,
    target: str = "",
    power: float = 0.9,
    n0: int = 0,
    seconds_each: float | None = None,
    false_accept: float = 0.0,
) -> PlanResult:
    """Plan one run.

    Args:
        scheme: noise and certificate.
        alpha: chance that the claim is wrong.
        bound: key of the declared bound.
        n: the planned number of estimation votes, to compare with.
        pilot, p: a few votes, or a probability of the class; one of the two.
        target: a perturbation to certify in the scheme's terms, ``radius=0.5``; empty for none.
        power: chance of success that is asked for.
        n0: selection samples, counted in the time.
        seconds_each: time per sample; adds what small n are worth over a data set.
        false_accept: bound on an oracle's false accepts, where the target is the true class.

    Raises:
        UserError: neither or both of ``pilot`` and ``p``, or a value that cannot be or lacks.
    """
    assumed = assumed_probability(pilot, p)
    _check_power(power)
    cost = _cost(n0 + n, seconds_each, false_accept)
    share = pilot.runner_up if pilot else 1.0
    anything = Question(scheme, bound_method(bound), alpha, runner_up=share)
    asked = None
    if target:
        change = scheme.parse_at(target, name="target")
        asked = Question(scheme, anything.method, alpha, change, share)
    estimate = pilot.estimate if pilot else None
    return PlanResult(
        scheme=scheme,
        alpha=alpha,
        bound=bound,
        n=n,
        power=power,
        pilot=pilot,
        p=assumed,
        p_estimate=estimate,
        target=target,
        needed=needed(asked, p=assumed, power=power) if asked else None,
        hopeful=needed(asked, p=estimate, power=power) if asked and estimate is not None else None,
        planned=expected_point(anything, asked, n=n, p=assumed),
        curve=tuple(expected_point(anything, asked, n=m, p=assumed) for m in _steps(n)),
        average_kept=average_kept(n, alpha) if _scales(scheme, n) else None,
        cost=cost,
        expensive=_expensive(asked, scheme, n, n0, alpha, cost, false_accept),
        notes=(*_notes(pilot, bound), *(_COSTS if cost else ())),
    )


def cautious_note() -> str:
    """What is assumed of a pilot."""
    return (
        f"The plan assumes the lower {100 * CAUTION:g} % quantile of what the pilot leaves "
        "possible, because a pilot's own share promises too much."
    )


def _check_power(power: float) -> None:
    if not 0 < power < 1:
        said = f"must be between 0 and 1, without both (it was {power:g})."
        raise BadValue("power", said, "The power")


def _cost(samples: int, seconds_each: float | None, false_accept: float) -> Cost | None:
    if not 0 <= false_accept < 1:
        raise BadValue(
            "false_accept",
            f"must be at least 0 and below 1 (not {false_accept:g}).",
            "The false accepts",
        )
    if seconds_each is None:
        return None
    if not 0 < seconds_each < float("inf"):
        raise BadValue(
            "seconds_each", f"must be more than 0 (not {seconds_each:g}).", "The seconds per sample"
        )
    return Cost(samples=samples, seconds_each=seconds_each)


def _expensive(
    asked: Question | None,
    scheme: Scheme,
    n: int,
    n0: int,
    alpha: float,
    cost: Cost | None,
    false_accept: float,
) -> tuple[ExpensivePoint, ...]:
    """What some hundreds of samples are worth; nothing where no time per sample is known."""
    if cost is None or not isinstance(scheme, Gaussian):
        return ()
    return expensive_points(
        sorted({*_FEW, *([n] if n <= _FEW[-1] else [])}),
        alpha=alpha,
        seconds_each=cost.seconds_each,
        n0=n0,
        p_required=asked.required() if asked else None,
        false_accept=false_accept,
    )


def assumed_probability(pilot: Pilot | None, p: float | None) -> float:
    """The probability to plan with: what a pilot makes likely, or the one that was typed.

    Raises:
        UserError: neither or both were given, or the probability cannot be.
    """
    if (pilot is None) == (p is None):
        raise UserError("A plan needs either a pilot's votes or a probability.")
    if pilot is not None:
        return cautious(pilot)
    if p is None or not 0 <= p <= 1:
        raise BadValue("probability", f"must be between 0 and 1 (it was {p:g}).", "The probability")
    return p


def _scales(scheme: Scheme, n: int) -> bool:
    """Whether the first-order law of the average radius says anything useful."""
    return isinstance(scheme, Gaussian) and n >= 300


def _steps(n: int) -> list[int]:
    """Round numbers of samples from 50 to ten times the planned n."""
    steps = {digit * 10**power for power in range(1, 8) for digit in _CURVE}
    longest = min(max(10 * n, 1000), _LONGEST)
    return sorted({n, *(step for step in steps if _SHORTEST <= step <= longest)})


def _notes(pilot: Pilot | None, bound: BoundKey) -> list[str]:
    notes = ["A plan is a forecast; only fresh votes, drawn after n is chosen, can certify."]
    if pilot is not None:
        notes.append(cautious_note())
    method = bound_method(bound)
    if method.decided_by != "top" and (pilot is None or pilot.runner_up == 1):
        notes.append(
            "All lost votes are taken to go to one other class, the least favourable case."
        )
    if method.extendable:
        notes.append("The chance counts the bound at n alone; its running maximum can only help.")
    return notes
