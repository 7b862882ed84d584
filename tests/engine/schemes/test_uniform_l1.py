import math
from fractions import Fraction

import numpy as np
import pytest
import torch

from engine.certificates.dssn import levels
from engine.core.errors import UserError
from engine.core.records import InputIdentity
from engine.evidence.settings import CertifySettings
from engine.procedures.certify import certify
from engine.schemes import UniformL1
from engine.schemes.base import IMPOSSIBLE
from engine.verify.counts import check_counts
from engine.verify.decisions import recount_of
from tests.fakes import HalfSpace, finish, fitted

SCHEME = UniformL1(lam=0.5)


@pytest.mark.parametrize("lam", [0.25, 0.5, 1.2])
def test_the_published_formula(lam, bounds):
    """2 lambda (p - 1/2), with 2 lambda cut off to whole grid steps."""
    scheme, effective = UniformL1(lam=lam), levels(lam) / 255
    for p in (0.6, 0.9, 0.99, 0.99993092):
        assert scheme.region(bounds(p)).radius == pytest.approx(effective * (p - 0.5), abs=1e-11)
        assert scheme.region(bounds(p)).radius < effective * (p - 0.5)
    two_sided = scheme.region(bounds(0.6, 0.1)).radius
    assert two_sided == pytest.approx(effective / 2 * 0.5, abs=1e-11)
    assert scheme.region(bounds(0.5)) is None


@pytest.mark.parametrize("width", [5, 6])
def test_the_bound_is_the_total_variation_of_the_shifted_law(width):
    """One pixel by k steps: exactly k / L; two pixels together: no more."""
    law = {n: Fraction(1, width) for n in range(width)}

    def distance(k: int) -> Fraction:
        both = set(law) | {n + k for n in law}
        return (
            sum(
                (abs(law.get(n, Fraction(0)) - law.get(n - k, Fraction(0))) for n in both),
                Fraction(0),
            )
            / 2
        )

    for k in range(width + 2):
        assert distance(k) == min(1, Fraction(k, width))
    for j in range(width):
        for k in range(width - j):
            both = 1 - (1 - distance(j)) * (1 - distance(k))
            assert both <= Fraction(j + k, width)


def test_required_probability_is_the_inverse(bounds):
    for radius in (0.0, 0.1, 0.3):
        needed = SCHEME.required_probability({"radius": radius})
        if radius:
            assert SCHEME.region(bounds(needed)).radius == pytest.approx(radius, abs=1e-9)
    assert SCHEME.required_probability({"radius": 0.0}) == 0.5
    assert SCHEME.required_probability({"radius": 0.6}) == IMPOSSIBLE


@pytest.mark.parametrize("lam", [0.25, 0.5])
def test_the_noise_law(lam, draw):
    """Every shift alike, pixels independent, mean x, values on half steps."""
    scheme, n = UniformL1(lam=lam), 20_000
    x = torch.tensor([[[0.0, 0.2], [128 / 255, 1.0]]])
    width = levels(lam)
    steps = (draw(scheme, x, n) - x).double() * 255 + (width - 1) / 2
    whole = steps.round()
    assert (steps - whole).abs().max() < 1e-3
    assert whole.min() == 0 and whole.max() == width - 1
    counts = torch.bincount(whole.flatten().long(), minlength=width).double()
    expected = 4 * n / width
    assert ((counts - expected) ** 2 / expected).sum() < width + 6 * math.sqrt(2 * width)
    pairs = torch.corrcoef(whole.flatten(1).T) - torch.eye(4)
    assert pairs.abs().max() < 6 / math.sqrt(n)


def test_a_sample_depends_on_its_index_alone(draw):
    x = torch.rand(3, 5, 5)
    assert torch.equal(draw(SCHEME, x, 1000, batch=64), draw(SCHEME, x, 1000))


def test_words():
    assert SCHEME.noise_in_words() == "uniform on the 8-bit grid, half-width 0.5 (pixels in [0,1])"
    assert SCHEME.noise().grid_input
    assert SCHEME.noise().total_variation(64) == 64 * 255 * 2.0**-63


def image(*steps: int) -> np.ndarray:
    """Some pixels, in grid steps."""
    return np.array(steps, dtype=np.float32).reshape(1, 1, -1) / 255


def given(elements: int) -> InputIdentity:
    return fitted().identity.model_copy(update={"shape": (1, 1, elements)})


