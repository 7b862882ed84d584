"""A plan as curves and as facts in words; numbers are rounded against the hope."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.core.fields import field_specs
from engine.core.rounding import round_down, round_up
from engine.figures.curves import Curve, CurveFigure

if TYPE_CHECKING:
    from engine.planning import Needed, PlanResult, Prospect, Requirement
    from engine.planning.sweep_plan import SweepPlan
    from engine.schemes import Scheme

NEVER = "out of reach"
LOST = "✕"
"""Marks what cannot be reached, beside its colour."""
HEADING = "Required p_lower"
_COARSE, _FINE, _NEXT_TO_ONE = 4, 6, 0.999


def curve(plan: PlanResult) -> CurveFigure:
    """Over n: the expected radius and the most there is, or, without radii, the chances."""
    has_radius = any(point.radius is not None for point in plan.curve)
    return CurveFigure(
        title="Expected radius over n" if has_radius else "Chance to certify over n",
        subtitle=f"{plan.bound} bound, alpha {plan.alpha}, class probability "
        f"{round_down(plan.p, 4)}",
        x_name="n, votes",
        y_name="radius" if has_radius else "chance",
        curves=_radii(plan) if has_radius else _chances(plan),
        log_x=True,
        mark=plan.n,
        mark_name=f"dotted: n = {plan.n:,}",
    )


def _radii(plan: PlanResult) -> tuple[Curve, ...]:
    expected = tuple((p.n, p.radius) for p in plan.curve if p.radius is not None)
    largest = tuple((p.n, p.largest) for p in plan.curve if p.largest is not None)
    return (
        Curve(name="expected", points=expected),
        Curve(name="largest possible", points=largest, dashed=True),
    )


def _chances(plan: PlanResult) -> tuple[Curve, ...]:
    anything = Curve(
        name="to certify the class at all",
        points=tuple((p.n, p.certified) for p in plan.curve),
        dashed=bool(plan.target),
    )
    target = tuple((p.n, p.power) for p in plan.curve if p.power is not None)
    if not target:
        return (anything,)
    return Curve(name=f"to certify {spelled(plan.target)}", points=target), anything


def range_curve(plan: SweepPlan) -> CurveFigure:
    """Samples for the whole range over the probability of the class; no curve where none does."""
    points = tuple((point.p, point.samples / 1000) for point in plan.curve)
    return CurveFigure(
        title="Samples for the whole range",
        subtitle=f"anytime bound, alpha {plan.alpha}, at most {plan.n:,} votes at an anchor",
        x_name="probability of the class at every anchor",
        y_name="thousand samples",
        curves=(Curve(name="thousand samples", points=points),),
        mark=plan.p,
        mark_name=f"dotted: p = {round_down(plan.p, 4)}",
    )


def facts(plan: PlanResult) -> list[tuple[str, str]]:
    """What the plan says, a name and a value each."""
    now = plan.planned
    rows = [("probability assumed", round_down(plan.p, 4))]
    if plan.p_estimate is not None:
        rows.append(("the pilot's share", f"{plan.p_estimate:.4g}"))
    if plan.needed is not None:
        rows += _needed(plan.needed, plan.target)
    rows += [
        (f"n = {plan.n:,}: chance to certify", round_down(now.certified, 3)),
        *([(_chance_of(plan), round_down(now.power, 3))] if now.power is not None else []),
    ]
    if now.radius is not None:
        rows.append(("expected radius", round_down(max(0.0, now.radius - now.error), 3)))
    if now.largest is not None:
        rows.append(("largest radius it can reach", round_down(now.largest, 3)))
    return rows


def _chance_of(plan: PlanResult) -> str:
    return "chance of the radius" if plan.target.startswith("radius=") else "chance of the target"


def spelled(target: str) -> str:
    """A perturbation as words: ``entities 2, epsilon 0.25``."""
    return target.replace("=", " ").replace(",", ", ")


def wanted_n(plan: PlanResult) -> int | None:
    """The n to put into the form: from there on the chance stays; None if there is none."""
    if plan.needed is None:
        return None
    return plan.needed.n_stay or plan.needed.n_first


@dataclass(frozen=True)
class Need:
    """A line of what settings ask for: a change, the required p_lower, its hope."""

    name: str
    value: str
    hopeless: bool = False


def at_levels(scheme: Scheme) -> str:
    """What the lines are, with the noise levels that they belong to."""
    levels = [
        f"{spec.title} {getattr(scheme, spec.name):g}"
        for spec in field_specs(type(scheme))
        if spec.slider is not None and not spec.advanced and spec.name not in scheme.idle()
    ]
    return f"{HEADING} at {', '.join(levels)}" if levels else HEADING


def needs(prospect: Prospect) -> list[Need]:
    """What no change and the smallest changes need, and what votes that all agree reach."""
    if prospect.at_rest is None or not prospect.needs:
        return []
    lines = [_need(one) for one in (prospect.at_rest, *prospect.needs)]
    if prospect.ceiling is not None:
        reached = round_down(prospect.ceiling, _digits(prospect.ceiling))
        lines.append(Need(f"n = {prospect.n:,} reaches at most", reached))
    return lines


def _need(one: Requirement) -> Need:
    if one.p_lower > 1:
        return Need(one.in_words, f"{LOST} no probability suffices", hopeless=True)
    value = round_up(one.p_lower, _digits(one.p_lower))
    if one.reachable:
        return Need(one.in_words, value)
    return Need(one.in_words, f"{LOST} {value}, {NEVER}", hopeless=True)


def _digits(p: float) -> int:
    """More decimals where a probability is next to 1: there they decide."""
    return _FINE if p > _NEXT_TO_ONE else _COARSE


def utmost(prospect: Prospect) -> tuple[str, bool]:
    """What votes that all agree would certify, and whether that is nothing worth a run."""
    if prospect.best is not None and prospect.best.picture == "cells":
        return f"At most {prospect.best.headline()}; images drawn beside it claim nothing.", False
    votes = f"all {prospect.n:,} votes agree"
    if prospect.best is None:
        return f"Even if {votes}, nothing is certified.", True
    if prospect.needs and not any(need.reachable for need in prospect.needs):
        wanted = " or ".join(need.in_words for need in prospect.needs)
        return f"Even if {votes}, {wanted} is not certified.", True
    return f"If {votes}: {prospect.best.headline()} ({prospect.best.note()}).", False


def _needed(needed: Needed, target: str) -> list[tuple[str, str]]:
    least = NEVER if needed.n_min is None else f"{needed.n_min:,}"
    enough = needed.n_stay or needed.n_first
    return [
        ("required p_lower", round_up(needed.p_required, 4)),
        (f"n for {spelled(target)}", NEVER if enough is None else f"{enough:,}"),
        ("with a chance of", f"{needed.power:g}"),
        ("n if all votes agreed", least),
    ]
