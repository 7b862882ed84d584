"""A linear classifier, whose boundary after smoothing is known: certified <= truth <= attacked."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np
import pytest
import torch
from scipy.stats import norm

from engine.attacks.attack import attacked
from engine.attacks.plan import AttackPlan
from engine.attacks.smoothed import Smoothed
from engine.core.errors import UserError
from engine.core.outputs import Outputs
from engine.evidence.attack_words import attack_in_words
from engine.evidence.evidence import Evidence
from engine.evidence.settings import CertifySettings, ExactSettings, Execution
from engine.inputs import fit, load_input
from engine.inputs.base import FittedInput, arrays_sha256
from engine.inputs.coding import WordTokenizer
from engine.models.base import Classifier
from engine.models.outputs import OutputsClassifier
from engine.noise.gaussian import NoiseStream
from engine.procedures.certify import certify
from engine.regions import Ball
from engine.schemes import (
    Brightness,
    DssnL1,
    ExactMap,
    Gaussian,
    Laplace,
    Scheme,
    TextMask,
    UniformL1,
)
from engine.schemes.exp_inf import ExpInf
from engine.schemes.pow_2 import Pow2
from engine.schemes.uniform import Uniform
from engine.verify.attacks import check_attack
from tests.engine.attacks.test_smoothed import Closed
from tests.factories import make_model
from tests.fakes import HalfSpace, finish, fitted, identity

CPU = Execution(device="cpu", batch=500)
SETTINGS = CertifySettings(scheme=Gaussian(sigma=0.25), n0=50, n=2000, seed=1)
PLAN = AttackPlan(n=4000)
TRUTH = 0.4
X = fitted(0.1)


def certified(model: HalfSpace, **changes) -> Evidence:
    settings = SETTINGS.model_copy(update=changes)
    return finish(certify(model, X, settings, execution=CPU))


@pytest.mark.parametrize(("model", "slack"), [(HalfSpace(0.5), 1.1), (Closed(0.5), 1.3)])
def test_the_truth_lies_between_certified_and_attacked(model: HalfSpace, slack: float) -> None:
    evidence = certified(model)
    found = attacked(evidence, model, X, PLAN, execution=CPU).attack
    assert found is not None and found.outcome == "found" and found.found_class == 1
    assert found.perturbation is not None and not found.contradicts
    assert evidence.radius is not None and evidence.radius <= TRUTH
    assert TRUTH <= found.perturbation["radius"] <= slack * TRUTH
    assert PLAN.answered(found)
    again = attacked(evidence, model, X, PLAN, execution=CPU)
    assert again.attack == found
    assert check_attack(again) == []


def test_exact_noise_is_attacked_on_the_grid() -> None:
    model = HalfSpace(0.5)
    evidence = certified(model, noise="exact")
    found = attacked(evidence, model, X, PLAN, execution=CPU).attack
    assert found is not None and found.perturbation is not None
    steps = found.perturbation["radius"] * 255
    assert steps > TRUTH * 255 * 0.99 and not found.contradicts
    assert steps**2 == pytest.approx(round(steps**2), abs=1e-2)  # whole steps in every pixel


def test_brightness_is_attacked_either_way() -> None:
    model = HalfSpace(0.5)
    evidence = certified(model, scheme=Brightness(sigma_b=0.25))
    found = attacked(evidence, model, X, PLAN, execution=CPU).attack
    assert found is not None and found.perturbation is not None
    assert TRUTH <= found.perturbation["brightness"] <= 1.1 * TRUTH


def forged(evidence: Evidence) -> Evidence:
    """A certificate that claims twice the truth."""
    region = Ball(norm="l2", radius=2 * TRUTH, unit="pixels in [0,1]")
    return evidence.model_copy(update={"region": region, "radius": region.radius})


def test_a_forged_certificate_is_contradicted() -> None:
    model = HalfSpace(0.5)
    broken = attacked(forged(certified(model)), model, X, PLAN, execution=CPU)
    assert broken.attack is not None and broken.attack.contradicts
    assert check_attack(broken) == [
        "a change inside the certified region takes the model to another class"
    ]


def test_what_is_not_attacked_says_why() -> None:
    model = HalfSpace(0.5)
    evidence = certified(model)

    def why(**changes) -> str:
        found = attacked(evidence.model_copy(update=changes), model, X, PLAN, execution=CPU).attack
        assert found is not None and found.outcome == "not tried" and found.perturbation is None
        return found.how

    assert "Nothing is certified" in why(predicted_class=None)
    assert "its map marks the changes" in why(settings=ExactSettings(scheme=ExactMap()))
    far = attacked(certified(HalfSpace(5000.0)), HalfSpace(5000.0), X, PLAN, execution=CPU).attack
    assert far is not None and far.outcome == "not found"


def test_an_attack_ends_in_the_midst_of_its_search(monkeypatch: pytest.MonkeyPatch) -> None:
    model, stop = HalfSpace(0.5), threading.Event()
    evidence, lead, looks = certified(model), Smoothed.lead, []

    def third(self: Smoothed, *args: Any) -> float:
        looks.append(1)
        if len(looks) == 3:
            stop.set()
        return lead(self, *args)

    monkeypatch.setattr(Smoothed, "lead", third)
    assert attacked(evidence, model, X, PLAN, execution=CPU, stop=stop) is evidence
    assert len(looks) == 3


def test_an_attack_that_was_stopped_leaves_nothing() -> None:
    model, stop = HalfSpace(0.5), threading.Event()
    stop.set()
    evidence = certified(model)
    assert attacked(evidence, model, X, PLAN, execution=CPU, stop=stop) is evidence


def test_another_input_or_model_is_refused() -> None:
    model = HalfSpace(0.5)
    evidence = certified(model)
    other = X.__class__(
        X.identity.model_copy(update={"pixels_sha256": "9" * 64}), (X.arrays[0] + np.float32(1),)
    )
    with pytest.raises(UserError, match="model and input of the run"):
        attacked(evidence, model, other, PLAN, execution=CPU)


class FirstPixel(Classifier):
    """Answers with an image's first value."""

    def __init__(self) -> None:
        self.identity = make_model()

    def prepare(self, device: torch.device, precision: str) -> None:
        """Nothing."""

    def scores(self, batch: torch.Tensor) -> torch.Tensor:
        return batch.flatten(1)[:, :1]

    @property
    def differentiable(self) -> bool:
        return True


