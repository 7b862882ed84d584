from __future__ import annotations

import numpy as np

from engine.playground.run import Run
from gui.playground.experiment import Experiment


def test_a_frame_draws_its_votes_and_a_moved_point_begins_anew(experiment: Experiment):
    stood: list[int] = []
    experiment.stood.connect(lambda: stood.append(experiment.standing.estimation.n))
    experiment.step()
    experiment.step()
    assert stood == [900, 1900] and experiment.steps == len(experiment.cloud) == 2
    tries = experiment.runs
    experiment.move((0.4, -9.0))
    assert experiment.at == (0.4, -3.0) and experiment.runs == tries + 1
    assert experiment.standing.estimation.n == 0 and not experiment.cloud


def test_votes_are_those_of_the_engine(experiment: Experiment):
    experiment.move((0.2, 0.7))
    while not experiment.run.done:
        experiment.step()
    alone = Run(experiment.plane, experiment.plan, (0.2, 0.7), experiment.runs).finish()
    assert alone.estimation == experiment.standing.estimation


def test_another_plan_lets_the_votes_go(experiment: Experiment):
    grounds: list[None] = []
    experiment.ground.connect(lambda: grounds.append(None))
    experiment.step()
    experiment.declare(alpha=0.05)
    assert experiment.standing.estimation.n == 0 and not grounds
    border = experiment.land.border
    experiment.declare(sigma=1.0)
    assert grounds and not np.array_equal(border, experiment.land.border)
    tries = experiment.runs
    experiment.declare(sigma=1.0)
    assert experiment.runs == tries


def test_time_goes_on_only_while_somebody_looks(experiment: Experiment, qtbot):
    experiment.look(on=True)
    qtbot.waitUntil(lambda: experiment.steps > 1)
    experiment.hold(on=True)
    steps = experiment.steps
    qtbot.wait(100)
    assert experiment.steps == steps and experiment.held
    experiment.hold(on=False)
    qtbot.waitUntil(lambda: experiment.run.done)
    experiment.look(on=False)
    assert not experiment._timer.isActive()


def test_an_attack_crosses_outside_what_is_certified(experiment: Experiment):
    assert experiment.push((0.0, 0.0)) is None  # before the first vote there is nothing to attack
    while not experiment.run.done:
        experiment.step()
    pushed = experiment.attack()
    assert pushed is not None and pushed.crossed and not pushed.inside
    assert (experiment.pushes, experiment.refuted) == (1, 0)
