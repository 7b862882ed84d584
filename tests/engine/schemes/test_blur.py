from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.ndimage import gaussian_filter
from scipy.special import ndtr, ndtri

from engine.core.errors import UserError
from engine.evidence.settings import CertifySettings
from engine.procedures.certify import certify
from engine.schemes.blur import Blur
from engine.verify.counts import check_counts
from engine.verify.decisions import recount_of
from tests.fakes import HalfSpace, finish, fitted

LAWS = [
    Blur(law="exponential", lam=3.0),
    Blur(law="uniform", a=9.0),
    Blur(law="folded-normal", s=3),
]
GOLDEN = json.loads((Path(__file__).parents[2] / "golden/semantic.json").read_text())["blur"]
NAMES = {
    "exponential": ("lam", "exponential_scale_param"),
    "uniform": ("a", "uniform_[0,param^2]"),
    "folded-normal": ("s", "folded_gaussian_sigma_param"),
}


def test_radii_are_the_published_ones_and_never_above_them(bounds):
    for row in GOLDEN:
        for law, (field, name) in NAMES.items():
            size = row["param"] ** 2 if law == "uniform" else row["param"]
            scheme = Blur(law=law, **{field: size})
            for p, exact in zip(row["p_lower"], row[name], strict=True):
                region = scheme.region(bounds(p))
                if p == 0.5:
                    assert region is None
                    continue
                assert region.upper == pytest.approx(exact, rel=1e-9)
                assert region.upper <= exact * (1 + 1e-12)
                assert scheme.required_probability({"blur": exact}) == pytest.approx(p, abs=1e-9)


def moved(scheme: Blur, t: float, q: float) -> float:
    """The most that the law moved by t gives a set to which the law gives q, by Neyman-Pearson.

    On a grid of strengths, far finer than the law: cells by falling ratio, the last one in part.
    """
    grid = np.linspace(0, 40 * scheme.scale, 400_001)
    s = grid / scheme.scale
    below = {
        "exponential": lambda x: -np.expm1(-np.maximum(x, 0)),
        "uniform": lambda x: np.clip(x, 0, 1),
        "folded-normal": lambda x: 2 * ndtr(np.maximum(x, 0)) - 1,
    }[scheme.law]
    law, other = np.diff(below(s)), np.diff(below(s - t / scheme.scale))
    with np.errstate(divide="ignore", invalid="ignore"):
        order = np.argsort(-np.where(other > 0, other / np.where(law > 0, law, 1e-300), 0.0))
    held = np.cumsum(law[order])
    count = int(np.searchsorted(held, q, side="right"))
    return float(other[order][:count].sum())


@pytest.mark.parametrize("scheme", LAWS, ids=lambda one: one.law)
def test_the_radius_is_where_a_worst_set_reaches_one_half(scheme, bounds):
    for p in (0.6, 0.95, 0.999):
        radius = scheme.region(bounds(p)).upper
        assert moved(scheme, 0.99 * radius, 1 - p) < 0.5 + 1e-3
        assert moved(scheme, 1.01 * radius, 1 - p) > 0.5 - 1e-3
        # a runner-up that is known to be small lets the top class fall below one half
        both = scheme.region(bounds(p, 0.5 * (1 - p))).upper
        assert both > radius
        worst = moved(scheme, both, 1 - p) + moved(scheme, both, 0.5 * (1 - p))
        assert worst < 1 + 2e-3


def test_squared_radii_add_up_and_large_ones_are_those_of_a_sampled_kernel():
    x = np.random.default_rng(3).random((3, 12, 17), dtype=np.float32)
    one = Blur()
    for first, second in ((0.25, 0.25), (0.01, 3.0), (4.0, 10.0), (1.0, 0.0)):
        twice = one.transformed(one.transformed(x, {"blur": first}), {"blur": second})
        assert np.abs(twice - one.transformed(x, {"blur": first + second})).max() < 1e-6
    filtered = np.stack([gaussian_filter(part, 2.0, mode="reflect", truncate=8) for part in x])
    assert np.abs(one.transformed(x, {"blur": 4.0}) - filtered).max() < 1e-5
    assert np.abs(one.transformed(x, {"blur": 0.0}) - x).max() < 1e-6


@pytest.mark.parametrize("scheme", LAWS, ids=lambda one: one.law)
def test_noise_on_a_blurred_image_is_noise_that_is_moved(scheme, draw):
    """The same strength in any batch; a blur before adds to it."""
    x = torch.rand(1, 6, 5, generator=torch.Generator().manual_seed(4))
    whole = draw(scheme, x, 300)
    assert torch.allclose(whole, draw(scheme, x, 300, batch=77), atol=1e-6)
    before = torch.from_numpy(scheme.transformed(x.numpy(), {"blur": 1.5}))
    after = scheme.transformed(whole[9].numpy(), {"blur": 1.5})
    assert np.abs(draw(scheme, before, 10)[9].numpy() - after).max() < 1e-6
    assert torch.allclose(whole.mean((1, 2, 3)), x.mean().expand(300), atol=1e-6)


@pytest.mark.parametrize("scheme", LAWS, ids=lambda one: one.law)
def test_no_blur_inside_turns_a_model_that_looks_at_contrast(scheme, bounds):
    """Class 0 while an image keeps a share of its contrast: its true smoothed share is known."""
    keep = 2.0 * scheme.scale if scheme.law != "uniform" else 0.8 * scheme.scale
    share = {"exponential": 1 - math.exp(-2), "uniform": 0.8, "folded-normal": 2 * ndtr(2) - 1}
    region = scheme.region(bounds(float(share[scheme.law])))
    half = {"exponential": math.log(2), "uniform": 0.5, "folded-normal": float(ndtri(0.75))}
    true = keep - half[scheme.law] * scheme.scale  # S + t <= keep with probability one half
    assert region.upper == pytest.approx(true, rel=1e-9)
    assert region.upper <= true * (1 + 1e-12)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"lam": -1.0}, r"lam must be greater than or equal to 0.01 \(it was -1.0\)"),
        ({"law": "cauchy"}, "law must be"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(given, sentence):
    with pytest.raises(UserError, match=sentence):
        Blur(**given)


def test_a_negative_blur_is_refused():
    with pytest.raises(UserError, match="blur must be a finite number >= 0"):
        Blur().parse_at("blur=-1")


def test_scales_of_other_laws_decide_nothing():
    assert Blur().idle() == {"a", "s"} and Blur(law="uniform").idle() == {"lam", "s"}
    assert Blur(law="uniform", a=5).noise() == Blur(law="uniform", a=5, lam=9).noise()


def test_a_run_has_true_evidence():
    settings = CertifySettings(scheme=Blur(), n0=10, n=400)
    found = finish(certify(HalfSpace(0.2), fitted(), settings, at=("blur=1", "blur=90")))
    assert found.certified_at == {"blur=1": True, "blur=90": False}
    assert found.noise.generator == "philox4x32-10/exponential-blur-dct-f64"
    assert "no blur of this image below" in found.statement
    assert all(one.verdict == "holds" for one in check_counts(recount_of(found)))