def test_a_changed_input_is_held_against_the_reference_of_the_certified_one() -> None:
    """The value must move by the tolerance; with the reference moved along it would never do."""
    outputs = Outputs(kind="numbers", names=("first",), tolerance=0.5)
    classifier = OutputsClassifier(FirstPixel(), outputs)
    given = fit(load_input("digits:3"), classifier.identity)
    settings = CertifySettings(scheme=Gaussian(sigma=0.25), n0=50, n=2000, seed=3)
    device = Execution(device="cpu")
    evidence = finish(certify(classifier, given, settings, execution=device))
    plan = AttackPlan(samples=400, n=2000)
    found = attacked(evidence, classifier, given, plan, execution=device).attack
    assert found is not None and found.outcome == "found" and found.perturbation is not None
    assert (evidence.radius or 0.0) < found.perturbation["radius"]
    assert 0.45 < found.perturbation["radius"] < 0.8


@pytest.mark.walk
@pytest.mark.parametrize(
    "scheme",
    [
        Laplace(lam=0.2, norm="l1"),
        Uniform(lam=0.5, norm="linf"),
        ExpInf(sigma=0.2, norm="linf"),
        Pow2(sigma=0.2, norm="l2"),
        UniformL1(lam=0.5),
    ],
    ids=lambda one: f"{one.key}-{getattr(one, 'norm', 'l1')}",
)
def test_in_every_norm_an_attack_ends_between_certificate_and_truth(scheme: Scheme) -> None:
    """One pixel decides, so that the boundary of the smoothed model is 0.3 away in any norm."""
    model, given = HalfSpace(0.4), fitted(0.1)
    settings = CertifySettings(scheme=scheme, n0=50, n=2000, bound="clopper-pearson")
    certified = finish(certify(model, given, settings, execution=CPU))
    assert certified.radius is not None and 0.001 < certified.radius < 0.3
    found = attacked(certified, model, given, AttackPlan(samples=400, n=4000), execution=CPU)
    assert found.attack is not None and found.attack.perturbation is not None
    assert 0.3 - 1 / 255 < found.attack.perturbation["radius"] < 0.45
    assert not found.contradicted and check_attack(found) == []


class Linear(Classifier):
    """Class 0 iff a weighted sum of the pixels is below a threshold; the classes in any order."""

    def __init__(self, weights: Sequence[float], threshold: float) -> None:
        self.identity = identity(2, input_shape=(1, 1, 2))
        self.weights, self.threshold = torch.tensor(weights), threshold

    def prepare(self, device: torch.device, precision: str) -> None:
        """Nothing."""

    def scores(self, batch: torch.Tensor) -> torch.Tensor:
        margin = self.threshold - batch.flatten(1) @ self.weights
        return torch.stack([margin, -margin], dim=1)

    @property
    def differentiable(self) -> bool:
        return True


def counted_class(model: Linear, scheme: DssnL1, x: np.ndarray) -> int:
    """The class of most of all L images, ties to the lower index."""
    law = scheme.noise()
    images = torch.empty((law.samples, 1, 1, 2))
    law.draw(
        torch.from_numpy(x.astype(np.float32)), NoiseStream(0, 0, torch.device("cpu")), 0, images
    )
    return int(torch.bincount(model.classify(images), minlength=2).argmax())


