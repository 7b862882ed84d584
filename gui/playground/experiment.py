"""What the playground shows: points, f, g, and a run of CERTIFY that goes on frame by frame."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from engine.playground.adversary import Push, nearest_crossing, push
from engine.playground.base_classifier import train, trained
from engine.playground.landscape import Landscape, landscape
from engine.playground.laws import LAWS
from engine.playground.plane import Plane
from engine.playground.run import Exact, Plan, Run, Standing, exact_at
from engine.playground.scenes import Points
from engine.playground.shifts import (
    SHIFTS,
    ShiftedImage,
    ShiftPlane,
    nearest_shift,
    shifted_image,
)
from engine.regions import Ball

FRAME_MS = 33
VOTES = 1000
"""Votes of a frame."""
TRAINED = 0.25
"""Deviation of the noise in training."""
_AT, _SIGMA, _SHIFT_SIGMA = (-0.9, 0.9), 0.5, 1.0
"""Where the point starts, and sigma for points and for shifts."""
_CLOUD = 20_000
"""Noisy samples that are kept to be drawn again."""

Spot = tuple[float, float]


class Experiment(QObject):
    """A scene, a classifier and one run, in a timer's steps.

    A frame is one step: a point that was moved begins a new run, with noise of its own, and
    :attr:`pace` votes are drawn. Nothing is drawn while nobody looks (:meth:`look`).

    Attributes:
        points, plane, land: what is learnt, f, and g by quadrature.
        shifted: the image whose shifts the plane holds; None where it holds points.
        plan: what is declared.
        at: the point; ``exact`` what is true there.
        cloud: the latest noisy samples of the run and their classes, step by step.
        steps: how many steps the run has made.
        runs: how many were begun: each is a try of its own.
        pushes, refuted: places that an attacker tried, and those that refuted a claim.
        pace: votes of a frame.

    Signals:
        ground: points, f or g changed.
        stood: the run stands elsewhere.
    """

    ground = Signal()
    stood = Signal()

    def __init__(
        self, name: str = "moons", *, plan: Plan | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.plan = plan or Plan()
        self.pace = VOTES
        self.at: Spot = _AT
        self.runs = self.pushes = self.refuted = 0
        self.pushed: Push | None = None
        self.crossing: Spot | None = None
        self.shifted: ShiftedImage | None = None
        self.points: Points
        self.plane: Plane
        self.land: Landscape
        self._timer = QTimer(self, interval=FRAME_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.step)
        self._looking = self._held = False
        self.show_scene(name)

    @property
    def standing(self) -> Standing:
        """Where the run stands."""
        return self.run.standing

    @property
    def refuted_here(self) -> bool:
        """Whether an attack lies inside what the run claims: nothing is claimed beside it."""
        return self.pushed is not None and self.pushed.refutes

    @property
    def claimed(self) -> Ball | None:
        """What may be claimed now; None where nothing may."""
        return None if self.refuted_here else self.standing.claimed

    def show_scene(self, name: str) -> None:
        """Points of another scene."""
        self._show(*trained(name, TRAINED))

    def show_points(self, points: Points) -> None:
        """Train on other points."""
        self._show(points, train(points, sigma=TRAINED))

    def _show(self, points: Points, plane: Plane) -> None:
        self.points, self.plane, self.shifted = points, plane, None
        if isinstance(self.plan.law, ShiftPlane):
            self.plan, self.at = replace(self.plan, law=LAWS[0], sigma=_SIGMA), _AT
        self._survey()

    def show_shifts(self) -> None:
        """A small image; the plane is that of its shifts, and the point starts unmoved."""
        self.shifted = shifted_image()
        self.points, self.plane = self.shifted.points, self.shifted.plane
        self.plan, self.at = replace(self.plan, law=SHIFTS, sigma=_SHIFT_SIGMA), (0.0, 0.0)
        self._survey()

    def declare(self, **changes: Any) -> None:
        """Other parts of the plan; the votes so far are let go, since they were drawn for it."""
        plan = replace(self.plan, **changes)
        if plan == self.plan:
            return
        moved = (plan.law, plan.sigma) != (self.plan.law, self.plan.sigma)
        self.plan = plan
        if moved:
            self._survey()
        else:
            self.begin()

    def move(self, at: Spot) -> None:
        """Put the point elsewhere; its run begins with the next frame."""
        half = self.plane.half
        self.at = self._placed((min(max(at[0], -half), half), min(max(at[1], -half), half)))
        self.begin()

    def arrange(self, points: Points, plane: Plane, plan: Plan, at: Spot, number: int) -> None:
        """Show a run that is known: these points, this f and plan, this number."""
        self.points, self.plane, self.plan, self.at = points, plane, plan, at
        self.shifted = None
        self._survey(number)

    def begin(self, number: int | None = None) -> None:
        """A new run at the point, with votes of its own, or those of a run of that number."""
        self.runs += 1
        number = self.runs if number is None else number
        self.run = Run(self.plane, self.plan, self.at, number)
        self.exact: Exact = exact_at(self.plane, self.plan, self.at)
        self.cloud: list[tuple[Any, Any]] = []
        self.steps = 0
        self.pushed = self.crossing = None
        self.stood.emit()
        self._tick()

    @Slot()
    def again(self) -> None:
        """A new run at the same point."""
        self.begin()

    def look(self, *, on: bool) -> None:
        """Whether somebody looks."""
        self._looking = on
        self._tick()

    def hold(self, *, on: bool) -> None:
        """Stop drawing for a while, or go on."""
        self._held = on
        self._tick()

    @property
    def held(self) -> bool:
        """Whether drawing is stopped for a while."""
        return self._held

    @Slot()
    def step(self) -> None:
        """One frame."""
        if not self.run.done:
            now = self.run.advance(self.pace)
            self.cloud.append((now.samples, now.classes))
            self.steps += 1
            if sum(len(classes) for _, classes in self.cloud) > _CLOUD:
                del self.cloud[0]
            self.stood.emit()
        self._tick()

    def push(self, to: Spot) -> Push | None:
        """An attacker pushes the point; None before there is a class to defend."""
        now = self.standing
        if now.bounds is None:
            return None
        claimed, top = now.claimed, now.bounds.top
        to = self._placed(to)
        self.pushed = push(self.plane, self.plan, self.at, to, claimed, top)
        self.pushes += 1
        self.refuted += self.pushed.refutes
        self.stood.emit()
        return self.pushed

    def attack(self) -> Push | None:
        """Push to the nearest place found at which g differs."""
        if self.shifted is None:
            self.crossing = nearest_crossing(self.plane, self.plan, self.at)
        else:
            self.crossing = nearest_shift(self.plane, self.plan.sigma, self.at)
        return None if self.crossing is None else self.push(self.crossing)

    def _placed(self, at: Spot) -> Spot:
        """Shifts are whole."""
        return at if self.shifted is None else (float(round(at[0])), float(round(at[1])))

    def _survey(self, number: int | None = None) -> None:
        self.land = landscape(self.plane, self.plan.law, self.plan.sigma)
        self.begin(number)
        self.ground.emit()

    def _tick(self) -> None:
        wanted = self._looking and not self._held and not self.run.done
        if wanted is not self._timer.isActive():
            (self._timer.start if wanted else self._timer.stop)()
