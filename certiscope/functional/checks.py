"""Arguments of pure functions, checked: what cannot be is refused in a sentence."""

from __future__ import annotations

from engine.core.errors import UserError


def check_counts(k: int, n: int) -> None:
    """Counts of trials and successes.

    Raises:
        UserError: they are none.
    """
    if n < 1 or not 0 <= k <= n:
        raise UserError(f"Counts must be 0 <= k <= n with n of 1 or more (they were {k} of {n}).")


def share(name: str, value: float, *, closed: bool = False) -> float:
    """A probability; 0 and 1 themselves only where it is ``closed``.

    Raises:
        UserError: it is none.
    """
    if not (0 <= value <= 1 if closed else 0 < value < 1):
        raise UserError(f"{name} must be a probability between 0 and 1 (it was {value}).")
    return float(value)


def positive(name: str, value: float) -> float:
    """A number above 0.

    Raises:
        UserError: it is none, or not finite.
    """
    if not 0 < value < float("inf"):
        raise UserError(f"{name} must be a finite number above 0 (it was {value}).")
    return float(value)


def probabilities(p_lower: float, p_upper: float | None) -> tuple[float, float]:
    """Bounds on the top class and on every other, the latter 1 - p_lower where it is not given.

    Raises:
        UserError: one of them is no probability.
    """
    lower = share("p_lower", p_lower, closed=True)
    return lower, (1.0 - lower if p_upper is None else share("p_upper", p_upper, closed=True))
