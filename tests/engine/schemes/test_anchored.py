from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from scipy.stats import kstest, multivariate_normal, norm

from engine.core.errors import UserError
from engine.evidence.settings import CertifySettings, declared
from engine.noise.gaussian import NoiseStream
from engine.schemes.anchored import SAMPLES, distances
from engine.schemes.rotation import Rotation
from engine.schemes.scaling import Scaling
from engine.transforms import ROTATION, disc, travel, warped
from tests.factories import make_input

PLAIN = Rotation(sigma=0.2, degrees=20)
BOTH = Rotation(sigma=0.2, degrees=20, sigma_b=0.3, with_brightness=0.1, with_radius=0.05)


def test_samples_of_a_cell_are_drawn_at_its_anchor_in_any_batch():
    x = torch.rand(3, 6, 6, generator=torch.Generator().manual_seed(1))
    law, source = PLAIN.noise(), NoiseStream(5, 2)
    start = (6 << SAMPLES) - 100  # the last hundred of cell 5, then cell 6
    out = torch.empty(400, 3, 6, 6)
    law.draw(x, source, start, out)
    parts = torch.empty_like(out)
    for first in range(0, 400, 70):
        law.draw(x, source, start + first, parts[first : first + 70])
    assert torch.equal(out, parts)
    for cell, own in ((5, out[:100]), (6, out[100:])):
        low, high = PLAIN.ends(cell)
        image = warped(x.numpy(), ROTATION, (low + high) / 2)
        assert kstest(((own.numpy() - image) / 0.2).ravel(), norm.cdf).pvalue > 1e-4
    assert not torch.equal(out[:100], out[100:200])


def test_the_image_itself_is_cell_0_kept_to_the_disc():
    x = torch.ones(1, 5, 5)
    out = torch.empty(2_000, 1, 5, 5)
    PLAIN.noise().draw(x, NoiseStream(5, 2), 0, out)
    assert np.abs(out.mean(0)[0].numpy() - disc(5, 5)).max() < 0.03


def test_one_shift_of_the_disc_comes_beside_the_noise():
    law = Rotation(sigma=1e-6, degrees=20, sigma_b=0.3).noise()
    out = torch.empty(4_000, 1, 5, 5)
    law.draw(torch.zeros(1, 5, 5), NoiseStream(5, 2), 0, out)
    inside = out[:, 0][:, torch.tensor(disc(5, 5))]
    assert (inside - inside[:, :1]).abs().max() < 1e-4
    assert kstest(inside[:, 0].numpy() / 0.3, norm.cdf).pvalue > 1e-4
    assert out[:, 0][:, ~torch.tensor(disc(5, 5))].abs().max() < 1e-4


def test_what_an_anchor_needs_is_the_worst_half_space():
    """Against Neyman and Pearson in two dimensions: the pixels' move, and the shift's."""
    move, p = 0.31, BOTH.p_needed(0.31)
    away = np.array([(move + 0.05) / 0.2, 0.1 / 0.3])
    worst = multivariate_normal(np.zeros(1), 1).cdf(norm.ppf(p) - np.linalg.norm(away))
    assert worst == pytest.approx(0.5, abs=1e-9)
    assert PLAIN.p_needed(0.31) == pytest.approx(norm.cdf(0.31 / 0.2), rel=1e-12)
    assert PLAIN.p_needed(0.31) >= norm.cdf(0.31 / 0.2)


def test_a_shift_without_noise_of_its_own_is_an_l2_change():
    scheme = Rotation(sigma=0.2, degrees=20, with_brightness=0.1)
    image = np.random.default_rng(1).random((3, 7, 7)).astype(np.float32)
    moved = 0.1 * math.sqrt(3 * disc(7, 7).sum())
    bare = travel(image, ROTATION, *scheme.ends(9))
    assert scheme.distance(image, 9) == pytest.approx(bare + moved, rel=1e-9)
    assert distances(scheme, (image,), [9, 1]) == [
        scheme.distance(image, 9), scheme.distance(image, 1)
    ]  # fmt: skip
    shifted = scheme.transformed(image, {"rotation": 0.0, "brightness": 0.1})
    assert np.linalg.norm(shifted - warped(image, ROTATION, 0.0)) == pytest.approx(moved, rel=1e-5)


def test_votes_at_one_anchor_certify_nothing_of_the_range(bounds):
    assert PLAIN.region(bounds(0.999999)) is None
    assert PLAIN.utmost(bounds(0.6)).upper == 20.0 and PLAIN.utmost(bounds(0.5)) is None
    assert BOTH.utmost(bounds(0.6)) is None


def test_terms_after_it_are_0_where_nobody_says_them():
    assert BOTH.parse_at("rotation=-3") == {"rotation": -3.0, "brightness": 0.0, "radius": 0.0}
    asked = BOTH.parse_at("rotation=10,brightness=-0.1,radius=0.05")
    assert BOTH.required_probability(asked) < 1 < BOTH.required_probability({**asked, "radius": 1})
    with pytest.raises(UserError, match="rotation is missing"):
        BOTH.parse_at("brightness=0.1")
    with pytest.raises(UserError, match="radius must be a finite number >= 0"):
        BOTH.parse_at("rotation=1,radius=-1")


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Rotation(degrees=180.5), "degrees must be less than or equal to 180"),
        (lambda: Rotation(degrees=0), "degrees must be greater than 0"),
        (lambda: Scaling(scale=1.0), "scale must be less than or equal to 0.9"),
        (lambda: Rotation().check_input(make_input(shape=(1, 2, 9))), "at least 3 x 3 pixels"),
        (lambda: declared("decide", PLAIN, {"target": "rotation=3"}), "use certify"),
        (lambda: declared("certify", PLAIN, {"target": "rotation=3"}), "takes no target"),
        (lambda: declared("certify", PLAIN, {"noise": "exact"}), "has no exact noise"),
        (lambda: CertifySettings(scheme=PLAIN), "certified over a range"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(make, said):
    with pytest.raises((UserError, ValueError), match=said):
        make()


def test_an_attacker_with_a_change_to_choose_has_no_one_image():
    image = np.ones((1, 5, 5), dtype=np.float32)
    assert PLAIN.transformed(image, {"rotation": 1.0, "radius": 0.1}) is None
    found = PLAIN.transformed(image, {"rotation": 90.0})
    assert found.dtype == np.float32 and np.allclose(found[0], disc(5, 5), atol=1e-6)
