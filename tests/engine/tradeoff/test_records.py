import math
from typing import ClassVar

from engine.regions import Ball, Count, Perturbation, Staircase
from engine.schemes import Gaussian
from engine.tradeoff.attacker import Attacker
from engine.tradeoff.records import Contender, Outcome, TradeOff


class Pixels(Gaussian):
    """Counts pixels alone."""

    terms: ClassVar[dict[str, str]] = {"entities": "pixels"}

    def covering(self, *, entities: int, epsilon: float) -> Perturbation:
        return {"entities": float(entities)}


class Steps(Gaussian):
    """Counts pixels and measures their change."""

    terms: ClassVar[dict[str, str]] = {"entities": "pixels", "epsilon": "norm"}

    def covering(self, *, entities: int, epsilon: float) -> Perturbation:
        return {"entities": float(entities), "epsilon": epsilon}


BALL = Ball(norm="l2", radius=0.5, unit="pixels in [0,1]")
COUNT = Count(term="entities", most=3, unit="pixels")
STAIRS = Staircase(
    count_term="entities",
    first=1,
    strength_term="epsilon",
    reach=(0.9, 0.4),
    norm="l2",
    unit="pixels in [0,1]",
    things="pixels",
)


def outcome(region, label: int | None = 7, predicted: int | None = 7) -> Outcome:
    return Outcome(
        input="digits:1",
        label=label,
        predicted_class=predicted if region is not None else None,
        class_name=str(predicted),
        region=region,
    )


def tradeoff(*outcomes: tuple[Outcome, ...]) -> TradeOff:
    schemes = (Gaussian(), Pixels(), Steps())
    contenders = tuple(
        Contender.model_construct(model=f"m{i}", name=f"m{i}", scheme=scheme)
        for i, scheme in enumerate(schemes)
    )
    return TradeOff.model_construct(
        contenders=contenders,
        outcomes=outcomes,
        inputs=len(outcomes[0]),
        n0=10,
        n=100,
        alpha=0.001,
        seed=0,
    )


ONE = tradeoff((outcome(BALL),), (outcome(COUNT),), (outcome(STAIRS),))


def test_each_region_answers_in_its_own_terms():
    def who(entities: int, epsilon: float) -> list[float | None]:
        attacker = Attacker(entities=entities, epsilon=epsilon)
        return [ONE.certified(i, attacker) for i in range(3)]

    assert who(1, 0.45) == [1, 1, 1]
    assert who(2, 0.45) == [1, 1, 0]
    assert who(1, 0.8) == [0, 1, 1]
    assert who(4, 0.45) == [1, 0, 0]
    assert who(4, 5.0) == [0, 0, 0]


def test_reach_is_the_regions_own_edge():
    assert all(abs(value - 0.5) < 1e-9 for value in ONE.reach(0, most=3))
    assert ONE.reach(1, most=4) == [math.inf, math.inf, math.inf, None]
    first, second, third = ONE.reach(2, most=3)
    assert 0.9 - 1e-9 < first < 0.9 and 0.4 - 1e-9 < second < 0.4 and third is None


def test_winners_are_those_with_the_highest_share():
    assert ONE.winners(Attacker(entities=1, epsilon=0.8)) == [1, 2]
    assert ONE.winners(Attacker(entities=4, epsilon=5.0)) == []


def test_shares_count_correct_certificates_only():
    many = (outcome(BALL), outcome(BALL, label=3), outcome(None), outcome(BALL, label=None))
    result = tradeoff(many, (), ())
    assert result.clean_accuracy(0) == 0.5
    assert result.certified(0, Attacker(entities=9, epsilon=0.1)) == 0.5
    assert result.clean_accuracy(1) is None
    assert result.certified(1, Attacker()) is None
