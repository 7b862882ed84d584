"""CERTIFY, PREDICT1 and PREDICT2 as they are written on the board, and the line that is at work."""

from __future__ import annotations

from engine.playground.run import Standing

CERTIFY = (
    "function CERTIFY(f, σ, x, n0, n, α):",
    "  ĉ ← guess_top_class(f, σ, x, n0)",
    "  p_lower ← lower_bound_p(ĉ, f, σ, x, n, α)",
    "  if p_lower > 1/2:",
    "    R ← σ Φ⁻¹(p_lower)",
    "    return ĉ, R",
    "  else:",
    "    return ABSTAIN",
)
"""Cohen, Rosenfeld & Kolter, ICML 2019."""
GUESS, BOUND, TEST, RADIUS, RETURN, ABSTAIN = 1, 2, 3, 4, 5, 7
"""Lines of :data:`CERTIFY`."""
PREDICT1 = (
    "function PREDICT1(f, σ, x, n, α):",
    "  ĉ, n_A ← top_class(f, σ, x, n)",
    "  if BinomPValue(n_A, n, ≤, 1/2) ≤ α:",
    "    return ĉ",
    "  else return ABSTAIN",
)
PREDICT2 = (
    "function PREDICT2(f, σ, x, n, α):",
    "  ĉ, n_A, ĉ_B, n_B ← top_two_classes(f, σ, x, n)",
    "  if BinomPValue(n_A, n_A + n_B, =, 1/2) ≤ α:",
    "    return ĉ",
    "  else return ABSTAIN",
)
"""Hung & Fithian, Rank verification for exponential families, Annals of Statistics 2019."""
ANSWERED, GAVE_UP = 3, 4
"""Lines of both."""


def certify_line(standing: Standing) -> int:
    """The line of :data:`CERTIFY` at which a run stands."""
    if standing.phase == "selection":
        return GUESS
    if standing.phase == "estimation":
        return BOUND
    return RETURN if standing.claimed is not None else ABSTAIN