def test_noise_that_is_counted_whole_is_attacked_and_the_attack_counted() -> None:
    """Certified < smallest change there is, by trying all, <= attacked: nothing is chance."""
    scheme, model = DssnL1(lam=0.06), Linear((1.0, -0.4), 0.30)
    x = (np.array([[[120, 130]]]) / 255).astype(np.float32)
    known = fitted().identity.model_copy(update={"shape": (1, 1, 2)})
    given = FittedInput(known.model_copy(update={"pixels_sha256": arrays_sha256((x,))}), (x,))
    evidence = finish(certify(model, given, ExactSettings(scheme=scheme), execution=CPU))
    found = attacked(evidence, model, given, execution=CPU)
    attack = found.attack
    assert evidence.radius is not None and attack is not None and attack.perturbation is not None
    smallest = min(
        abs(first) + abs(second)
        for first, second in product(range(-15, 16), repeat=2)
        if counted_class(model, scheme, (np.rint(x * 255) + np.array([first, second])) / 255)
        != evidence.predicted_class
    )
    assert round(evidence.radius * 255) < smallest <= round(attack.perturbation["radius"] * 255)
    assert attack.perturbation["radius"] * 255 <= 1.5 * smallest
    assert attack.votes is not None and attack.votes.n == attack.n == scheme.counted
    assert attack.counted and attack.p_value is None and attack.key == ""
    assert check_attack(found) == [] and AttackPlan(samples=500).answered(attack)
    said = attack_in_words(found)
    assert f"by all {scheme.counted} samples of the noise, counted. That is" in said


class Bands(HalfSpace):
    """Class 0 below 0.5 in the first pixel, class 1 up to 0.9, class 2 beyond."""

    def __init__(self) -> None:
        super().__init__(0.5, classes=3)

    def scores(self, batch: torch.Tensor) -> torch.Tensor:
        first = batch.flatten(1)[:, 0]
        return torch.stack([0.5 - first, torch.zeros_like(first), first - 0.9], dim=1)


def test_a_place_among_the_first_two_is_lost_where_both_others_are_more_probable() -> None:
    """The lead is lost 0.21 away, the place among the first two where class 2 overtakes too."""
    model, sigma = Bands(), 0.25
    evidence = certified(model, scheme=Gaussian(sigma=sigma, top_k=2))
    truth = 0.7 - 0.1  # from there on as many samples are above 0.9 as below 0.5
    shares = norm.cdf((0.5 - 0.7) / sigma), norm.sf((0.9 - 0.7) / sigma)
    assert shares[0] == pytest.approx(shares[1]) and 1 - sum(shares) > shares[0]
    found = attacked(evidence, model, X, PLAN, execution=CPU)
    attack = found.attack
    assert attack is not None and attack.perturbation is not None and attack.lost == "rank"
    assert evidence.radius is not None and evidence.radius <= truth
    assert truth <= attack.perturbation["radius"] <= 1.2 * truth
    assert check_attack(found) == [] and not found.contradicted
    said = attack_in_words(found)
    assert "takes 'class 0' from among the 2 most probable classes of the smoothed model" in said


class Burns(HalfSpace):
    """Class 1 iff the word 1 can be read."""

    coding = WordTokenizer(("wash", "burn", "the", "cup", "house"))

    def __init__(self) -> None:
        super().__init__(0.0)
        self.identity = identity(kind="text", input_shape=(0,))

    def scores(self, batch: torch.Tensor) -> torch.Tensor:
        score = (batch == 1).sum(dim=1).float() - 0.5
        return torch.stack([-score, score], dim=1)


@pytest.mark.parametrize(("tau", "words"), [(0.5, 2), (0.3, 3), (0.18, 4)])
def test_a_threshold_is_lost_where_the_share_is_below_it(tau: float, words: int) -> None:
    """After d words of 1 all of them are masked with 0.6^d: 0.6, 0.36, 0.216, 0.1296."""
    tokens = np.array([0, 2, 3, 2, 4, 0], dtype=np.int64)
    own = {"kind": "text", "alphabet": (5,), "shape": tokens.shape}
    given = FittedInput(fitted().identity.model_copy(update=own), (tokens,))
    scheme, model = TextMask(beta=0.6, tau=tau, vocabulary=5), Burns()
    settings = CertifySettings(scheme=scheme, n0=50, n=2000, seed=1)
    evidence = finish(certify(model, given, settings, execution=CPU))
    found = attacked(evidence, model, given, PLAN, execution=CPU)
    assert evidence.region is not None and found.attack is not None
    assert found.attack.perturbation == {"words": float(words)}
    assert found.attack.lost == ("lead" if tau == 0.5 else "threshold")
    assert not evidence.region.contains({"words": float(words)}) and check_attack(found) == []
    said = attack_in_words(found)
    assert ("below the threshold tau" in said) is (tau != 0.5)
    forged = found.attack.model_copy(update={"lost": "rank"})
    wrong = check_attack(found.model_copy(update={"attack": forged}))
    assert "what it takes from the class is not what the scheme certifies" in wrong
