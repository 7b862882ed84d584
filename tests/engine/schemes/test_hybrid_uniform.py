import math

import pytest
import torch

from engine.certificates.hybrid import lower
from engine.certificates.kernels import FieldUniform
from engine.core.errors import UserError
from engine.core.fields import checked
from engine.noise.gaussian import NoiseStream
from engine.schemes.hybrid_mask import HybridMask
from engine.schemes.hybrid_uniform import HybridUniform


def drawn(scheme: HybridUniform, x: tuple, samples: int, start: int = 0) -> tuple:
    out = tuple(torch.empty((samples, *part.shape), dtype=part.dtype) for part in x)
    scheme.noise().draw(x, NoiseStream(1, 1), start, out)
    return out


def test_noise_law_of_both_parts():
    pair = (torch.full((1, 3, 3), 0.5), torch.tensor([2, 2, 6]))
    pixels, tokens = drawn(HybridUniform(sigma=0.3, beta=0.6, vocabulary=7), pair, 20_000)
    assert float(pixels.mean()) == pytest.approx(0.5, abs=6 * 0.3 / math.sqrt(pixels.numel()))
    assert float(pixels.std()) == pytest.approx(0.3, rel=0.01)
    assert float((tokens[:, 0] == 2).double().mean()) == pytest.approx(0.4, abs=0.02)
    assert float((tokens[:, 2] == 0).double().mean()) == pytest.approx(0.1, abs=0.01)


def test_the_parts_are_independent():
    """The pixels of samples whose word was kept are no other than the rest."""
    pair = (torch.zeros(1, 2, 2), torch.tensor([3]))
    pixels, tokens = drawn(HybridUniform(sigma=1.0, beta=0.5), pair, 40_000)
    kept = tokens[:, 0] == 3
    gap = pixels[kept].mean() - pixels[~kept].mean()
    assert abs(float(gap)) < 6 / math.sqrt(40_000)


def test_a_sample_does_not_depend_on_the_batch():
    scheme = HybridUniform(beta=0.6, vocabulary=7)
    pair = (torch.rand(1, 3, 3), torch.tensor([2, 2, 6]))
    whole, part = drawn(scheme, pair, 50), drawn(scheme, pair, 20, 30)
    assert all(torch.equal(a[30:], b) for a, b in zip(whole, part, strict=True))


def test_a_table_draws_each_field_from_its_own_values(bounds):
    scheme = HybridUniform(beta=0.4, arities="2,9,3", sigma=0.5, tau=0.05)
    row = (torch.zeros(4), torch.tensor([1, 4, 2]))
    _, fields = drawn(scheme, row, 5000)
    assert fields.max(dim=0).values.tolist() == [1, 8, 2]
    region = scheme.region(bounds(0.9))
    assert len(region.reach) <= 4
    assert "changed fields and l2 norm of the change of the numbers" in region.clause("input")
    assert "standard deviations of their columns" in region.clause("input")
    atoms = FieldUniform((2, 9, 3), 0.4).atoms(1)
    assert lower(0.9, region.reach[1] / 0.5, atoms) >= 0.05
    assert scheme.required_at_words(4) > 1


def test_the_words_of_both_kinds():
    assert HybridUniform(vocabulary=5000).noise_in_words() == (
        "Gaussian, sigma 0.25 (pixels in [0,1]); each word replaced with probability 0.9 by "
        "another of 5,000; decided by majority vote"
    )
    assert HybridUniform(arities="9,9", beta=0.8).noise_in_words() == (
        "Gaussian, sigma 0.25 (standard deviations of their columns); each field replaced with "
        "probability 0.8 by "
        "another of its field's values; decided by majority vote"
    )


def test_exact_noise_is_for_images():
    many, few = (one.drawn("exact") for one in (HybridUniform(), HybridUniform(vocabulary=2)))
    assert many.total_variation(100) > few.total_variation(100)
    assert HybridUniform(arities="9,9", beta=0.8).noise().exact() is None


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (
            {"arities": "40,2", "beta": 0.9},
            "arities must be such that beta is at most (V - 1) / V for the field with the fewest "
            "values V, here 0.5 (it was '40,2').",
        ),
        ({"arities": "40,1"}, "arities must be 2 or more for each field (it was '40,1')."),
    ],
)
def test_fields_that_do_not_fit_are_one_sentence(values, sentence):
    with pytest.raises(UserError) as caught:
        checked(HybridUniform, **values)
    assert str(caught.value) == sentence


def test_fields_are_numbers():
    with pytest.raises(UserError, match="arities"):
        checked(HybridUniform, arities="40;2")


def test_a_table_is_spoken_of_in_numbers_and_fields():
    table, pair = HybridUniform.attacker_of("table"), HybridUniform.attacker_of("pair")
    assert not any(word in table for word in ("word", "pixel", "image"))
    assert "every number" in table and "d fields" in table
    assert pair == HybridMask.attacker_of("pair") == HybridMask.attacker
    assert HybridUniform.attacker_of("") == HybridUniform.attacker
    limits = " ".join(HybridUniform.limits_of("table"))
    assert "word" not in limits and "field" in limits
    assert HybridUniform.limits_of("pair") == HybridUniform.limits


def test_every_term_says_what_it_means_for_either_kind():
    for term in HybridUniform.terms.values():
        assert "table" in term.meaning
