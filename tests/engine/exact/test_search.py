"""Branch and bound against dense sampling, and against every pattern of the ReLUs there is."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.optimize import linprog

from engine.exact.cells import read
from engine.exact.light import Convention, Light
from engine.exact.linear_bounds import propagated
from engine.exact.network import Network
from engine.exact.operations import Dense, Floats, Relu
from engine.exact.question import Highest
from engine.exact.search import Asked, Problem, search
from tests.small_networks import every_operation, image, tiny


def last(problem: Problem, budget: int) -> str:
    *_, found = search(problem, budget)
    return found


def asked(network: Network, seed: int, light: Light) -> Problem:
    x = image(network.input_shape, seed)
    return Problem(network, x, light, Highest(int(network.values(x[None])[0].argmax())))


def least_margin(problem: Problem, box: Floats) -> float:
    """The exact least margin over a cell: a linear program for every pattern of all ReLUs.

    On the points that give one pattern the network is affine in (c, b), without clipping.
    """
    pixels = problem.image.ravel()
    first = np.stack([pixels, pixels, np.ones_like(pixels)])  # constant, c, b
    dense = [step.operation for step in problem.network.steps if isinstance(step.operation, Dense)]
    assert isinstance(problem.question, Highest)
    top, least = problem.question.top, np.inf
    relus = sum(isinstance(step.operation, Relu) for step in problem.network.steps)
    widths = [len(layer.offset) for layer in dense[:relus]]
    for pattern in itertools.product((False, True), repeat=sum(widths)):
        form, rows, limits, place = first, [], [], 0
        for layer in dense[:relus]:
            z = layer.linear(form)
            z[0] += layer.offset
            active = np.array(pattern[place : place + len(layer.offset)])
            place += len(active)
            sign = np.where(active, -1.0, 1.0)
            rows.append((z[1:] * sign).T)
            limits.append(-z[0] * sign)
            form = z * active
        out = dense[-1].linear(form)
        out[0] += dense[-1].offset
        for other in set(range(out.shape[1])) - {top}:
            lead = out[:, top] - out[:, other]
            found = linprog(lead[1:], np.concatenate(rows), np.concatenate(limits), bounds=box)
            if found.status == 0:
                least = min(least, lead[0] + found.fun)
    return least


def test_every_pattern_of_a_tiny_network_agrees() -> None:
    certified = []
    for seed in (0, 4, 11):
        network = tiny(seed)
        problem = asked(network, seed, Light("linear", 0.5, 0.3, clip=False))
        exact = least_margin(problem, np.array([[-0.5, 0.5], [-0.3, 0.3]]))
        assert abs(exact) > 0.003  # far enough from 0 to be decided
        leaves = read(last(problem, 400))
        assert bool(leaves.area("c") == 1) == bool(exact > 0)
        assert ("v" in leaves.status) == (exact < 0)
        certified.append(bool(exact > 0))
    assert set(certified) == {True, False}


@pytest.mark.parametrize("convention", ["linear", "exponential"])
@pytest.mark.parametrize("clip", [True, False])
def test_certified_cells_hold_under_dense_sampling(convention: Convention, clip: bool) -> None:
    rng, light = np.random.default_rng(1), Light(convention, 0.4, 0.3, clip=clip)
    seen: set[str] = set()
    for seed in range(3):
        problem = asked(every_operation(seed), seed, light)
        leaves = read(last(problem, 63))
        seen |= set(leaves.status)
        boxes = leaves.boxes(0.4, 0.3)
        shares = np.concatenate([rng.uniform(size=(30, 2)), [[0, 0], [0, 1], [1, 0], [1, 1]]])
        points = boxes[:, None, :, 0] + shares * (boxes[:, None, :, 1] - boxes[:, None, :, 0])
        held = problem.held(points.reshape(-1, 2)).reshape(len(boxes), -1)
        certified = np.array([one == "c" for one in leaves.status])
        assert held[certified].all()
        violated = np.array([one == "v" for one in leaves.status])
        assert (problem.held(boxes.mean(2)) != violated).all()
    assert {"c", "v"} <= seen


@pytest.mark.walk
@pytest.mark.parametrize("convention", ["linear", "exponential"])
def test_bounds_of_cells_hold_at_500_points_each(convention: Convention) -> None:
    """Of the cells of a map, in float32 and in float64: the true margin is never below."""
    rng, light = np.random.default_rng(5), Light(convention, 0.4, 0.3)
    for seed in range(2):
        problem = asked(every_operation(seed), seed, light)
        leaves = read(last(problem, 63))
        boxes = leaves.boxes(0.4, 0.3)
        shares = rng.uniform(size=(500, 2))
        shares[:4] = [[0, 0], [0, 1], [1, 0], [1, 1]]
        points = boxes[:, None, :, 0] + shares * (boxes[:, None, :, 1] - boxes[:, None, :, 0])
        outputs = problem.behind.values(light.changed(problem.image, points.reshape(-1, 2)))
        true = problem.question.margins(outputs).reshape(len(boxes), -1)
        forms = light.forms(problem.image, boxes)
        for given in (forms, forms.narrowed()):
            found = propagated(problem.behind, given)
            assert (problem.question.least(found)[:, None] <= true).all()
            assert (problem.question.most(found)[:, None] >= true).all()


def test_a_map_is_the_same_without_float32(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = asked(every_operation(0), 0, Light("linear", 0.4, 0.3))
    assert 0 <= problem.lost < 1e-2
    narrow = last(problem, 255)
    wide = asked(every_operation(0), 0, Light("linear", 0.4, 0.3))
    wide.__dict__["lost"] = float("inf")
    assert abs(read(last(wide, 255)).area("c") - read(narrow).area("c")) <= 2**-7


def test_weights_beyond_float32_are_bounded_in_float64() -> None:
    network = tiny(0)
    layer = network.steps[-1].operation
    assert isinstance(layer, Dense)
    layer._weight[0, 0] = 1e-40
    problem = asked(network, 0, Light("linear", 0.1, 0.1))
    assert not network.narrow and problem.lost == float("inf")
    assert read(last(problem, 31)).cells


def test_halves_without_hope_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    plain = Problem.asked

    def counted(self: Problem, cells: tuple[int, ...]) -> Asked:
        seen.extend(cells)
        return plain(self, cells)

    monkeypatch.setattr(Problem, "asked", counted)
    problem = asked(every_operation(0), 0, Light("linear", 0.4, 0.3))
    leaves = read(last(problem, 255))
    nodes = 2 * len(leaves.cells) - 1
    assert len(set(seen)) == len(seen) < nodes <= 255
    assert set(leaves.cells) <= set(seen)  # whatever is stated of a cell was found out
    for budget in (7, 15, 63):
        seen.clear()
        assert set(read(last(problem, budget)).cells) <= set(seen)


def test_the_budget_is_kept_and_the_map_grows() -> None:
    problem = asked(every_operation(0), 0, Light("linear", 0.4, 0.3))
    before = ""
    for budget in (1, 2, 3, 30, 255):
        found = last(problem, budget)
        assert 2 * found.count("s") + 1 <= budget
        assert read(found).area("c") >= (read(before).area("c") if before else 0)
        before = found
    maps = [read(text) for text in search(problem, 255)]
    areas = [one.area("c") for one in maps]
    assert areas == sorted(areas) and len(areas) > 3


def test_a_network_that_fails_certifies_nothing() -> None:
    network = tiny(0)
    layer = network.steps[-1].operation
    assert isinstance(layer, Dense)
    layer._weight[0, 0] = np.nan
    problem = Problem(network, image((1, 1, 3)), Light("linear", 0.1, 0.1), Highest(0))
    found = read(last(problem, 31))
    assert set(found.status) == {"v"}


def test_cells_are_certified_again_one_by_one() -> None:
    problem = asked(tiny(1), 1, Light("linear", 0.5, 0.3, clip=False))
    leaves = read(last(problem, 400))
    again = problem.certified(leaves.cells)
    assert [status == "c" for status in leaves.status] == again.tolist()
