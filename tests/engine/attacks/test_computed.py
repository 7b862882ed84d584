"""Stumps whose smoothed boundary is known: certified <= truth <= attacked, without any chance."""

from __future__ import annotations

import threading
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import torch
from scipy.stats import norm as normal

from engine.attacks.attack import attacked
from engine.attacks.computed import Computed, expected_slope
from engine.attacks.plan import AttackPlan
from engine.certificates.stump_vote import StumpVote
from engine.certificates.stumps import Steps, StumpEnsemble
from engine.evidence.attack import AttackRecord
from engine.evidence.attack_words import attack_in_words
from engine.evidence.evidence import Evidence
from engine.evidence.settings import ExactSettings, Execution
from engine.inputs.base import FittedInput, arrays_sha256
from engine.models.base import Classifier
from engine.models.input_layout import ANY
from engine.procedures.certify import certify
from engine.regions import Ball
from engine.schemes import Scheme, Stumps, StumpsFields, StumpsVote
from engine.verify.attacks import check_attack
from tests.fakes import finish, fitted, identity

CPU = Execution(device="cpu")
ONE = Steps.of([(0.0, Fraction(0), Fraction(1))])
"""1 above 0."""
NOTHING = Steps()


class Sum(Classifier):
    """Class 1 where a sum of steps exceeds its threshold."""

    def __init__(self, model: StumpEnsemble | StumpVote) -> None:
        self.model = model
        shape, fields = (1, 1, len(model.numbers)), getattr(model, "fields", ())
        kind = {"kind": "table", "input_shape": (ANY,)} if fields else {"input_shape": shape}
        self.identity = identity(2, **kind)

    @property
    def stumps(self) -> StumpEnsemble | StumpVote:
        return self.model

    def prepare(self, device: torch.device, precision: str) -> None:
        """Nothing."""

    def scores(self, batch: Any) -> torch.Tensor:
        first, codes = batch if isinstance(batch, tuple) else (batch, None)
        numbers = first.flatten(1).double().numpy()
        margins = torch.from_numpy(
            self.model.margins(numbers, None if codes is None else codes.numpy())
        )
        return torch.stack([-margins, margins], dim=1)


def given(*numbers: float, codes: tuple[int, ...] | None = None) -> FittedInput:
    x = np.array(numbers, dtype=np.float32)
    arrays = (x.reshape(1, 1, -1),) if codes is None else (x, np.array(codes, dtype=np.int64))
    known: dict[str, Any] = {
        "shape": arrays[0].shape,
        "pixels_sha256": arrays_sha256(arrays),
        "more_shapes": tuple(one.shape for one in arrays[1:]),
    }
    if codes is not None:
        known |= {"kind": "table", "alphabet": (3,) * len(codes)}
    return FittedInput(fitted().identity.model_copy(update=known), arrays)


def certified(model: Classifier, scheme: Scheme, x: FittedInput) -> Evidence:
    return finish(certify(model, x, ExactSettings(scheme=scheme), execution=CPU))


def attack_on(model: Classifier, scheme: Scheme, x: FittedInput) -> tuple[Evidence, AttackRecord]:
    found = attacked(certified(model, scheme, x), model, x, execution=CPU)
    assert found.attack is not None and found.attack.outcome == "found", found.attack
    assert check_attack(found) == [] and not found.contradicted
    return found, found.attack


@pytest.mark.parametrize(
    "scheme",
    [Stumps(sigma=0.5, samples=200), Stumps(norm="l1", lam=2.0, samples=200)],
    ids=["l2", "l1"],
)
def test_the_distance_of_a_half_line_is_certified_and_attacked(scheme: Stumps) -> None:
    evidence, attack = attack_on(Sum(StumpEnsemble((ONE,))), scheme, given(0.8))
    truth = float(np.float32(0.8))
    assert evidence.radius is not None and attack.perturbation is not None
    assert evidence.radius <= truth <= attack.perturbation["radius"] <= 1.01 * truth
    assert attack.found_class == 0 and attack.votes is None and attack.p_value is None
    assert attack.outside is not None and attack.outside < 0.5 and attack.computed
    assert AttackPlan(samples=500).answered(attack)
    assert "by its computed probability" in attack_in_words(evidence)


def linear(weights: tuple[float, ...], above: float, steps: int = 400) -> StumpEnsemble:
    """Nearly w * x, by steps between -2 and 2."""
    cuts = np.linspace(-2, 2, steps)
    return StumpEnsemble(
        tuple(
            Steps.of(
                [(float(cut), Fraction(0), Fraction(w).limit_denominator(100)) for cut in cuts]
            )
            for w in weights
        ),
        above=Fraction(above).limit_denominator(100) * steps,
    )


def test_of_a_linear_sum_the_steepest_way_is_found() -> None:
    """w * x against a threshold: the boundary is the hyperplane, |w * x - t| / |w| away."""
    weights, steps = np.array((0.3, 0.4)), 400
    model = Sum(linear(tuple(weights), 0.5, steps))
    x = (0.35, 0.25)
    evidence, attack = attack_on(model, Stumps(sigma=0.25, samples=200), given(*x))
    # steps count the cuts below: steps * (x + 2) / 4 of them
    value = (weights * (np.array(x) + 2) / 4).sum() - 0.5
    truth = abs(value) / np.linalg.norm(weights / 4)
    assert evidence.radius is not None and attack.perturbation is not None
    assert evidence.radius <= attack.perturbation["radius"]
    assert attack.perturbation["radius"] == pytest.approx(truth, rel=0.03)
    assert evidence.radius == pytest.approx(truth, rel=0.03)  # a linear smoothed model: it is tight


