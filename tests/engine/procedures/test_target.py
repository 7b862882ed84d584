from collections.abc import Mapping
from typing import ClassVar

import pytest

from engine.core.errors import UserError
from engine.evidence.settings import CertifySettings, Execution
from engine.procedures.certify import certify
from engine.procedures.target import Target, answered
from engine.regions import Ball, Count, Term
from engine.schemes import Gaussian
from tests.fakes import HalfSpace, finish, fitted


def run(threshold: float, target: float, bound: str = "anytime"):
    settings = CertifySettings(n0=50, n=100_000, bound=bound, target=f"radius={target}")
    return finish(certify(HalfSpace(threshold), fitted(), settings, execution=Execution(batch=500)))


@pytest.mark.parametrize("bound", ["live", "anytime"])
def test_stops_as_soon_as_the_target_is_certified(bound: str):
    found = run(0.3, 0.2, bound)
    assert found.stop_reason == "target certified"
    assert found.radius > 0.2 and found.outcome == "certified"
    assert sum(found.votes.estimation) < 20_000


def test_gives_up_when_the_target_is_out_of_reach():
    found = run(0.1, 0.4)
    assert found.stop_reason == "target out of reach"
    assert found.radius < 0.1 and sum(found.votes.estimation) < 20_000


def test_the_decision_does_not_depend_on_the_batch():
    one = run(0.3, 0.25)
    other = finish(
        certify(
            HalfSpace(0.3),
            fitted(),
            CertifySettings(n0=50, n=100_000, bound="anytime", target="radius=0.25"),
            execution=Execution(batch=64),
        )
    )
    assert one.stop_reason == other.stop_reason


def test_a_fixed_bound_is_refused():
    with pytest.raises(UserError) as caught:
        run(0.3, 0.2, "clopper-pearson")
    assert str(caught.value) == (
        "--target stops early, and the clopper-pearson bound may not be stopped; "
        "choose --bound anytime or live."
    )


class Pixels(Gaussian):
    """Certifies pixels, no radius."""

    terms: ClassVar[Mapping[str, Term]] = {"entities": Term("pixels changed", whole=True)}


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (
            {"target": "radius=0.2", "scheme": Pixels()},
            "--target radius=0.2: gaussian knows the terms entities, not 'radius'.",
        ),
        (
            {"target": "words=1"},
            "--target words=1: gaussian knows the terms radius, not 'words'.",
        ),
        (
            {"target": "radius=0.2", "bound": "two-class"},
            "--target stops early, and the two-class bound may not be stopped; "
            "choose --bound anytime or live.",
        ),
    ],
)
def test_a_target_that_cannot_be_is_one_sentence(values, sentence):
    with pytest.raises(UserError) as caught:
        Target.of(CertifySettings(**values))
    assert str(caught.value) == sentence


def test_whether_a_target_is_held():
    ball = Ball(norm="l2", radius=0.3, unit="pixels in [0,1]")
    assert answered(CertifySettings(), ball) is None
    assert answered(CertifySettings(target="radius=0.2"), ball) == ("radius=0.2", True)
    assert answered(CertifySettings(target="radius=0.4"), ball) == ("radius=0.4", False)
    assert answered(CertifySettings(target="radius=0.4"), None) == ("radius=0.4", False)


def test_evidence_that_contradicts_itself_has_no_answer():
    count = Count(term="entities", most=2, unit="pixels", manner="in any way")
    assert answered(CertifySettings(target="radius=0.4"), count) is None
    assert answered(CertifySettings(target="words=1"), count) is None