def test_the_box_takes_the_rooms_of_the_pixels(bounds):
    """The first grey pixel is filled, then each step of the second costs a share of what is left.

    Overlaps of two windows of L steps, k steps apart: (L - k) / L.
    """
    scheme = UniformL1(lam=100 / 255, box=True)  # L = 200
    facts = scheme.prepare([image(100, 128, 20)])
    assert facts == {"rooms of pixels": "235*1"}  # 235 steps are more than all of L
    scheme, width = UniformL1(lam=400 / 255, box=True), 800
    facts = scheme.prepare([image(127, 128, 127)])
    assert facts == {"rooms of pixels": "128*3"}
    found = scheme.region(bounds(0.75), facts)  # an overlap of 0.75 has to be left
    kept = (width - 128) / width
    steps = 128 + width * (1 - 0.75 / kept)
    assert found.radius * 255 == pytest.approx(steps, rel=1e-12) and found.radius * 255 < steps
    assert steps > width * 0.25  # what is certified without the box
    assert scheme.region(bounds(0.75)).radius * 255 == pytest.approx(width * 0.25)
    assert scheme.required_probability({"radius": found.radius}, facts) == pytest.approx(0.75)
    assert scheme.required_probability({"radius": 1.0}) == pytest.approx(0.5 + 255 / width)
    assert "keeps every pixel in [0, 1], with l1 norm below" in found.clause("image")
    assert scheme.attacker_in_words("image").endswith("below R and every pixel stays in [0, 1]")


def test_all_changes_within_the_box_may_be_certified(bounds):
    """Six grey pixels move by 64 % of a window together, and an overlap of 0.05 is enough."""
    scheme = UniformL1(lam=20, box=True)
    facts = scheme.prepare([image(127, 128)])
    found = scheme.region(bounds(0.99), facts)
    assert (found.radius, found.closed) == (256 / 255, True)
    assert found.contains({"radius": 256 / 255})
    assert "at most 1.003" in found.clause("image")


@pytest.mark.parametrize("lead", [0.1, 0.3, 0.6, 0.9])
def test_the_published_radii_on_the_grid(lead, bounds):
    """Rooms of a whole range, whose radius Voracek & Hein's code gives: lam times the lead."""
    for lam in (0.5, 1.0):  # L = 255 and 510, so that lam is what it says
        scheme = UniformL1(lam=lam, box=True)
        found = scheme.region(
            bounds((1 + lead) / 2, (1 - lead) / 2), scheme.prepare([image(0, 255)])
        )
        assert found.radius == pytest.approx(lam * lead, rel=1e-9)


def test_recorded_rooms_are_those_of_an_image():
    scheme = UniformL1(lam=2, box=True)
    facts = scheme.prepare([image(*range(0, 250, 10))])
    scheme.check_facts(facts, given(25))
    UniformL1(lam=2).check_facts({}, given(25))
    wrong = (
        "128*1",
        "255*1",
        "255*1 128*900",
        "127*9",
        "128*3 255*3",
        "300*1",
        "255*x",
        "255*9 200*9",
    )
    for text in (*wrong, 3.0):
        with pytest.raises(UserError, match="the rooms of pixels that it records are none"):
            scheme.check_facts({"rooms of pixels": text}, given(25))
    with pytest.raises(UserError, match="are none"):
        scheme.check_facts({}, given(25))
    with pytest.raises(UserError, match="are none"):
        UniformL1(lam=2).check_facts(facts, given(25))
    with pytest.raises(UserError, match="--box rests on the pixels of an image"):
        scheme.check_alone()
    assert scheme.noise_in_words().endswith("; pixels kept in [0, 1]")
    assert "box" not in UniformL1().model_dump() and scheme.model_dump()["box"] is True


def test_a_run_with_the_box_records_rooms_and_verifies():
    scheme = UniformL1(lam=1, box=True)
    settings = CertifySettings(scheme=scheme, n0=50, n=1000, bound="clopper-pearson")
    found = finish(certify(HalfSpace(3.0), fitted(128 / 255), settings))
    assert found.facts == {"rooms of pixels": "128*3"}
    plain = UniformL1(lam=1).region(found.bounds)
    assert found.region.kind == "boxed ball" and found.radius > plain.radius
    claims = check_counts(recount_of(found))
    assert all(claim.verdict == "holds" for claim in claims)
    for facts in ({"rooms of pixels": "128*4"}, {"rooms of pixels": "255*1"}, {}):
        claims = check_counts(recount_of(found.model_copy(update={"facts": facts})))
        assert any(claim.verdict == "does not hold" for claim in claims)
    rows = dict((name, value) for name, value, _ in scheme.rests_on(found.facts))
    assert rows == {"rooms of pixels": "3 of the largest, up to 128/255"}
