"""The plan as a whole."""

import pytest
from scipy.stats import beta

from engine.core.errors import UserError
from engine.planning import Pilot
from engine.planning.planner import cautious, plan
from engine.schemes import Gaussian


def made(**changes):
    values = {
        "scheme": Gaussian(sigma=1.0),
        "alpha": 0.001,
        "bound": "clopper-pearson",
        "n": 1000,
        **changes,
    }
    return plan(**values)


def test_a_typed_probability():
    found = made(p=0.95, target="radius=1.0")
    assert (found.needed.n_min, found.needed.n_first, found.needed.n_stay) == (40, 154, 163)
    assert found.hopeful is None and found.pilot is None and found.p_estimate is None
    assert found.planned.n == 1000 and found.planned in found.curve
    assert found.average_kept == pytest.approx(0.802, abs=6e-4)


def test_a_pilot_is_taken_with_caution():
    pilot = Pilot(k=97, n0=100)
    found = made(pilot=pilot, target="radius=1.0")
    assert found.p == pytest.approx(beta.ppf(0.1, 97.5, 3.5), abs=1e-12)
    assert found.p < found.p_estimate == 0.97
    assert found.needed.n_stay > found.hopeful.n_stay
    assert any("lower 10 % quantile" in note for note in found.notes)
    assert cautious(Pilot(k=100, n0=100)) < 1.0 and cautious(Pilot(k=0, n0=100)) > 0.0


def test_the_curve_grows_with_n():
    found = made(p=0.97)
    assert [point.n for point in found.curve] == [50, 100, 200, 500, 1000, 2000, 5000, 10_000]
    for fewer, more in zip(found.curve, found.curve[1:], strict=False):
        assert more.radius > fewer.radius and more.largest > fewer.largest
        assert more.power is None
    assert found.needed is None and found.target == ""


def test_an_odd_planned_n_is_on_the_curve():
    assert 777 in [point.n for point in made(p=0.9, n=777).curve]
    assert made(p=0.9, n=200).average_kept is None


def test_the_least_favourable_runner_up_is_said():
    notes = " ".join(made(p=0.9, bound="two-class").notes)
    assert "All lost votes are taken to go to one other class" in notes
    split = Pilot(k=90, n0=100, runner_up=0.3)
    assert "All lost votes" not in " ".join(made(pilot=split, bound="two-class").notes)
    assert "running maximum" in " ".join(made(p=0.9, bound="anytime").notes)


@pytest.mark.parametrize(
    "changes, sentence",
    [
        ({}, "A plan needs either a pilot's votes or a probability."),
        ({"p": 0.9, "pilot": Pilot(k=1, n0=2)}, "A plan needs either"),
        ({"p": 1.5}, "The probability must be between 0 and 1 (it was 1.5)."),
        ({"p": float("nan")}, "The probability must be between 0 and 1 (it was nan)."),
        ({"p": 0.9, "power": 1.0}, "The power must be between 0 and 1, without both (it was 1)."),
        ({"p": 0.9, "target": "words=3"}, "gaussian knows the terms radius, not 'words'"),
    ],
)
def test_what_cannot_be_planned(changes, sentence):
    with pytest.raises(UserError) as refused:
        made(**changes)
    assert sentence in str(refused.value)
