import numpy as np
import pytest
import torch

from engine.bounds import Enumeration
from engine.certificates.dssn import cells, template
from engine.core.errors import UserError
from engine.core.records import ProbabilityBounds, Votes
from engine.schemes import DssnL1
from engine.schemes.base import IMPOSSIBLE

SCHEME = DssnL1(lam=0.25)


def grid(*shape: int, seed: int = 0) -> torch.Tensor:
    values = torch.randint(0, 256, shape, generator=torch.Generator().manual_seed(seed))
    return values / 255


@pytest.mark.parametrize("lam", [0.1, 0.25, 0.5, 0.75])
def test_samples_are_the_middles_of_cells(lam, draw):
    scheme, x = DssnL1(lam=lam), grid(2, 3, 4)
    out = draw(scheme, x, scheme.noise().samples).flatten(1).numpy()
    steps = np.rint(x.flatten().numpy() * 255).astype(np.int64)
    for t in (0, 1, scheme.noise().samples - 1):
        offsets = (template(24, scheme.noise().samples) + t) % scheme.noise().samples
        expected = cells(steps, offsets, scheme.noise().samples) / 1020
        assert out[t] == pytest.approx(expected, abs=1e-6)


def test_one_step_of_one_pixel_changes_one_sample_at_most(draw):
    x = grid(1, 4, 4)
    whole = draw(SCHEME, x, SCHEME.noise().samples)
    for pixel in range(16):
        other = x.clone().flatten()
        other[pixel] = (other[pixel] + 1 / 255) if other[pixel] < 1 else other[pixel] - 1 / 255
        seen = draw(SCHEME, other.view_as(x), SCHEME.noise().samples)
        assert (seen != whole).flatten(1).any(1).sum() <= 1


def test_no_attack_within_the_radius_changes_the_answer(draw):
    """A base model that is a hash of what it sees; every step up or down, one pixel or several."""
    weights = torch.tensor([[[3.1, -2.2], [1.7, -4.3]]])

    def votes(x: torch.Tensor) -> Votes:
        seen = draw(SCHEME, x, SCHEME.noise().samples)
        classes = ((seen * weights).flatten(1).sum(1) > 0.1).long()
        return Votes.from_sequence(torch.bincount(classes, minlength=2).tolist())

    x = grid(1, 2, 2, seed=3)
    before = votes(x)
    region = SCHEME.region(shares(before, before.top))
    steps = round(region.radius * 255)
    assert steps >= 1
    generator = torch.Generator().manual_seed(5)
    for _ in range(200):
        change = torch.zeros(4)
        for _ in range(steps):
            pixel = int(torch.randint(0, 4, (1,), generator=generator))
            change[pixel] += 1 if torch.rand(1, generator=generator) < 0.5 else -1
        other = ((x.flatten() * 255).round() + change).clamp(0, 255) / 255
        assert votes(other.view_as(x)).top == before.top


def test_no_randomness(draw):
    class Silent:
        def __getattr__(self, name: str) -> None:
            raise AssertionError(name)

    x = grid(1, 3, 3)
    out = torch.empty(5, 1, 3, 3)
    SCHEME.noise().draw(x, Silent(), 10, out)
    assert torch.equal(out, draw(SCHEME, x, SCHEME.noise().samples, batch=7)[10:15])


def shares(votes: Votes, top: int) -> ProbabilityBounds:
    return Enumeration().at(votes, top=top, alpha=0.001, n_plan=votes.n)


def test_the_region_of_counted_votes_is_exact():
    votes = Votes(counts=(300, 82, 0))
    region = DssnL1(lam=0.75).region(shares(votes, 0))
    assert region.radius == 109 / 255 and region.closed
    assert region.contains({"radius": 109 / 255})
    assert not region.contains({"radius": 110 / 255})
    assert "with l1 norm at most 0.427" in region.clause("image")
    assert DssnL1(lam=0.75).region(shares(votes, 1)) is None
    tie = Votes(counts=(191, 191))
    assert DssnL1(lam=0.75).region(shares(tie, 0)).radius == 0.0  # ties go to the lower index
    assert DssnL1(lam=0.75).region(shares(tie, 1)) is None
    failed = Votes(counts=(200, 0), failures=182)
    assert DssnL1(lam=0.75).region(shares(failed, 0)).radius == 9 / 255


@pytest.mark.parametrize("top", [0, 1])
def test_every_count_has_its_steps(top):
    """The shares, rounded to floats, still tell the votes: k moved votes turn the answer or not."""
    scheme = DssnL1(lam=0.75)
    width = scheme.noise().samples
    for votes_of_top in range(width + 1):
        counts = (votes_of_top, width - votes_of_top)[:: 1 if top == 0 else -1]
        region = scheme.region(shares(Votes(counts=counts), top))
        steps = -1 if region is None else round(region.radius * 255)
        kept = [
            votes_of_top - k > width - votes_of_top + k - (top == 0)
            for k in range(votes_of_top + 1)
        ]
        assert steps == sum(kept) - 1


def test_a_region_from_shares_is_never_larger(bounds):
    scheme = DssnL1(lam=0.75)
    for n in (192, 200, 300, 381, 382):
        exact = scheme.region(shares(Votes(counts=(n, 382 - n)), 0))
        bounded = scheme.region(bounds(n / 382, (382 - n) / 382))
        assert bounded.radius <= exact.radius + 1 / 255
        for steps in range(192):
            if bounded.contains({"radius": steps / 255}):
                assert exact.contains({"radius": steps / 255})
    assert scheme.region(bounds(0.5)) is None


def test_required_probability():
    assert SCHEME.required_probability({"radius": 0.0}) == 0.5
    assert SCHEME.required_probability({"radius": 20 / 255}) == pytest.approx(0.5 + 20 / 127)
    assert SCHEME.required_probability({"radius": 1.0}) == IMPOSSIBLE


@pytest.mark.parametrize("value", [0.5, 1.5, -1 / 255, float("nan")])
def test_an_image_off_the_grid_is_refused(value):
    x = torch.zeros(1, 2, 2)
    x[0, 0, 0] = value
    with pytest.raises(UserError) as caught:
        SCHEME.noise().draw(x, None, 0, torch.empty(1, 1, 2, 2))
    assert str(caught.value) == (
        "Deterministic l1 smoothing is for images on the 8-bit grid, and this one has pixels "
        "that are not multiples of 1/255 between 0 and 1."
    )


def test_facts():
    law = SCHEME.noise()
    assert (law.samples, law.arithmetic, law.grid_input) == (127, "enumerated", True)
    assert SCHEME.noise_in_words() == (
        "splitting noise, half-width 0.25 (pixels in [0,1]), all 127 values counted"
    )


@pytest.mark.parametrize("n", [100, 764])
def test_shares_of_another_number_of_samples_certify_nothing(n):
    assert DssnL1(lam=0.75).region(shares(Votes(counts=(n, 0)), 0)) is None
