import math

import pytest
import torch
from scipy.special import ndtri

from engine.certificates.hybrid import lower
from engine.core.errors import UserError
from engine.core.fields import checked
from engine.core.records import InputIdentity
from engine.noise.gaussian import NoiseStream
from engine.schemes.base import IMPOSSIBLE
from engine.schemes.hybrid_flip import MOST_FLIPS, HybridFlip

SCHEME = HybridFlip(p_plus=0.05, p_minus=0.4, sigma=0.5)


def at(additions: int, deletions: int, epsilon: float) -> dict[str, float]:
    return {"additions": float(additions), "deletions": float(deletions), "epsilon": epsilon}


def drawn(x: tuple, samples: int, start: int = 0) -> tuple:
    out = tuple(torch.empty((samples, *part.shape), dtype=part.dtype) for part in x)
    SCHEME.noise().draw(x, NoiseStream(1, 1), start, out)
    return out


def test_noise_law_of_both_parts():
    numbers, fields = drawn((torch.full((4,), 2.0), torch.tensor([0, 1, 0, 1])), 20_000)
    assert float(numbers.mean()) == pytest.approx(2.0, abs=6 * 0.5 / math.sqrt(80_000))
    shares = fields.double().mean(dim=0).tolist()
    assert shares == pytest.approx([0.05, 0.6, 0.05, 0.6], abs=0.02)
    assert set(fields.flatten().tolist()) == {0, 1}


def test_a_sample_does_not_depend_on_the_batch():
    row = (torch.rand(4), torch.tensor([0, 1, 0, 1]))
    whole, part = drawn(row, 50), drawn(row, 20, 30)
    assert all(torch.equal(a[30:], b) for a, b in zip(whole, part, strict=True))


def test_every_cell_is_the_worst_case_against_one_half(bounds):
    region = SCHEME.region(bounds(0.99))
    assert region.cell(0, 0) == pytest.approx(0.5 * ndtri(0.99), abs=1e-9)
    for additions in range(5):
        for deletions in range(8):
            for epsilon in (0.0, 0.1, 0.4, 0.8):
                kept = lower(0.99, epsilon / 0.5, SCHEME.kernel().atoms(additions, deletions))
                asked = at(additions, deletions, epsilon)
                assert region.contains(asked) == (kept >= 0.5)
                assert region.contains(asked) == (SCHEME.required_probability(asked) <= 0.99)


def test_additions_and_deletions_are_worth_differently(bounds):
    additions, deletions = SCHEME.region(bounds(0.9995)).most()
    assert 0 < additions < deletions

    def required(more: int, fewer: int) -> float:
        none = dict.fromkeys(SCHEME.terms, 0.0)
        return SCHEME.required_probability({**none, "additions": more, "deletions": fewer})

    assert required(1, 0) > required(0, 1) > 0.5
    assert required(0, 0) == 0.5
    assert required(MOST_FLIPS + 1, 0) == IMPOSSIBLE


def test_bits_that_never_flip_certify_the_numbers_alone(bounds):
    region = HybridFlip(p_plus=0.0, p_minus=0.0, sigma=0.5).region(bounds(0.99))
    assert region.most() == (0, 0)
    assert region.contains(at(0, 0, 1.1)) and not region.contains(at(0, 1, 0.0))
    only_deletions = HybridFlip(p_plus=0.0, p_minus=0.8, sigma=0.5).region(bounds(0.9999))
    assert only_deletions.most()[0] == 0 or only_deletions.most()[1] > 0


def test_words():
    assert SCHEME.noise_in_words() == (
        "Gaussian, sigma 0.5 (standard deviations of their columns); flips, 0 to 1 with 0.05 "
        "and 1 to 0 with 0.4; "
        "decided by majority vote"
    )
    assert SCHEME.noise().level == 0.5
    assert SCHEME.noise().exact() is None


def test_at_and_bad_settings_are_one_sentence():
    assert SCHEME.parse_at("additions=1,deletions=0,epsilon=0.5") == at(1, 0, 0.5)
    with pytest.raises(UserError) as caught:
        checked(HybridFlip, p_plus=1.0)
    assert str(caught.value) == "p_plus must be less than 1 (it was 1.0)."


def test_fields_of_more_than_two_values_are_sent_to_another_scheme():
    row = InputIdentity(
        name="row 3", source="t.csv:3", sha256="", pixels_sha256="", shape=(5,), kind="table",
        alphabet=(2, 40, 3),
    )  # fmt: skip
    with pytest.raises(UserError) as caught:
        SCHEME.check_input(row)
    assert str(caught.value) == (
        "row 3 has fields with 2,40,3 values, but hybrid-flip is for fields of two; use "
        "hybrid-uniform."
    )
    SCHEME.check_input(row.model_copy(update={"alphabet": (2, 2)}))
