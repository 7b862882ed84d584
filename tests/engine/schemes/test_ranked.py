"""Top-k certificates of every scheme that bounds a class's probability by votes."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.stats import norm

from engine.attacks.attack import attacked
from engine.attacks.plan import AttackPlan
from engine.bounds import bound_method
from engine.bounds.clopper_pearson import lower
from engine.core.errors import UserError
from engine.core.records import ProbabilityBounds, Votes
from engine.evidence.settings import CertifySettings, MeasureSettings, PredictSettings
from engine.models.base import Classifier
from engine.procedures.certify import certify
from engine.regions import Region
from engine.report.json import evidence_json
from engine.schemes import SCHEMES, Gaussian, Scheme, UniformL1, parse_scheme
from engine.schemes.ablation import Ablation
from engine.schemes.heuristic import Heuristic
from engine.schemes.hierarchical_ablation import HierarchicalAblation
from engine.schemes.nested import Nested
from engine.schemes.ranked import Ranked, check_classes, others_of, threshold_mark, top_k
from engine.schemes.text_mask import TextMask
from engine.schemes.threshold import threshold, threshold_in_words
from engine.schemes.uniform import Uniform
from engine.verify.counts import check_counts
from engine.verify.decisions import recount_of
from tests.fakes import finish, fitted, identity

OWN = {"dimension": 64}
RANKED = [one for one in SCHEMES if issubclass(one, Ranked)]


def made(kind: type[Scheme], **values: object) -> Scheme:
    """With a dimension, where that must be known."""
    own = OWN if "dimension" in kind.model_fields else {}
    return kind(**{**own, **values})


def sized(region: Region | None) -> float:
    """All sizes of a region together."""
    return -1.0 if region is None else sum(region.sizes().values())


def bounded(p_lower: float, p_upper: float | None = None, *others: float) -> ProbabilityBounds:
    upper = 1 - p_lower if p_upper is None else p_upper
    return ProbabilityBounds(
        method="test", alpha=0.001, n=1, top=0, p_lower=p_lower, p_upper=upper, others=others,
        valid=True, basis="",
    )  # fmt: skip


def test_all_but_sweeps_exact_and_nested_schemes_have_it() -> None:
    for kind in SCHEMES:
        apart = kind.sweeps or kind().counted is not None or issubclass(kind, Nested | Heuristic)
        assert issubclass(kind, Ranked) != apart, kind.key


@pytest.mark.parametrize("kind", RANKED, ids=lambda one: one.key)
def test_it_is_written_where_it_is_not_one(kind: type[Scheme]) -> None:
    assert "top_k" not in made(kind).model_dump()
    several = made(kind, top_k=3)
    assert several.model_dump()["top_k"] == 3
    assert parse_scheme(several.model_dump()) == several
    assert top_k(several) == 3 and threshold(several) == 0.25
    assert threshold_in_words(several) == threshold_mark(0.25) == "1/4"


@pytest.mark.parametrize("kind", RANKED, ids=lambda one: one.key)
def test_more_is_certified_among_more(kind: type[Scheme]) -> None:
    """The region grows with k, and below one half there is one at all."""
    first, three, five = (made(kind, top_k=k) for k in (1, 3, 5))
    sure = [sized(one.region(bounded(0.97))) for one in (first, three, five)]
    assert sure == sorted(sure) and sure[0] >= 0
    assert first.region(bounded(0.45)) is None
    assert three.region(bounded(0.45)) is not None
    assert three.region(bounded(0.24)) is None
    assert five.region(bounded(0.24)) is not None


@pytest.mark.walk
@pytest.mark.parametrize("kind", RANKED, ids=lambda one: one.key)
def test_the_required_p_lower_is_what_the_region_takes(kind: type[Scheme]) -> None:
    scheme = made(kind, top_k=4)
    nothing = {name: term.neutral for name, term in scheme.terms.items()}
    assert scheme.required_probability(nothing) == pytest.approx(0.2, rel=1e-9)
    region = scheme.region(bounded(0.97))
    assert region is not None
    for change in region.changes():
        needed = scheme.required_probability(change)
        assert 0.2 < needed <= 0.97 * (1 + 1e-9)
        found = scheme.region(bounded(min(1.0, needed * (1 + 1e-6))))
        assert found is not None and found.contains(change)
        less = scheme.region(bounded(needed * (1 - 1e-6)))
        assert less is None or not less.contains(change)


def test_normal_noise_by_its_closed_form() -> None:
    """Phi(Phi^-1(p) - R) = 1 / (k + 1) where nothing but p_lower is bounded."""
    for k, p in ((2, 0.4), (5, 0.99), (9, 0.3)):
        ball = Gaussian(sigma=0.5, top_k=k).region(bounded(p))
        exact = 0.5 * (norm.ppf(p) - norm.ppf(1 / (k + 1)))
        assert ball is not None and ball.radius <= exact
        assert ball.radius == pytest.approx(exact, rel=1e-9)


def test_mass_that_moves_by_its_closed_form() -> None:
    """p - D > (P_t + D) / t with the t smallest of the three largest others."""
    bounds = bounded(0.4, 0.3, 0.3, 0.2, 0.05)
    delta = max((0.4 - 0.05) / 2, (2 * 0.4 - 0.25) / 3, (3 * 0.4 - 0.55) / 4)
    for scheme in (UniformL1(lam=0.5, top_k=3), Uniform(lam=0.5, top_k=3, dimension=9)):
        ball = scheme.region(bounds)
        assert ball is not None and ball.radius <= delta
        assert ball.radius == pytest.approx(delta, rel=1e-9)
    sure = UniformL1(lam=0.5, top_k=5).region(bounded(0.99))
    assert sure is not None and sure.radius == pytest.approx((5 * 0.99 - 0.01) / 6, rel=1e-9)
    for scheme in (Ablation(entities=40, keep=10, top_k=4), HierarchicalAblation(p=0.9, top_k=4)):
        count, deltas = scheme.region(bounded(0.99)), scheme.deltas()
        assert count is not None
        most = sum(delta < (4 * 0.99 - 0.01) / 5 for delta in (*deltas, 0.8)) - 1
        assert count.most == most > sum(delta < 0.49 for delta in deltas)
        assert scheme.required_probability({"entities": count.most}) <= 0.99
        assert scheme.required_probability({"entities": count.most + 1}) > 0.99


def test_bounds_of_the_strongest_others_are_filled_up_with_the_last() -> None:
    assert others_of(bounded(0.4, 0.3), 3) == (0.3, 0.3, 0.3)
    assert others_of(bounded(0.4, 0.3, 0.3, 0.1), 4) == (0.3, 0.1, 0.1, 0.1)
    assert others_of(bounded(0.4, 0.3, 0.3, 0.2, 0.1), 2) == (0.3, 0.2)


def test_refusals_are_sentences() -> None:
    with pytest.raises(UserError, match="--top-k 10 says nothing of a model with 10 classes: each"):
        check_classes(Gaussian(top_k=10), 10)
    check_classes(Gaussian(top_k=9), 10)
    check_classes(Gaussian(), 1)
    with pytest.raises(UserError, match="--top-k 2 ranks the classes, and --tau 0.3 flags each by"):
        TextMask(top_k=2, tau=0.3)
    with pytest.raises(ValueError, match="predict speaks of no ranking; leave --top-k out"):
        PredictSettings(scheme=Gaussian(top_k=2))
    with pytest.raises(ValueError, match="measure speaks of no ranking"):
        MeasureSettings(scheme=Gaussian(top_k=2), epsilon=0.1)
    with pytest.raises(UserError, match="top_k must be greater than or equal to 1"):
        Gaussian(top_k=0)


def test_words_of_a_place_among_the_first() -> None:
    scheme = Gaussian(top_k=3)
    place = "among the 3 most probable classes of the smoothed model"
    assert scheme.effect("cat") == f"takes 'cat' from {place}"
    assert scheme.unchanged("cat") == f"'cat' is {place}"
    assert "ranks the classes by their probability" in scheme.about_in_words()
    assert scheme.rule_in_words().endswith("that is 1/4.")
    assert f"stays {place}" in scheme.kept_in_words()
    for kind in RANKED:
        assert made(kind, top_k=3).noise_in_words().endswith("kept among the first 3"), kind.key
        assert "first" not in made(kind).noise_in_words()
    assert Gaussian().effect("cat") == "changes the smoothed model's prediction 'cat'"


def test_published_radii_from_the_recorded_votes() -> None:
    """With every class bounded by itself, as Jia et al. do; their bisection ends at 1e-5."""
    golden = Path(__file__).parents[2] / "golden" / "top_k.json"
    for counts, label, k, sigma, alpha, radius in json.loads(golden.read_text())["rows"]:
        votes = Votes(counts=tuple(counts))
        bounds = bound_method("multi-class").at(votes, top=label, alpha=alpha, n_plan=votes.n)
        ball = Gaussian(sigma=sigma, top_k=k).region(bounds)
        found = 0.0 if ball is None else ball.radius
        assert radius == pytest.approx(found, abs=2e-5)
        assert bounds.p_lower == pytest.approx(lower(counts[label], votes.n, alpha / 10))


class Lottery(Classifier):
    """Class by the standing of the first pixel of the noise, whose law is normal."""

    def __init__(self, shares: tuple[float, ...], sigma: float) -> None:
        self.identity = identity(len(shares))
        self.edges = torch.tensor(norm.ppf(np.cumsum(shares)[:-1]) * sigma, dtype=torch.float32)

    def prepare(self, device: torch.device, precision: str) -> None:
        pass

    def scores(self, batch: torch.Tensor) -> torch.Tensor:
        places = torch.bucketize(batch.flatten(1)[:, 0].contiguous(), self.edges)
        return torch.nn.functional.one_hot(places, len(self.edges) + 1).float()


def test_a_run_states_it_and_verify_works_it_out_again() -> None:
    settings = CertifySettings(
        scheme=Gaussian(sigma=0.25, top_k=2), n0=100, n=2000, bound="multi-class", alpha=0.01
    )
    model = Lottery((0.42, 0.33, 0.15, 0.1), 0.25)
    found = finish(certify(model, fitted(), settings))
    assert found.outcome == "certified" and found.bounds is not None
    assert found.bounds.p_lower < 0.5 and len(found.bounds.others) >= 2
    assert "takes 'class 0' from among the 2 most probable classes" in found.statement
    assert all(claim.verdict == "holds" for claim in check_counts(recount_of(found)))
    attack = attacked(found, model, fitted(), AttackPlan(samples=400, n=1000)).attack
    assert attack is not None and attack.outcome == "found" and attack.lost == "rank"
    assert attack.perturbation is not None and not attack.contradicts
    assert found.radius is not None and found.radius <= attack.perturbation["radius"]
    raw = json.loads(evidence_json(found))
    for place, value in ((("bounds", "others"), [0.1]), (("settings", "scheme", "top_k"), 3)):
        forged = json.loads(json.dumps(raw))
        inner = forged
        for step in place[:-1]:
            inner = inner[step]
        inner[place[-1]] = value
        claims = check_counts(recount_of(type(found).model_validate(forged)))
        assert any(claim.verdict == "does not hold" for claim in claims), place