def test_the_slope_is_the_derivative_of_the_expected_sum() -> None:
    steps = (Steps.of([(0.2, Fraction(1), Fraction(3)), (0.7, Fraction(0), Fraction(-1))]), ONE)
    x, sigma = np.array([0.4, -0.3]), 0.3

    def expected(at: np.ndarray) -> float:
        first = 1 + 2 * normal.cdf((at[0] - 0.2) / sigma) - normal.cdf((at[0] - 0.7) / sigma)
        return float(first + normal.cdf(at[1] / sigma))

    by = 1e-6
    slope = [(expected(x + by * one) - expected(x - by * one)) / (2 * by) for one in np.eye(2)]
    assert expected_slope(steps, x, "l2", sigma) == pytest.approx(slope, rel=1e-6)
    # uniform on [-1, 1]: the chance of being above a cut rises by 1/2 a unit while it is in reach
    assert expected_slope(steps, x, "l1", 1.0) == pytest.approx([0.5, 0.5])
    assert expected_slope(steps, x, "l1", 0.1) == pytest.approx([0.0, 0.0])


def test_a_vote_is_lost_when_a_majority_of_its_members_is() -> None:
    cuts = (0.3, 0.5, 0.8)
    members = tuple(StumpEnsemble((Steps.of([(-cut, Fraction(0), Fraction(1))]),)) for cut in cuts)
    model = Sum(StumpVote(members, (1, 1, 1)))
    evidence, attack = attack_on(model, StumpsVote(sigma=0.2, samples=200), given(0.0))
    assert evidence.radius is not None and attack.perturbation is not None
    assert evidence.radius <= 0.5 <= attack.perturbation["radius"] <= 0.51


TENTHS = Fraction(1, 10)
FIELDS = (
    (9 * TENTHS, 5 * TENTHS, TENTHS),
    (0 * TENTHS, 10 * TENTHS, 20 * TENTHS),
)
"""The first can take 0.8, the second nothing."""
THREE = Steps.of([(0.0, Fraction(0), 3 * TENTHS)])


@pytest.mark.parametrize(
    ("above", "fields", "radius"),
    [(10, 0.0, 0.8), (4.5, 1.0, 0.0), (2.5, 1.0, 0.8)],
    ids=["the number", "a field", "a field, then the number"],
)
def test_fields_are_changed_where_numbers_alone_do_not_take_the_class(
    above: float, fields: float, radius: float
) -> None:
    """0.9 of a field and 0.3 of a number above 0, against a threshold."""
    model = Sum(StumpEnsemble((THREE,), FIELDS, above=Fraction(above) * TENTHS))
    scheme = StumpsFields(sigma=0.5, samples=200)
    evidence, attack = attack_on(model, scheme, given(0.8, codes=(0, 0)))
    assert attack.perturbation is not None and attack.perturbation["fields"] == fields
    assert radius <= attack.perturbation["radius"] * (1 + 1e-6) <= 1.01 * radius
    assert evidence.region is not None and not evidence.region.contains(attack.perturbation)
    assert ("changed fields alone" in attack.how) is (radius == 0)


def test_what_no_change_can_lose_is_not_found() -> None:
    model = Sum(StumpEnsemble((Steps.of([(0.0, Fraction(1), Fraction(2))]),)))
    found = attacked(
        certified(model, Stumps(samples=200), given(0.8)), model, given(0.8), execution=CPU
    )
    assert found.attack is not None and found.attack.outcome == "not found"
    assert found.attack.computed and AttackPlan().answered(found.attack)
    assert attack_in_words(found).startswith("No change was found at which another class is")


def test_a_forged_certificate_is_contradicted_without_a_word_of_chance() -> None:
    model, x = Sum(StumpEnsemble((ONE,))), given(0.8)
    evidence = certified(model, Stumps(samples=200), x)
    ball = Ball(norm="l2", radius=1.5, unit="pixels in [0,1]")
    forged = evidence.model_copy(update={"region": ball, "radius": 1.5})
    broken = attacked(forged, model, x, execution=CPU)
    assert broken.attack is not None and broken.attack.contradicts and broken.contradicted
    said = attack_in_words(broken)
    assert said.startswith("CONTRADICTION") and "chance" not in said


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"outside": 0.5}, "does not show another class"),
        ({"outside": None}, "does not show another class"),
        ({"found_class": 1}, "leads to no other class"),
        ({"found_class": 7}, "leads to no other class"),
        ({"key": "0" * 16}, "attack.key"),
        ({"p_value": 0.1}, "attack.p_value"),
        ({"lost": "rank"}, "attack.lost"),
        ({"n": 100}, "that computes"),
        ({"tries": 3}, "that computes"),
        ({"perturbation": {"words": 1.0}}, "terms of the scheme"),
    ],
)
def test_what_was_changed_in_its_record_is_found(change: dict[str, Any], wrong: str) -> None:
    found, attack = attack_on(Sum(StumpEnsemble((ONE,))), Stumps(samples=200), given(0.8))
    other = found.model_copy(update={"attack": attack.model_copy(update=change)})
    assert any(wrong in clause for clause in check_attack(other))


def test_it_ends_when_it_is_stopped() -> None:
    model, x, stop = Sum(StumpEnsemble((ONE,))), given(0.8), threading.Event()
    evidence = certified(model, Stumps(samples=200), x)
    stop.set()
    assert attacked(evidence, model, x, execution=CPU, stop=stop) is evidence


def test_numbers_without_a_step_have_no_slope() -> None:
    model = StumpEnsemble((NOTHING, NOTHING))
    asked = Computed(Stumps(), model, threading.Event())
    assert asked.slope((np.zeros((1, 1, 2), dtype=np.float32),), 0) is None
    assert replace(model, above=Fraction(1)).numbers == model.numbers and asked.looks == 0
